// Objects of one kind, mirrored from the cluster: a list and a watch fill a cache, from which everything is read. Versions are
// those of the cluster, so that they mean the same in every replica.
import type { Log } from '../../core/machinery/log.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Metrics } from '../../core/machinery/metrics.ts'
import type { ResourceRef, WatchEvent } from '../../core/machinery/object.ts'
import { ListWatch } from '../../kube/listWatch.ts'
import { Compactor, type CompactorOptions } from '../compactor.ts'
import { MemoryLog } from '../memoryLog.ts'
import { type Change, type Entry, FutureRevision, keyOf, prefixOf } from '../store.ts'
import { VersionedState } from '../versionedState.ts'
import type { Form } from './form.ts'
import { LaterWatch } from './laterWatch.ts'
import { storedName } from './names.ts'
import { lacksGuard, unwrap, type StoredObject } from './wrap.ts'

/** Milliseconds that a reader of a revision that this replica has not seen yet waits for it. As long as a kube-apiserver lets wait. */
const PATIENCE = 3_000
/**
 * Of that, how many times as long a write waits to come back: a kube-apiserver that has just started holds watches back for
 * some five seconds.
 */
const WRITE_PATIENCE = 5

const LEFT_OUT =
  'a stored object is left out: what is in it is not what a server of ours writes. Put it right, or delete it'

/** What is mirrored: `served` is what keys name, `stored` the custom resource. */
export interface CollectionOptions extends CompactorOptions {
  client: ObjectClient
  served: { group: string; plural: string }
  stored: ResourceRef
  namespaced: boolean
  form: Form
  log: Log
  metrics?: Metrics
  signal: AbortSignal
  /** Changes that wait for a slow watcher before it is dropped. */
  watchBuffer?: number
  /** Milliseconds, see PATIENCE. */
  patience?: number
}

interface Waiter {
  done(): boolean
  resolve(done: boolean): void
}

/** The mirror. `run` fills it, and keeps it current until the signal aborts. */
export class Collection {
  /** Milliseconds that it is waited for what the cluster has and this replica has not seen yet. */
  readonly patience: number
  /** The same for what was written. */
  readonly writePatience: number
  readonly #options: CollectionOptions
  readonly #listWatch: ListWatch<StoredObject>
  readonly #compactor: Compactor
  readonly #filled = Promise.withResolvers<void>()
  readonly #waiters = new Set<Waiter>()
  readonly #unguarded = new Set<string>()
  #isDenied = false
  #log = new MemoryLog()
  #state = new VersionedState(this.#log)

