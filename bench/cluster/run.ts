// A server beside a cluster. The parts can be run alone; they make in the cluster what they need.
import type { Row } from '../table.ts'
import { benchTriggers } from '../triggers.ts'
import { benchAdmission } from './admission.ts'
import { countIdle, idleRows } from './idle.ts'
import { benchImports } from './imports.ts'
import { postImports } from '../imports.ts'
import { benchReads } from './reads.ts'
import { fillStreams, sizeOf, sizeRows } from './memory.ts'
import { createClusterWorld, IMAGE_API, IMPORTS, TRIGGERS_NAMESPACE } from './world.ts'

const PARTS = ['imports', 'reads', 'admission', 'triggers', 'memory', 'idle'] as const

/** Measures the cluster of a kubeconfig; all parts, or those that are named. */
export async function benchCluster(kubeconfig: string, names: readonly string[]): Promise<Row[]> {
  for (const name of names)
    if (!PARTS.some((part) => part === name)) throw new Error(`there is no part ${name}: ${PARTS.join(', ')}`)
  const wanted = (part: (typeof PARTS)[number]): boolean => names.length === 0 || names.includes(part)
  const world = await createClusterWorld(kubeconfig)
  const { client, images } = world
  const rows: Row[] = []
  const add = (more: readonly Row[]): void => {
    rows.push(...more)
    for (const { what, value } of more) console.error(`${what}: ${value}`)
  }
  try {
    const bare = wanted('idle') ? await countIdle(client) : undefined
    // The first start after a change of the source fills the compile cache, which takes memory and time.
    await (await world.start()).stop()
    let { replica, size } = await sizeOf(world)
    if (wanted('imports')) add(await benchImports(world, replica))
    else if (names.some((name) => name !== 'memory' && name !== 'idle'))
      await postImports(client, IMAGE_API, IMPORTS, (i) => images.pullSpec(i))
    if (wanted('reads')) add(await benchReads(world, replica))
    if (wanted('admission')) add(await benchAdmission(world, replica))
    if (wanted('triggers'))
      add(await benchTriggers(client, { images: IMAGE_API, namespace: TRIGGERS_NAMESPACE, replicas: 0, settle: false }))
    if (wanted('memory')) {
      const bytes = await fillStreams(world)
      await replica.stop()
      const full = await sizeOf(world)
      replica = full.replica
      add(sizeRows(size, full.size, bytes))
    }
    if (bare) {
      await world.start()
      add(idleRows(bare, await countIdle(client)))
    }
    return rows
  } finally {
    await world.close()
  }
}
