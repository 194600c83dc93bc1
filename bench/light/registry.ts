// A registry that costs little: the one that misbehaves on purpose, behaving, in a process of its own, so that what it takes is not
// counted as anybody else's. Told what to do over IPC (registryProcess.ts).
import { startMisbehavingRegistry } from '../../test/support/misbehavingRegistry.ts'

/** A tag of a repository. */
export interface Tag {
  repository: string
  tag: string
}

/** What the registry can be asked. */
export interface Orders {
  /** Makes so many repositories, `bench/r0` and so on, with so many tags each, `t0` and so on. */
  fill(order: { repositories: number; tags: number }): void
  /** Forgets what it was asked so far. */
  clear(order: object): void
  /** What it was asked since, by kind of request. */
  counts(order: object): Record<string, number>
  /** How many tags were asked for by HEAD since. */
  looked(order: object): number
  /** Points the tags to new images, and gives the time: milliseconds of the epoch, as all times here. */
  move(order: { tags: Tag[]; seed: string }): number
  /** When each of the tags was asked for by HEAD first since that time; undefined where it was not. */
  firstHeads(order: { tags: Tag[]; since: number }): (number | null)[]
}

export type OrderName = keyof Orders
export type Order = { id: number; name: OrderName; order: never }
export type Answer = { id: number; value: unknown } | { host: string }

const registry = await startMisbehavingRegistry()
const { log, content } = registry
const nameOf = ({ repository, tag }: Tag): string => `${repository}:${tag}`

const orders: Orders = {
  fill({ repositories, tags }) {
    for (let r = 0; r < repositories; r++)
      for (let t = 0; t < tags; t++) content.image(`bench/r${r}`, `t${t}`, `first ${r} ${t}`)
  },
  clear: () => log.clear(),
  counts: () => log.counts(),
  looked: () =>
    new Set(log.requests.filter(({ kind }) => kind === 'manifestHead').map((r) => nameOf({ ...r, tag: r.reference })))
      .size,
  move({ tags, seed }) {
    for (const { repository, tag } of tags) registry.move(repository, tag, `${seed} ${repository} ${tag}`)
    return Date.now()
  },
  firstHeads({ tags, since }) {
    const first = new Map<string, number>()
    for (const { kind, at, repository, reference } of log.requests) {
      const time = performance.timeOrigin + at
      const name = nameOf({ repository, tag: reference })
      if (kind === 'manifestHead' && time >= since && !first.has(name)) first.set(name, time)
    }
    return tags.map((tag) => first.get(nameOf(tag)) ?? null)
  },
}

process.on('message', ({ id, name, order }: Order) => process.send!({ id, value: orders[name](order) }))
process.on('disconnect', () => void registry.close())
process.send!({ host: registry.host } satisfies Answer)