  constructor(options: CollectionOptions) {
    const { client, stored: resource, log, metrics, signal } = options
    this.#options = options
    this.patience = options.patience ?? PATIENCE
    this.writePatience = WRITE_PATIENCE * this.patience
    this.#filled.promise.catch(() => undefined)
    this.#listWatch = new ListWatch<StoredObject>(
      { client, resource, log, signal, ...(metrics && { metrics }) },
      {
        replace: (items, version) => this.#replace(items, Number(version)),
        apply: (event, ahead) => ahead && this.#apply(event),
        denied: () => this.#deny(),
      },
    )
    const target = {
      current: () => this.#state.revision,
      forget: (revision: number) => this.#state.forget(revision),
      sweep: () => this.#log.sweep(),
    }
    this.#compactor = new Compactor(target, options)
  }

  /** The cluster has said last that it does not serve these objects, or does not let us read them. */
  get isDenied(): boolean {
    return this.#isDenied
  }

  /** Keys of objects that have lost their guard. */
  get unguarded(): readonly string[] {
    return [...this.#unguarded]
  }

  /** Resolves when it has been filled once; rejects when stopped before. */
  get filled(): Promise<void> {
    return this.#filled.promise
  }

  async run(): Promise<void> {
    await this.#listWatch.run()
    this.#compactor.stop()
    this.#state.close()
    this.#filled.reject(new Error('the store is closed'))
    for (const waiter of this.#waiters) waiter.resolve(false)
  }

  /** The state, when it has been filled. */
  async state(): Promise<VersionedState> {
    await this.filled
    return this.#state
  }

  watch(prefix: string, revision: number, signal: AbortSignal): AsyncIterable<Change> {
    const options = { prefix, revision, signal, buffer: this.#options.watchBuffer }
    if (revision <= this.#state.revision) return this.#state.watch(options)
    return new LaterWatch(this.reached(revision), () => this.#state.watch(options))
  }

  /** The watch has probably failed: another one takes its place. */
  reopen(): void {
    this.#listWatch.reopen()
  }

  /** Waits until what was written has come back. Error: FutureRevision, when that takes too long. */
  async returned(revision: number): Promise<void> {
    await this.filled
    if (await this.#told(() => this.#state.revision >= revision, this.writePatience)) return
    throw new FutureRevision(revision, this.#state.revision)
  }

  /** Waits until the mirror has got to a revision that a reader names. Error: FutureRevision, when that takes too long. */
  async reached(revision: number): Promise<void> {
    await this.filled
    if (this.#state.revision >= revision) return
    // Another replica may have told it to the reader: after a failure the cluster is back.
    this.#listWatch.hurry()
    if (await this.#until(() => this.#state.revision >= revision, this.patience)) return
    throw new FutureRevision(revision, this.#state.revision)
  }

  /** Waits until the entry of a key is another one than that of `revision` (0: none); false when that takes too long. */
  moved(key: string, revision: number): Promise<boolean> {
    return this.#told(() => (this.#state.get(key)?.revision ?? 0) !== revision, this.patience)
  }

  /** Waits for what the cluster has answered already: a watch that does not bring it has failed, or is deaf. */
  async #told(done: () => boolean, patience: number): Promise<boolean> {
    if (done()) return true
    this.#listWatch.hurry()
    if (await this.#until(done, patience / 2)) return true
    this.#listWatch.reopen()
    return this.#until(done, patience / 2)
  }

  /** Forgets history before this revision, or all of it. */
  async compact(revision: number): Promise<void> {
    await this.filled
    this.#state.forget(Math.min(revision, this.#state.revision))
    await this.#compactor.tick()
  }

  /** The key of what a custom resource holds. */
  keyOf({ object: { metadata }, metadata: { namespace = '' } }: StoredObject): string {
    const { served, namespaced } = this.#options
    return keyOf(served, namespaced ? namespace : '', metadata.name ?? '')
  }

  /** Undefined for what somebody has written by hand in a way that no store would: it is left out, so that it cannot stop all others. */
  #entryOf(stored: StoredObject): Entry | undefined {
    try {
      const { name } = stored.object.metadata
      if (typeof name !== 'string' || storedName(name) !== stored.metadata.name)
        throw new TypeError(`the object in it is called ${JSON.stringify(name)}`)
      const entry = unwrap(stored, this.keyOf(stored), this.#options.form)
      this.#unguarded[lacksGuard(stored) ? 'add' : 'delete'](entry.key)
      return entry
    } catch (error) {
      const { namespace, name } = stored.metadata
      const why = (error as Error).message
      this.#options.log.warn({ resource: this.#options.stored.plural, namespace, name, why }, LEFT_OUT)
      return undefined
    }
  }

  /** What was known of a custom resource, whatever is in it by now. */
  #knownOf({ metadata: { namespace, name } }: StoredObject): Entry | undefined {
    const { served, namespaced } = this.#options
    const { entries } = this.#state.list({ prefix: prefixOf(served, namespaced ? namespace : '') })
    return entries.find(({ object }) => storedName(object.metadata.name ?? '') === name)
  }

  /** Watches of the old state end; their clients ask for what has been missed, are told that it is gone, and list again. */
  #replace(items: readonly StoredObject[], revision: number): void {
    this.#unguarded.clear()
    const entries = items.map((item) => this.#entryOf(item)).filter((entry) => entry !== undefined)
    this.#state.close()
    this.#log = new MemoryLog({ revision, entries })
    this.#state = new VersionedState(this.#log)
    this.#filled.resolve()
    this.#allow()
    this.#wake()
  }

  #deny(): void {
    if (this.#isDenied) return
    this.#isDenied = true
    const { plural, group } = this.#options.stored
    this.#options.log.error(
      { resource: plural, group },
      'the cluster does not serve what state is kept in, or denies it',
    )
  }

  #allow(): void {
    if (!this.#isDenied) return
    this.#isDenied = false
    const { plural, group } = this.#options.stored
    this.#options.log.info({ resource: plural, group }, 'the cluster serves again what state is kept in')
  }

  #apply(event: WatchEvent<StoredObject>): void {
    const revision = Number(event.object.metadata.resourceVersion)
    const change = event.type === 'BOOKMARK' ? undefined : this.#change(event, revision)
    if (change) this.#state.apply(change)
    else this.#state.advance(revision)
    this.#wake()
  }

  #change({ type, object: stored }: WatchEvent<StoredObject>, revision: number): Change | undefined {
    const entry = this.#entryOf(stored)
    const previous = entry ? this.#state.get(entry.key) : this.#knownOf(stored)
    const gone = !entry || type === 'DELETED' ? (entry ?? previous)?.key : undefined
    if (gone !== undefined) this.#unguarded.delete(gone)
    if (entry && type !== 'DELETED') return previous ? { type: 'updated', entry, previous } : { type: 'created', entry }
    return previous && { type: 'deleted', entry: last(previous, revision), previous }
  }

  /** False when it does not come true in time. */
  #until(done: () => boolean, patience: number): Promise<boolean> {
    if (done()) return Promise.resolve(true)
    return new Promise((resolve) => {
      const settle = (value: boolean): void => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
        resolve(value)
      }
      const waiter: Waiter = { done, resolve: settle }
      const timer = setTimeout(() => settle(false), patience)
      this.#waiters.add(waiter)
    })
  }

  #wake(): void {
    for (const waiter of this.#waiters) if (waiter.done()) waiter.resolve(true)
  }
}

/** The last state of an entry under the revision of its deletion. */
function last({ key, object }: Entry, revision: number): Entry {
  const metadata = Object.freeze({ ...object.metadata, resourceVersion: String(revision) })
  return Object.freeze({ key, object: Object.freeze({ ...object, metadata }), revision })
}
