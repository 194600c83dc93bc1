// Who watches what: sources of images, and the tags of streams that follow them.
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
  /** A check is under way, or waits for its turn. */
  busy: boolean
  /** To be checked again at once when it has ended: something was pushed meanwhile. */
  again: boolean
  /** Something was pushed: its next check waits for no budget. */
  urgent: boolean
  /** Namespaces for which it waits for a budget: see Lines. */
  waiting: Set<string>
  /** When it was checked last, or first followed, in the milliseconds of the scheduler's clock; 0: not seen by the scheduler yet. */
  checkedAt: number
}

/** See above. */
export class Book {
  readonly #entries = new Map<string, Entry>()
  /** Followers by stream, then by slot. */
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

  /** What follows something for a tag of a stream. */
  followers(stream: string, tag: string): Follower[] {
    const slots = this.#streams.get(stream)
    return slots ? [slots.get(tag), slots.get(listSlot(tag))].flatMap((slot) => slot?.follower ?? []) : []
  }

  /** Writes down what a stream tracks by now. Gives the entries that are new, or whose freshness is another one; `gone`: those without followers. */
  set(stream: string, tracked: readonly Tracked[]): { changed: Entry[]; gone: Entry[] } {
    const before = this.#streams.get(stream) ?? new Map<string, { follower: Follower; source: string }>()
    const now: typeof before = new Map()
    const touched = new Map<Entry, number | undefined>()
    const touch = (entry: Entry, refresh?: number): void => void (touched.has(entry) || touched.set(entry, refresh))
    const wanted = new Map(tracked.map((each) => [slotOf(each), each]))
    for (const [slot, { follower, source }] of before) {
      if (wanted.get(slot)?.source.key === source) continue
      const entry = this.#entries.get(source)!
      touch(entry, entry.refresh)
      entry.followers.delete(follower)
    }
    for (const [slot, { tag, source, refresh }] of wanted) {
      const old = before.get(slot)
      const entry = this.#entries.get(source.key) ?? this.#open(source)
      touch(entry, entry.followers.size > 0 ? entry.refresh : undefined)
      const follower =
        old?.source === source.key
          ? old.follower
          : { stream, namespace: stream.slice(0, stream.indexOf('/')), tag, refresh }
      follower.refresh = refresh
      entry.followers.add(follower)
      now.set(slot, { follower, source: source.key })
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
    const entry: Entry = {
      source,
      followers: new Set(),
      refresh: Infinity,
      failures: 0,
      busy: false,
      again: false,
      urgent: false,
      waiting: new Set(),
      checkedAt: 0,
    }
    this.#entries.set(source.key, entry)
    return entry
  }
}

/** A tag follows an image, a list of tags, or both. */
const slotOf = ({ tag, source }: Tracked): string => (source.reference === ALL_TAGS ? listSlot(tag) : tag)
const listSlot = (tag: string): string => `${tag} ${ALL_TAGS}`
