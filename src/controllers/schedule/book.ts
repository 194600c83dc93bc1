// Who watches what: sources of images, and the tags of streams that follow them.
import type { Source } from '../../core/schedule/source.ts'
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
}

/** A source, and what is known of it. */
export interface Entry {
  source: Source
  followers: Set<Follower>
  /** Milliseconds: the shortest of its followers. */
  refresh: number
  /** Checks that failed in a row. */
  failures: number
  /** What the registry told last. */
  known?: ManifestHead
  /** When the last check ended, in the milliseconds of the scheduler's clock. */
  checked?: number
  /** A check is under way, or waits for its turn. */
  busy: boolean
  /** It is under way. */
  asking: boolean
  /** To be checked again at once when it has ended: something was pushed meanwhile. */
  again: boolean
}

/** See above. */
export class Book {
  readonly #entries = new Map<string, Entry>()
  /** Followers by stream, then by tag. */
  readonly #streams = new Map<string, Map<string, { follower: Follower; source: string }>>()

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

  follower(stream: string, tag: string): Follower | undefined {
    return this.#streams.get(stream)?.get(tag)?.follower
  }

  /** A tag of a stream (`namespace/name`) with what it follows. */
  tracked(stream: string, tag: string): { follower: Follower; entry: Entry } | undefined {
    const found = this.#streams.get(stream)?.get(tag)
    return found && { follower: found.follower, entry: this.#entries.get(found.source)! }
  }

  /** Tags in order, of a namespace or ('') of all, those behind a place alone. Only names are copied; do not change the book meanwhile. */
  *followers(namespace: string, behind?: { stream: string; tag: string }) {
    const wanted = namespace && `${namespace}/`
    const streams: string[] = []
    for (const stream of this.#streams.keys())
      if (stream.startsWith(wanted) && (!behind || stream >= behind.stream)) streams.push(stream)
    for (const stream of streams.sort()) {
      const from = behind?.stream === stream ? behind.tag : undefined
      const tags = this.#streams.get(stream)!
      for (const tag of [...tags.keys()].sort()) {
        if (from !== undefined && tag <= from) continue
        const { follower, source } = tags.get(tag)!
        yield { follower, entry: this.#entries.get(source)! }
      }
    }
  }

  /** Writes down what a stream tracks by now. Gives the entries that are new, or whose freshness is another one; `gone`: those without followers. */
  set(stream: string, tracked: readonly Tracked[]): { changed: Entry[]; gone: Entry[] } {
    const before = this.#streams.get(stream) ?? new Map<string, { follower: Follower; source: string }>()
    const now: typeof before = new Map()
    const touched = new Map<Entry, number | undefined>()
    const touch = (entry: Entry, refresh?: number): void => void (touched.has(entry) || touched.set(entry, refresh))
    const wanted = new Map(tracked.map((each) => [each.tag, each]))
    for (const [tag, { follower, source }] of before) {
      if (wanted.get(tag)?.source.key === source) continue
      const entry = this.#entries.get(source)!
      touch(entry, entry.refresh)
      entry.followers.delete(follower)
    }
    for (const [tag, { source, refresh }] of wanted) {
      const old = before.get(tag)
      const entry = this.#entries.get(source.key) ?? this.#open(source)
      touch(entry, entry.followers.size > 0 ? entry.refresh : undefined)
      const follower =
        old?.source === source.key
          ? old.follower
          : { stream, namespace: stream.slice(0, stream.indexOf('/')), tag, refresh }
      follower.refresh = refresh
      entry.followers.add(follower)
      now.set(tag, { follower, source: source.key })
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
      entry.refresh = [...entry.followers].reduce((least, follower) => Math.min(least, follower.refresh), Infinity)
      if (entry.refresh !== refresh) changed.push(entry)
    }
    return { changed, gone }
  }

  #open(source: Source): Entry {
    const state = { failures: 0, busy: false, asking: false, again: false }
    const entry: Entry = { source, followers: new Set(), refresh: Infinity, ...state }
    this.#entries.set(source.key, entry)
    return entry
  }
}
