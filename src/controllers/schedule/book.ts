// Who watches what: sources of images, and the tags of streams that follow them.
import type { DelayReport } from '../../core/registries/report.ts'
import { ALL_TAGS, type Source } from '../../core/schedule/source.ts'
import type { Tracked } from '../../core/schedule/tracked.ts'
import type { Checked, Settled } from '../../core/schedule/verdict.ts'
import type { ManifestHead } from '../../registry/reader.ts'

/** A tag that follows a source. */
export interface Follower {
  /** `namespace/name` of its stream. */
  stream: string
  namespace: string
  tag: string
  /** Milliseconds. */
  refresh: number
  /** What its import was asked for by. */
  checked?: Checked
  /** See needsImport. */
  settled?: Settled
  /** Why its last check failed, if it did, and since when they fail for that reason. Shared with others who were told the same. */
  failing?: Failing | undefined
}

/** Checks that fail. */
export interface Failing {
  reason: string
  message: string
  /** Milliseconds of the scheduler's clock. */
  since: number
  /** Budget that the check was counted by. */
  account?: string | undefined
}

/** A source, and what is known of it. */
export interface Entry {
  source: Source
  followers: Set<Follower>
  /** Milliseconds: the shortest of its followers. */
  refresh: number
  /** How many followers want each freshness: of ten thousand who follow, one that changes costs no look at the others. */
  wanted: Map<number, number>
  /** Checks that failed in a row. */
  failures: number
  /** What the registry told last. */
  known?: ManifestHead
  /** When it was first followed, in the milliseconds of the scheduler's clock; 0: not seen by the scheduler yet. */
  followedAt: number
  /** When it was checked last, likewise. */
  checkedAt?: number
  /** A check is under way, or waits for its turn. */
  busy: boolean
  /** It is under way. */
  asking: boolean
  /** To be checked again at once when it has ended: something was pushed meanwhile. */
  again: boolean
  /** Something was pushed: its next check waits for no budget. */
  urgent: boolean
  /** Namespaces for which it waits for a budget, and where: see Lines. */
  waiting: Map<string, { what: DelayReport['what']; account: string }>
}

/** What a tag follows. */
export interface Followed {
  follower: Follower
  entry: Entry
}

/** What a stream follows: see slotOf. `source`: the key of the entry. */
type Slots = Map<string, { follower: Follower; source: string }>

/** See above. */
export class Book {
  readonly #entries = new Map<string, Entry>()
  /** Followers by stream, then by slot. */
  readonly #streams = new Map<string, Slots>()

  /** All entries; do not change the book while reading them. */
  entries(): IterableIterator<Entry> {
    return this.#entries.values()
  }

  get size(): number {
    return this.#entries.size
  }

  entry(source: string): Entry | undefined {
    return this.#entries.get(source)
  }

  /** What follows something for a tag of a stream. */
  followers(stream: string, tag: string): Follower[] {
    return this.tracked(stream, tag).map(({ follower }) => follower)
  }

  /** What a tag of a stream (`namespace/name`) follows: nothing, an image, a list of tags, or both. */
  tracked(stream: string, tag: string): Followed[] {
    const slots = this.#streams.get(stream)
    const found = [slots?.get(tag), slots?.get(listSlot(tag))].filter((slot) => slot !== undefined)
    return found.map(({ follower, source }) => ({ follower, entry: this.#entries.get(source)! }))
  }

  /** Writes down what a stream tracks by now. Gives the entries that are new, or whose freshness is another one; `gone`: those without followers. */
  set(stream: string, tracked: readonly Tracked[]): { changed: Entry[]; gone: Entry[] } {
    const before: Slots = this.#streams.get(stream) ?? new Map()
    const now: Slots = new Map()
    const touched = new Map<Entry, number | undefined>()
    const touch = (entry: Entry, refresh?: number): void => void (touched.has(entry) || touched.set(entry, refresh))
    const wanted = new Map(tracked.map((each) => [slotOf(each), each]))
    for (const [slot, { follower, source }] of before) {
      if (wanted.get(slot)?.source.key === source) continue
      const entry = this.#entries.get(source)!
      touch(entry, entry.refresh)
      entry.followers.delete(follower)
      unwant(entry, follower.refresh)
    }
    for (const [slot, { tag, source, refresh }] of wanted) {
      const old = before.get(slot)
      const kept = old?.source === source.key ? old : undefined
      if (kept) now.set(slot, kept)
      if (kept?.follower.refresh === refresh) continue
      const entry = this.#entries.get(source.key) ?? this.#open(source)
      touch(entry, entry.followers.size > 0 ? entry.refresh : undefined)
      want(entry, refresh)
      if (kept) {
        unwant(entry, kept.follower.refresh)
        kept.follower.refresh = refresh
      } else {
        const follower = { stream, namespace: stream.slice(0, stream.indexOf('/')), tag, refresh }
        entry.followers.add(follower)
        now.set(slot, { follower, source: source.key })
      }
    }
    if (now.size > 0) this.#streams.set(stream, now)
    else this.#streams.delete(stream)
    const [changed, gone]: [Entry[], Entry[]] = [[], []]
    for (const [entry, refresh] of touched) {
      if (entry.followers.size === 0) {
        this.#entries.delete(entry.source.key)
        gone.push(entry)
        continue
      }
      if (entry.refresh !== refresh) changed.push(entry)
    }
    return { changed, gone }
  }

  #open(source: Source): Entry {
    const entry: Entry = {
      source,
      followers: new Set(),
      refresh: Infinity,
      wanted: new Map(),
      failures: 0,
      busy: false,
      asking: false,
      again: false,
      urgent: false,
      waiting: new Map(),
      followedAt: 0,
    }
    this.#entries.set(source.key, entry)
    return entry
  }
}

function want(entry: Entry, refresh: number): void {
  entry.wanted.set(refresh, (entry.wanted.get(refresh) ?? 0) + 1)
  entry.refresh = Math.min(entry.refresh, refresh)
}

function unwant(entry: Entry, refresh: number): void {
  const left = entry.wanted.get(refresh)! - 1
  if (left > 0) return void entry.wanted.set(refresh, left)
  entry.wanted.delete(refresh)
  if (refresh === entry.refresh) entry.refresh = entry.wanted.keys().reduce((a, b) => Math.min(a, b), Infinity)
}

/** A tag follows an image, a list of tags, or both. */
const slotOf = ({ tag, source }: Tracked): string => (source.reference === ALL_TAGS ? listSlot(tag) : tag)
const listSlot = (tag: string): string => `${tag} ${ALL_TAGS}`
