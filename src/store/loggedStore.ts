// A Store made of the current state in memory and a ChangeLog. One thread decides every compare-and-swap, so that check,
// append, index and notify are one synchronous step: nothing is acknowledged before the log has it, nothing is seen twice.
import { clone, freeze } from '../core/machinery/json/clone.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import type { ChangeLog } from './changeLog.ts'
import { Compactor, type CompactorOptions } from './compactor.ts'
import { encode, sameButRevision } from './encode.ts'
import { FutureRevision, type Change, type Entry, type ListRequest, type Listing, type Store } from './store.ts'
import { VersionedState } from './versionedState.ts'

/** How much a store remembers. */
export interface StoreOptions extends CompactorOptions {
  /** Changes that wait for a slow watcher before it is dropped. Default 4,096. */
  watchBuffer?: number
}

/** A copy that carries its revision; shared with everyone, so frozen. */
function stamped(key: string, object: KubeObject, revision: number): Entry {
  const copy = clone(object)
  copy.metadata.resourceVersion = String(revision)
  return Object.freeze({ key, object: freeze(copy), revision })
}

/** A Store with its state in memory and its changes in a log. */
export class LoggedStore implements Store {
  readonly #state: VersionedState
  readonly #compactor: Compactor
  readonly #watchBuffer: number | undefined
  #closed = false

  constructor(log: ChangeLog, options: StoreOptions = {}) {
    const state = new VersionedState(log)
    this.#state = state
    this.#watchBuffer = options.watchBuffer
    this.#compactor = new Compactor(
      { current: () => state.revision, forget: (revision) => state.forget(revision), sweep: () => log.sweep() },
      options,
    )
  }

  async get(key: string): Promise<Entry | undefined> {
    this.#open()
    return this.#state.get(key)
  }

  async list(request: ListRequest): Promise<Listing> {
    this.#open()
    return this.#state.list(request)
  }

  async create(key: string, object: KubeObject): Promise<Entry | undefined> {
    this.#open()
    if (this.#state.get(key)) return undefined
    const entry = stamped(key, object, this.#state.revision + 1)
    this.#write({ type: 'created', entry })
    return entry
  }

  async update(key: string, object: KubeObject, expected: number): Promise<Entry | undefined> {
    this.#open()
    const previous = this.#state.get(key)
    if (previous?.revision !== expected) return undefined
    if (sameButRevision(object, previous.object)) return previous
    const entry = stamped(key, object, this.#state.revision + 1)
    this.#write({ type: 'updated', entry, previous })
    return entry
  }

  async delete(key: string, expected: number): Promise<Entry | undefined> {
    this.#open()
    const previous = this.#state.get(key)
    if (previous?.revision !== expected) return undefined
    const entry = stamped(key, previous.object, this.#state.revision + 1)
    this.#write({ type: 'deleted', entry, previous })
    return entry
  }

  watch(prefix: string, revision: number, signal: AbortSignal): AsyncIterable<Change> {
    this.#open()
    return this.#state.watch({ prefix, revision, signal, buffer: this.#watchBuffer })
  }

  async revision(): Promise<number> {
    this.#open()
    return this.#state.revision
  }

  /** Nobody else writes: what is not there yet will not come by waiting. */
  async reached(_prefix: string, revision: number): Promise<void> {
    this.#open()
    if (revision > this.#state.revision) throw new FutureRevision(revision, this.#state.revision)
  }

  async compact(revision: number): Promise<void> {
    this.#open()
    this.#state.forget(revision)
    await this.#compactor.tick()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#compactor.stop()
    this.#state.close()
  }

  /** One step of time, for tests: what the timer does every few seconds. */
  tick(): Promise<void> {
    return this.#compactor.tick()
  }

  #write(change: Change): void {
    this.#state.apply(change, change.type === 'deleted' ? undefined : encode(change.entry.object))
  }

  #open(): void {
    if (this.#closed) throw new Error('the store is closed')
  }
}
