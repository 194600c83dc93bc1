// What every store here shows to its readers: the current state, what it was before, and every change as it happens. All of it
// in synchronous steps of one thread, so that nobody sees a change twice or misses one.
import type { ChangeLog } from './changeLog.ts'
import { listAt } from './listAt.ts'
import { SortedEntries } from './sortedEntries.ts'
import { Compacted, FutureRevision, type Change, type Entry, type ListRequest, type Listing } from './store.ts'
import { WatchHub } from './watchHub.ts'
import { Watcher, type WatcherOptions, type WatcherSource } from './watcher.ts'

/** The current state in memory, with its past in a log. */
export class VersionedState {
  readonly #log: ChangeLog
  readonly #entries = new SortedEntries()
  readonly #hub = new WatchHub()
  readonly #source: WatcherSource = {
    history: (prefix, after, limit) => {
      this.#known(after)
      return after < this.#revision ? this.#log.since(prefix, after, limit) : []
    },
    join: (watcher) => this.#hub.join(watcher),
    leave: (watcher) => this.#hub.leave(watcher),
  }
  #revision: number
  #oldest: number

  constructor(log: ChangeLog) {
    this.#log = log
    const loaded = log.load()
    for (const entry of loaded.entries) this.#entries.set(entry)
    this.#revision = loaded.revision
    this.#oldest = loaded.oldest
  }

  /** Of the newest change. */
  get revision(): number {
    return this.#revision
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key)
  }

  /** Throws Compacted, FutureRevision. */
  list(request: ListRequest): Listing {
    const revision = request.revision ?? this.#revision
    this.#known(revision)
    const past = revision === this.#revision ? new Map() : this.#log.before(request.prefix, revision)
    return { ...listAt(this.#entries, past, request), revision }
  }

  watch(options: WatcherOptions): Watcher {
    return new Watcher(this.#source, options)
  }

  /** The next change: its revision is higher than all before. When the log throws, nothing has happened. */
  apply(change: Change, json?: string): void {
    Object.freeze(change)
    this.#log.append(change, json)
    this.#revision = change.entry.revision
    if (change.type === 'deleted') this.#entries.delete(change.entry.key)
    else this.#entries.set(change.entry)
    this.#hub.notify(change)
  }

  /** Nothing has changed up to this revision. */
  advance(revision: number): void {
    this.#revision = Math.max(this.#revision, revision)
  }

  /** Forgets what was before this revision. Error: FutureRevision. */
  forget(revision: number): void {
    if (revision > this.#revision) throw new FutureRevision(revision, this.#revision)
    if (revision <= this.#oldest) return
    this.#log.forget(revision)
    this.#oldest = revision
  }

  /** Ends all watches, and lets go of the log. */
  close(): void {
    this.#hub.end()
    this.#log.close()
  }

  #known(revision: number): void {
    if (revision < this.#oldest) throw new Compacted(revision, this.#oldest)
    if (revision > this.#revision) throw new FutureRevision(revision, this.#revision)
  }
}
