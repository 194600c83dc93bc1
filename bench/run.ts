// `npm run bench`: measures on a server and a registry of its own, and prints a table.
import { cpus } from 'node:os'
import { benchHistories } from './histories.ts'
import { benchImports } from './imports.ts'
import { benchReads } from './reads.ts'
import { benchStart } from './start.ts'
import { table, type Row } from './table.ts'
import { benchTriggers } from './triggers.ts'
import { createWorld, STREAMS, type World } from './world.ts'

const world = await createWorld()
try {
  const empty = await world.memory()
  const imports = await benchImports(world)
  const memory = await memoryRow(world, empty)
  const reads = await benchReads(world)
  const histories = await benchHistories(world)
  const triggers = await benchTriggers(world)
  const start = await benchStart()
  console.log(`\nOn ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}; server, registry and client share them.\n`)
  console.log(table([imports, ...reads, ...histories, ...triggers, memory, start]))
} finally {
  await world.close()
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
