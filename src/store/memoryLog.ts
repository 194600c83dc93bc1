// The history in memory.
import { FIRST_REVISION, type ChangeLog, type Loaded, type Past } from './changeLog.ts'
import type { Change, Entry } from './store.ts'

/** A change log that ends with the process. Revisions rise, and may have gaps. */
export class MemoryLog implements ChangeLog {
  #entries: Iterable<Entry>
  #changes: Change[] = []
  #oldest: number

  /** It begins with these entries, as of this revision. */
  constructor({ entries = [], revision = FIRST_REVISION }: { entries?: Iterable<Entry>; revision?: number } = {}) {
    this.#entries = entries
    this.#oldest = revision
  }

  load(): Loaded {
    const entries = this.#entries
    // What has changed since need not be kept twice.
    this.#entries = []
    return { entries, revision: this.#oldest, oldest: this.#oldest }
  }

  append(change: Change): void {
    this.#changes.push(change)
  }

  since(prefix: string, revision: number, limit: number): Change[] {
    const found: Change[] = []
    for (let i = this.#after(revision); i < this.#changes.length && found.length < limit; i++) {
      const change = this.#changes[i]!
      if (change.entry.key.startsWith(prefix)) found.push(change)
    }
    return found
  }

  before(prefix: string, revision: number): Map<string, Past> {
    const past = new Map<string, Past>()
    for (const { entry, previous } of this.since(prefix, revision, Infinity)) {
      if (!past.has(entry.key)) past.set(entry.key, previous && (() => previous))
    }
    return past
  }

  forget(revision: number): void {
    this.#oldest = revision
  }

  sweep(): boolean {
    this.#changes.splice(0, this.#after(this.#oldest))
    return false
  }

  close(): void {
    this.#changes = []
  }

  /** Index of the first change after the revision. */
  #after(revision: number): number {
    let low = 0
    let high = this.#changes.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#changes[middle]!.entry.revision <= revision) low = middle + 1
      else high = middle
    }
    return low
  }
}
