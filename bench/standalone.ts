// Standalone servers, with registries of their own.
import { benchHistories } from './histories.ts'
import { benchImports } from './imports.ts'
import { benchReads } from './reads.ts'
import { benchSchedules } from './scheduled/standalone.ts'
import { benchStart } from './start.ts'
import type { Row } from './table.ts'
import { benchTriggers } from './triggers.ts'
import { createWorld, IMAGE_API, STREAMS, type World } from './world.ts'

const PARTS: Readonly<Record<string, () => Promise<Row[]>>> = { streams: benchStreams, schedules: benchSchedules }

/** Measures standalone servers; all parts, or those that are named. */
export async function benchStandalone(names: readonly string[]): Promise<Row[]> {
  for (const name of names)
    if (!(name in PARTS)) throw new Error(`there is no part ${name}: ${Object.keys(PARTS).join(', ')}`)
  const rows: Row[] = []
  for (const [name, part] of Object.entries(PARTS))
    if (names.length === 0 || names.includes(name)) rows.push(...(await part()))
  return rows
}

async function benchStreams(): Promise<Row[]> {
  const world = await createWorld()
  try {
    const empty = await world.memory()
    const imports = await benchImports(world)
    const memory = await memoryRow(world, empty)
    const reads = await benchReads(world)
    const histories = await benchHistories(world)
    const triggers = await benchTriggers(world.client, {
      images: IMAGE_API,
      namespace: 'triggers',
      replicas: 1,
      settle: true,
    })
    const start = await benchStart()
    return [imports, ...reads, ...histories, ...triggers, memory, start]
  } finally {
    await world.close()
  }
}

async function memoryRow(world: World, empty: number): Promise<Row> {
  const memory = await world.memory()
  return {
    what: `memory with ${STREAMS} streams`,
    value: `${memory.toFixed(0)} MB resident`,
    baseline: `${empty.toFixed(0)} MB (empty server)`,
    ratio: memory / empty,
    aim: { text: '150 MB', met: memory < 150 },
  }
}
