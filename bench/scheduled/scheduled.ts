// Scheduled imports: what 10,000 tags cost while nothing changes, and how soon changes are found and imported, by the registry's own log.
// Baseline of the processor time: bare HEADs of the same tags, by a client that does nothing else.
import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import { eventually } from '../../test/support/eventually.ts'
import type { Client } from '../client.ts'
import { inParallel, measure } from '../measure.ts'
import { processorTime, residentMemory } from '../process.ts'
import type { Row } from '../table.ts'
import { CONCURRENCY } from '../world.ts'
import type { Tag } from '../light/registry.ts'
import { startRegistryProcess, type RegistryProcess } from '../light/registryProcess.ts'

const REPOSITORIES = 200
/** Of each repository. */
const TAGS = 50
const ALL = REPOSITORIES * TAGS
/** Milliseconds: the default. */
const FRESHNESS = 60_000
/** Tags that move at the same time. */
const BURST = 500
/** Milliseconds that importing and looking at everything for the first time may take. */
const PATIENCE = 600_000

const ACCEPT = 'application/vnd.docker.distribution.manifest.v2+json'

/** What is measured, and how it is told of pushes. */
export interface ScheduledWorld {
  client: Client
  /** Path of the namespace's image API. */
  api: string
  pid: number
  /** Delivers a webhook about these repositories of that registry. */
  deliver: (repositories: readonly string[]) => Promise<unknown>
}

interface Stream {
  metadata: { name: string; resourceVersion: string }
  status?: { tags?: { tag: string; items: { image: string }[] | null }[] }
}

export async function benchScheduled(world: ScheduledWorld): Promise<Row[]> {
  const registry = await startRegistryProcess()
  try {
    await registry.ask('fill', { repositories: REPOSITORIES, tags: TAGS })
    const bare = await bareHeads(registry.host)
    await inParallel(REPOSITORIES, CONCURRENCY, (r) =>
      world.client.send('POST', `${world.api}/imagestreams`, streamOf(registry.host, r)),
    )
    // By the registry's log: whoever lists ten thousand tags every other second measures that.
    const fetched = async () => (await registry.ask('counts', {}))['blobGet'] ?? 0
    await eventually(async () => count(await fetched(), ALL), { timeout: PATIENCE, interval: 1_000 })
    await eventually(async () => count(await importedTags(world), ALL), { timeout: PATIENCE, interval: 5_000 })
    // The first check of a tag comes within its freshness.
    await eventually(async () => count(await registry.ask('looked', {}), ALL), { timeout: PATIENCE, interval: 1_000 })
    await settled(registry)
    const imported = await residentMemory(world.pid)
    // What the first imports took is given back within this time.
    await delay(FRESHNESS)
    const memory = new MemoryWatch(world.pid)
    const quiet = await quietRows(world, registry, bare)
    const least = memory.most
    const found = await burst(world, registry, 'first', every20th)
    const pushed = await burst(world, registry, 'second', ofTenRepositories, () =>
      world.deliver(Array.from({ length: BURST / TAGS }, (_, r) => `${registry.host}/bench/r${r}`)),
    )
    memory.end()
    const memoryRow = {
      what: 'resident memory',
      value: `${least.toFixed(0)} MB at most, ${memory.most.toFixed(0)} MB with the changes below`,
      baseline: `${imported.toFixed(0)} MB (all have just been imported)`,
      ratio: least / imported,
      aim: { text: '250 MB', met: memory.most < 250 },
    }
    return [...quiet, memoryRow, ...foundRows(found), ...pushedRows(pushed)]
  } finally {
    await registry.stop()
  }
}

const count = (found: number, wanted: number): void => {
  if (found < wanted) throw new Error(`${found} of ${wanted}`)
}

/** Waits until imports that were asked for twice at the start are over. */
async function settled(registry: RegistryProcess): Promise<void> {
  let last = -1
  await eventually(
    async () => {
      const { manifestGet = 0 } = await registry.ask('counts', {})
      const before = last
      last = manifestGet
      if (manifestGet !== before) throw new Error(`${manifestGet} manifests were fetched, and it goes on`)
    },
    { timeout: PATIENCE, interval: 5_000 },
  )
}

async function importedTags({ client, api }: ScheduledWorld): Promise<number> {
  const { items } = await client.send<{ items: Stream[] }>('GET', `${api}/imagestreams`)
  const tags = items.flatMap(({ status }) => status?.tags ?? [])
  return tags.filter(({ items: events }) => events?.length).length
}

function streamOf(host: string, r: number): object {
  const tags = Array.from({ length: TAGS }, (_, t) => ({
    name: `t${t}`,
    from: { kind: 'DockerImage', name: `${host}/bench/r${r}:t${t}` },
    importPolicy: { insecure: true, scheduled: true },
  }))
  return {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { name: `scheduled${r}` },
    spec: { tags },
  }
}

/** Milliseconds of processor for each of so many bare HEADs. */
async function bareHeads(host: string): Promise<number> {
  const pool = new Pool(`http://${host}`, { connections: CONCURRENCY })
  const before = process.cpuUsage()
  await measure(ALL, CONCURRENCY, async (i) => {
    const path = `/v2/bench/r${i % REPOSITORIES}/manifests/t${Math.floor(i / REPOSITORIES)}`
    await (await pool.request({ method: 'HEAD', path, headers: { accept: ACCEPT }, reset: false })).body.dump()
  })
  const { user, system } = process.cpuUsage(before)
  await pool.close()
  return (user + system) / 1000 / ALL
}

/** The most that a process takes, as one sees it by looking once a second. */
class MemoryWatch {
  most = 0
  readonly #timer: NodeJS.Timeout

