// Imports end to end, in both ways: streams are created, and the controller imports what they want; ImageStreamImports are posted.
// Baselines: creating as many custom resources of 5 KB (an import writes three), and the bare GETs at the registry. On two cores the
// registry takes more of them than the server does: a second one, which takes little, shows what imports cost without it.
// All are counted on a server that has done as much before: V8 runs what it has not run often yet at half the speed.
import type { Client } from '../client.ts'
import { postImports } from '../imports.ts'
import { startRegistryProcess } from '../light/registryProcess.ts'
import { inParallel, type Rate } from '../measure.ts'
import { processorTime } from '../process.ts'
import { rate, type Row } from '../table.ts'
import { CONCURRENCY } from '../world.ts'
import { createCustomResources } from './custom.ts'
import { IMAGE_API, IMPORTS, type ClusterWorld, type Replica } from './world.ts'

const AIM = 150
const STREAMS = `${IMAGE_API}/imagestreams`

export async function benchImports(world: ClusterWorld, replica: Replica): Promise<Row[]> {
  const { client, images, hosts } = world
  const bare = await images.bareFetches(IMPORTS, CONCURRENCY)
  const custom = await createCustomResources(client, IMPORTS)
  const light = await startRegistryProcess()
  hosts.add(light.host)
  const both = async (streams: string, pullSpec: (index: number) => string) => ({
    posted: await counted(replica, () => postImports(client, IMAGE_API, IMPORTS, pullSpec, streams)),
    followed: await counted(replica, () => createStreams(client, `${streams}-followed`, (i) => pullSpec(IMPORTS + i))),
  })
  try {
    await light.ask('fill', { repositories: 4 * IMPORTS, tags: 1 })
    await both('warm', (i) => `${light.host}/bench/r${i}:t0`)
    return rowsOf({
      custom,
      bare,
      full: await both('image', (i) => images.pullSpec(i)),
      light: await both('light', (i) => `${light.host}/bench/r${2 * IMPORTS + i}:t0`),
    })
  } finally {
    await light.stop()
  }
}

type Counted = Rate & { text: string }
type Both = Record<'posted' | 'followed', Counted>

function rowsOf({ custom, bare, full, light }: { custom: Rate; bare: Rate; full: Both; light: Both }): Row[] {
  const row = (what: string, value: Counted): Row[] => [
    {
      what,
      value: value.text,
      baseline: `${rate(custom)} (creating 5 KB custom resources)`,
      ratio: value.perSecond / custom.perSecond,
      aim: { text: `${AIM}/s`, met: value.perSecond >= AIM },
    },
    {
      what: '  the same',
      value: `${Math.round(value.perSecond)}/s`,
      baseline: `${rate(bare)} (bare manifest and config GETs)`,
      ratio: value.perSecond / bare.perSecond,
    },
  ]
  return [
    ...row('imports of created streams', full.followed),
    ...row('imports posted, 16 at a time', full.posted),
    row('imports of created streams, from a registry that takes little', light.followed)[0]!,
    row('imports posted, from a registry that takes little', light.posted)[0]!,
  ]
}

/** With the processor time of the server, which the load of the machine changes less than the rate. */
async function counted(replica: Replica, work: () => Promise<Rate>): Promise<Counted> {
  const before = await processorTime(replica.pid)
  const result = await work()
  const each = ((await processorTime(replica.pid)) - before) / IMPORTS
  return { ...result, text: `${rate(result)}, ${each.toFixed(1)} ms of processor each` }
}

interface Stream {
  metadata: { name: string }
  status?: { tags?: { tag: string; items: unknown[] | null }[] }
}

/** Creates streams, each with one tag of a registry, and waits until all tags have their images. */
async function createStreams(client: Client, prefix: string, pullSpec: (index: number) => string): Promise<Rate> {
  const { metadata } = await client.send<{ metadata: { resourceVersion: string } }>('GET', `${STREAMS}?limit=1`)
  const done = new AbortController()
  const watch = client.watch<{ object: Stream }>(
    `${STREAMS}?watch=1&resourceVersion=${metadata.resourceVersion}`,
    done.signal,
  )
  const started = new Map<string, number>()
  const times: number[] = []
  const begin = performance.now()
  const creating = inParallel(IMPORTS, CONCURRENCY, async (i) => {
    const name = `${prefix}${i}`
    started.set(name, performance.now())
    await client.send('POST', STREAMS, streamOf(name, pullSpec(i)))
  })
  for await (const { object } of watch) {
    const { name } = object.metadata
    const start = started.get(name)
    if (start === undefined || !object.status?.tags?.[0]?.items?.length) continue
    started.delete(name)
    times.push(performance.now() - start)
    if (times.length === IMPORTS) break
  }
  const seconds = (performance.now() - begin) / 1000
  done.abort()
  await creating
  times.sort((a, b) => a - b)
  const at = (q: number): number => times[Math.min(times.length - 1, Math.floor(q * times.length))] ?? 0
  return { perSecond: IMPORTS / seconds, p50: at(0.5), p99: at(0.99) }
}

function streamOf(name: string, pullSpec: string): object {
  const from = { kind: 'DockerImage', name: pullSpec }
  return {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { name },
    spec: { tags: [{ name: 'latest', from, importPolicy: { insecure: true } }] },
  }
}
