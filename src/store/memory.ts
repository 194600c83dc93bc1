// A store that forgets everything at the end of the process: for tests, and for trying things out.
import { FIRST_REVISION, type ChangeLog, type Loaded } from './changeLog.ts'
import { LoggedStore, type StoreOptions } from './loggedStore.ts'
import type { Change, Entry } from './store.ts'

class MemoryLog implements ChangeLog {
  #changes: Change[] = []
  #oldest = FIRST_REVISION

  load(): Loaded {
    return { entries: [], revision: FIRST_REVISION, oldest: FIRST_REVISION }
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

  before(prefix: string, revision: number): Map<string, Entry | undefined> {
    const past = new Map<string, Entry | undefined>()
    for (const { entry, previous } of this.since(prefix, revision, Infinity)) {
      if (!past.has(entry.key)) past.set(entry.key, previous)
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

  /** Index of the first change after the revision: revisions have no gaps. */
  #after(revision: number): number {
    const first = this.#changes[0]?.entry.revision ?? 0
    return Math.max(revision - first + 1, 0)
  }
}

/** A store that ends with the process. */
export function openMemory(options: StoreOptions = {}): LoggedStore {
  return new LoggedStore(new MemoryLog(), options)
}