  constructor(pid: number) {
    this.#timer = setInterval(() => {
      void residentMemory(pid).then((megabytes) => (this.most = Math.max(this.most, megabytes)))
    }, 1_000)
  }

  end(): void {
    clearInterval(this.#timer)
  }
}

/** One period in which nothing changes. */
async function quietRows(world: ScheduledWorld, registry: RegistryProcess, bare: number): Promise<Row[]> {
  const { pid } = world
  await registry.ask('clear', {})
  const before = await processorTime(pid)
  const begin = performance.now()
  await delay(FRESHNESS)
  const elapsed = performance.now() - begin
  const used = (await processorTime(pid)) - before
  const counts = await registry.ask('counts', {})
  const heads = counts['manifestHead'] ?? 0
  const gets = Object.entries(counts)
    .filter(([kind]) => kind !== 'manifestHead')
    .map(([kind, n]) => `${n} ${kind}`)
  return [
    {
      what: `${ALL} scheduled tags of ${REPOSITORIES} repositories`,
      value: `${((100 * used) / elapsed).toFixed(1)} % of a core, ${(used / heads).toFixed(2)} ms of processor each`,
      baseline: `${bare.toFixed(2)} ms (bare HEADs)`,
      ratio: used / heads / bare,
      aim: { text: '30 %', met: used / elapsed < 0.3 },
    },
    {
      what: `  what the registry was asked in ${(elapsed / 1000).toFixed(0)} s`,
      value: `${heads} HEADs of manifests, ${gets.join(', ') || 'nothing else'}`,
      baseline: `${ALL} tags`,
      ratio: heads / ALL,
      aim: { text: 'no GETs of manifests', met: (counts['manifestGet'] ?? 0) === 0 },
    },
  ]
}

const every20th = (i: number): Tag => ({
  repository: `bench/r${i % REPOSITORIES}`,
  tag: `t${Math.floor(i / REPOSITORIES) * 20}`,
})
const ofTenRepositories = (i: number): Tag => ({
  repository: `bench/r${Math.floor(i / TAGS)}`,
  tag: `t${i % TAGS}`,
})

interface Found {
  /** Milliseconds from the change to the HEAD that found it, and from there to the new image in the stream; ascending. */
  detection: number[]
  adoption: number[]
}

/** Moves tags at the same time, and waits until streams have all of them. */
async function burst(
  { client, api }: ScheduledWorld,
  registry: RegistryProcess,
  seed: string,
  tagOf: (i: number) => Tag,
  tell: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Found> {
  const tags = Array.from({ length: BURST }, (_, i) => tagOf(i))
  const wanted = new Set(tags.map(({ repository, tag }) => `scheduled${repository.slice('bench/r'.length)}:${tag}`))
  const list = await client.send<{ metadata: { resourceVersion: string }; items: Stream[] }>(
    'GET',
    `${api}/imagestreams`,
  )
  const events = new Map(list.items.flatMap((stream) => eventsOf(stream)))
  const done = new AbortController()
  const path = `${api}/imagestreams?watch=1&resourceVersion=${list.metadata.resourceVersion}`
  const seen = new Map<string, number>()
  const watching = (async () => {
    for await (const { object } of client.watch<{ object: Stream }>(path, done.signal)) {
      const now = Date.now()
      for (const [name, image] of eventsOf(object))
        if (wanted.has(name) && !seen.has(name) && events.get(name) !== image) seen.set(name, now)
      if (seen.size === BURST) break
    }
  })()
  const moved = await registry.ask('move', { tags, seed })
  await tell()
  const timer = setTimeout(() => done.abort(), PATIENCE)
  await watching
  clearTimeout(timer)
  if (seen.size < BURST) throw new Error(`${seen.size} of ${BURST} changes were imported within ten minutes`)
  const heads = await registry.ask('firstHeads', { tags, since: moved })
  const names = [...tags.keys()].map((i) => `scheduled${tags[i]!.repository.slice('bench/r'.length)}:${tags[i]!.tag}`)
  const ascending = (numbers: number[]): number[] => numbers.toSorted((a, b) => a - b)
  return {
    detection: ascending(heads.map((head) => head! - moved)),
    adoption: ascending(heads.map((head, i) => seen.get(names[i]!)! - head!)),
  }
}

/** The newest image by `stream:tag`. */
const eventsOf = ({ metadata, status }: Stream): [string, string | undefined][] =>
  (status?.tags ?? []).map(({ tag, items }) => [`${metadata.name}:${tag}`, items?.[0]?.image])

const at = (q: number, ascending: readonly number[]): number =>
  ascending[Math.min(ascending.length - 1, Math.floor(q * ascending.length))] ?? Number.NaN
const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`
const spread = (ascending: readonly number[]): string =>
  `p50 ${seconds(at(0.5, ascending))}, p99 ${seconds(at(0.99, ascending))}, at most ${seconds(ascending.at(-1)!)}`

function foundRows({ detection, adoption }: Found): Row[] {
  return [
    {
      what: `${BURST} tags move: from the change to its detection`,
      value: spread(detection),
      baseline: `${FRESHNESS / 1000} s (freshness)`,
      ratio: at(0.99, detection) / FRESHNESS,
      aim: { text: 'p99 below the freshness', met: at(0.99, detection) < FRESHNESS },
    },
    {
      what: '  from its detection to the new image in the stream',
      value: spread(adoption),
      baseline: '',
      ratio: Number.NaN,
      aim: { text: '5 s', met: adoption.at(-1)! < 5_000 },
    },
  ]
}

function pushedRows({ adoption }: Found): Row[] {
  return [
    {
      what: `${BURST} tags move, and webhooks tell of all at once: the same`,
      value: spread(adoption),
      baseline: '',
      ratio: Number.NaN,
      aim: { text: '5 s', met: adoption.at(-1)! < 5_000 },
    },
  ]
}
