// The current state: entries by key, in byte order. A sorted list in chunks, so that an insert moves hundreds of entries and
// never all of them, and so that a page of a long list is found by two binary searches.
import { compareKeys } from './keyOrder.ts'
import type { Entry } from './store.ts'

/** A chunk that grows beyond this is cut in two. */
const CHUNK = 1024

/** Index of the first element for which `before` is false; `before` is true for a head of the list and false for the rest. */
function partition<T>(items: readonly T[], before: (item: T) => boolean): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (before(items[middle]!)) low = middle + 1
    else high = middle
  }
  return low
}

interface Position {
  chunk: number
  offset: number
}

/** Entries by key, in byte order. */
export class SortedEntries {
  readonly #byKey = new Map<string, Entry>()
  #chunks: Entry[][] = []

  get size(): number {
    return this.#byKey.size
  }

  get(key: string): Entry | undefined {
    return this.#byKey.get(key)
  }

  /** Adds the entry, or replaces the one with its key. */
  set(entry: Entry): void {
    const known = this.#byKey.has(entry.key)
    this.#byKey.set(entry.key, entry)
    const { chunk, offset } = this.#seek((key) => compareKeys(key, entry.key) < 0)
    if (known) {
      this.#chunks[chunk]![offset] = entry
      return
    }
    // A key that lies between two chunks joins the end of the first: appending, the common case, then moves nothing.
    const home = offset === 0 && chunk > 0 ? chunk - 1 : chunk
    const entries = (this.#chunks[home] ??= [])
    entries.splice(home === chunk ? offset : entries.length, 0, entry)
    if (entries.length > CHUNK) this.#chunks.splice(home + 1, 0, entries.splice(CHUNK / 2))
  }

  delete(key: string): void {
    if (!this.#byKey.delete(key)) return
    const { chunk, offset } = this.#seek((other) => compareKeys(other, key) < 0)
    const entries = this.#chunks[chunk]!
    entries.splice(offset, 1)
    if (entries.length === 0) this.#chunks.splice(chunk, 1)
  }

  /** How many keys start with `prefix` and lie behind `after`. */
  count(prefix: string, after: string | undefined): number {
    const start = this.#start(prefix, after)
    const end = this.#seek((key) => compareKeys(key, prefix) < 0 || key.startsWith(prefix))
    if (start.chunk > end.chunk) return 0
    let count = end.offset - start.offset
    for (let i = start.chunk; i < end.chunk; i++) count += this.#chunks[i]!.length
    return Math.max(count, 0)
  }

  /** Entries whose keys start with `prefix` and lie behind `after`, in order. Not to be used across changes. */
  *range(prefix: string, after: string | undefined): Generator<Entry> {
    let { chunk, offset } = this.#start(prefix, after)
    for (; chunk < this.#chunks.length; chunk++, offset = 0) {
      const entries = this.#chunks[chunk]!
      for (; offset < entries.length; offset++) {
        const entry = entries[offset]!
        if (!entry.key.startsWith(prefix)) return
        yield entry
      }
    }
  }

  #start(prefix: string, after: string | undefined): Position {
    return after !== undefined && compareKeys(after, prefix) >= 0
      ? this.#seek((key) => compareKeys(key, after) <= 0)
      : this.#seek((key) => compareKeys(key, prefix) < 0)
  }

  #seek(before: (key: string) => boolean): Position {
    const chunk = partition(this.#chunks, (entries) => before(entries.at(-1)!.key))
    return { chunk, offset: partition(this.#chunks[chunk] ?? [], (entry) => before(entry.key)) }
  }
}
