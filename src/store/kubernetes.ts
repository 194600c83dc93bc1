// A store in the cluster itself: custom resources, mirrored into memory. Reads and watches cost the cluster nothing; a write is one
// request, and acknowledged when this replica has seen it come back. See docs/adr/0013-state-in-the-cluster.md.
import type { Named, ObjectClient } from '../core/machinery/client.ts'
import type { Log } from '../core/machinery/log.ts'
import type { Metrics } from '../core/machinery/metrics.ts'
import { clone } from '../core/machinery/json/clone.ts'
import { apiVersionOf, type KubeObject, type ResourceRef } from '../core/machinery/object.ts'
import type { TSchema } from '../core/machinery/schema.ts'
import { ApiError, isReason } from '../core/machinery/status.ts'
import { OwnRights } from '../kube/ownRights.ts'
import type { CompactorOptions } from './compactor.ts'
import { encode, sameButRevision } from './encode.ts'
import { Collection } from './kubernetes/collection.ts'
import { formOf, type Form } from './kubernetes/form.ts'
import { storedName } from './kubernetes/names.ts'
import { unwrap, wrap, type StoredObject } from './kubernetes/wrap.ts'
import {
  FutureRevision,
  prefixOf,
  TooLarge,
  type Change,
  type Entry,
  type ListRequest,
  type Listing,
  type Store,
} from './store.ts'

/** A kind that is kept: what keys call it, and the custom resource that holds its objects. */
export interface StoredKind {
  served: { group: string; plural: string }
  stored: ResourceRef & { kind: string }
  namespaced: boolean
  /** Type of the objects: they are handed out in its form, whatever the cluster has made of it. */
  schema: TSchema
  /** Says the order of more fields than the type knows. */
  order?: TSchema
}

/** Where the store lies, and how much it remembers. */
export interface KubernetesStoreOptions extends CompactorOptions {
  client: ObjectClient
  kinds: readonly StoredKind[]
  log: Log
  metrics?: Metrics
  /** Changes that wait for a slow watcher before it is dropped. Default 4,096. */
  watchBuffer?: number
  /** Milliseconds to wait for what the cluster has and this replica has not seen yet. Default 3,000. */
  patience?: number
}

/** Opens the store, and begins to fill its mirror. Until that is done, reads wait. */
export function openKubernetes(options: KubernetesStoreOptions): KubernetesStore {
  return new KubernetesStore(options)
}

/** The server changes nothing of what is in a custom resource: what comes back with a watch need not be answered as well. */
const METADATA_ONLY = { metadataOnly: true }

/** Where the object of a key lies. */
interface Place {
  collection: Collection
  kind: StoredKind
  form: Form
  namespace: string
  target: Named
}

/** See above. */
export class KubernetesStore implements Store {
  /** Resolves when the mirror is complete; rejects when the store is closed before. */
  readonly filled: Promise<void>
  readonly #options: KubernetesStoreOptions
  readonly #rights: OwnRights
  readonly #collections: ReadonlyMap<string, Pick<Place, 'kind' | 'form' | 'collection'>>
  readonly #stop = new AbortController()
  readonly #running: Promise<unknown>

  constructor(options: KubernetesStoreOptions) {
    this.#options = options
    this.#rights = new OwnRights(options.log)
    const { signal } = this.#stop
    const collections = options.kinds.map((kind) => {
      const form = formOf(kind.schema, kind.order)
      return { kind, form, collection: new Collection({ ...options, ...kind, form, signal }) }
    })
    this.#collections = new Map(collections.map((each) => [prefixOf(each.kind.served), each]))
    this.#running = Promise.all(collections.map(({ collection }) => collection.run()))
    this.filled = Promise.all(collections.map(({ collection }) => collection.filled)).then(() => undefined)
    this.filled.catch(() => undefined)
  }

  /** Kinds that the cluster does not serve any more, or does not let us read: their definitions or our rights are gone. */
  get denied(): StoredKind[] {
    return [...this.#collections.values()].filter(({ collection }) => collection.isDenied).map(({ kind }) => kind)
  }

  /** How many objects have finalizers that nothing in the cluster holds: their custom resources have lost their guards. */
  get unguarded(): number {
    return [...this.#collections.values()].reduce((sum, { collection }) => sum + collection.unguarded.length, 0)
  }

  /** Puts those guards back, until the signal aborts. What cannot be written is logged. */
  async guard(signal: AbortSignal): Promise<void> {
    for (const { collection } of this.#collections.values()) {
      for (const key of collection.unguarded) {
        if (signal.aborted) return
        await this.#guard(key).catch((error: unknown) =>
          this.#options.log.warn({ err: error, key }, 'an object could not be guarded again: the next leader tries'),
        )
      }
    }
  }

  async get(key: string): Promise<Entry | undefined> {
    return (await this.#at(key).state()).get(key)
  }

  async list(request: ListRequest): Promise<Listing> {
    const collection = this.#at(request.prefix)
    if (request.revision !== undefined) await collection.reached(request.revision)
    return (await collection.state()).list(request)
  }

  async create(key: string, object: KubeObject): Promise<Entry | undefined> {
    const place = this.#place(key)
    if ((await place.collection.state()).get(key)) return undefined
    const body = this.#body(place, object)
    const { resource, namespace } = place.target
    try {
      const written = await this.#options.client.create({ resource, namespace }, body, METADATA_ONLY)
      return await this.#acknowledge(place, key, body, written)
    } catch (error) {
      if (!isReason(error, 'AlreadyExists')) throw this.#failure(place, error)
      // Another replica was faster: the caller reads next, and must find it.
      await place.collection.moved(key, 0)
      return undefined
    }
  }

  async update(key: string, object: KubeObject, expected: number): Promise<Entry | undefined> {
    const place = this.#place(key)
    const previous = (await place.collection.state()).get(key)
    if (previous?.revision !== expected) return undefined
    const { namespace } = place
    const named = namespace ? { ...object, metadata: { ...object.metadata, namespace } } : object
    if (sameButRevision(named, previous.object)) return previous
    const body = this.#body(place, named, expected)
    const written = await this.#replace(place, key, body, expected)
    return written && this.#acknowledge(place, key, body, written)
  }

  async delete(key: string, expected: number): Promise<Entry | undefined> {
    const place = this.#place(key)
    const state = await place.collection.state()
    const previous = state.get(key)
    if (previous?.revision !== expected) return undefined
    const { collection } = place
    const ends = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(collection.writePatience)])
    // From now, not from its own revision: it may be older than all that the mirror remembers.
    const changes = collection.watch(key, state.revision, ends)
    const guarded = (previous.object.metadata.finalizers?.length ?? 0) > 0
    const revision = guarded ? await this.#unguard(place, key, previous) : expected
    if (revision === undefined || !(await this.#remove(place, revision, guarded))) {
      await collection.moved(key, expected)
      return undefined
    }
    for await (const { type, entry } of changes) if (type === 'deleted' && entry.key === key) return entry
    // It is deleted, whoever sees it when.
    return previous
  }

  watch(prefix: string, revision: number, signal: AbortSignal): AsyncIterable<Change> {
    return this.#at(prefix).watch(prefix, revision, signal)
  }

  async revision(prefix: string): Promise<number> {
    return (await this.#at(prefix).state()).revision
  }

  async reached(prefix: string, revision: number): Promise<void> {
    await this.#at(prefix).reached(revision)
  }

  async compact(revision: number): Promise<void> {
    const collections = [...this.#collections.values()].map(({ collection }) => collection)
    const states = await Promise.all(collections.map((collection) => collection.state()))
    const newest = Math.max(...states.map((state) => state.revision))
    if (revision > newest) throw new FutureRevision(revision, newest)
    await Promise.all(collections.map((collection) => collection.compact(revision)))
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  /** The collection that keys with this prefix lie in. */
  #at(prefix: string): Collection {
    return this.#found(prefix).collection
  }

  #found(prefix: string): Pick<Place, 'kind' | 'form' | 'collection'> {
    if (this.#stop.signal.aborted) throw new Error('the store is closed')
    const [group = '', plural = ''] = prefix.split('/')
    const found = this.#collections.get(prefixOf({ group, plural }))
    if (!found) throw new Error(`no objects of ${prefix} are kept in the cluster`)
    return found
  }

  #place(key: string): Place {
    const { kind, form, collection } = this.#found(key)
    const [, , namespace = '', ...name] = key.split('/')
    const target = {
      resource: kind.stored,
      name: storedName(name.join('/')),
      ...(kind.namespaced && { namespace }),
    }
    return { collection, kind, form, namespace: kind.namespaced ? namespace : '', target }
  }

  /** The custom resource to be written. Error: TooLarge. */
  #body({ kind, namespace }: Place, object: KubeObject, revision?: number): StoredObject {
    const body = { apiVersion: apiVersionOf(kind.stored), kind: kind.stored.kind, ...wrap(object, namespace, revision) }
    encode(body)
    return body
  }

  /** The metadata of what was written; undefined when it is not `expected` any more. */
  async #replace(place: Place, key: string, body: StoredObject, expected: number): Promise<KubeObject | undefined> {
    try {
      return await this.#options.client.update(place.target, body, METADATA_ONLY)
    } catch (error) {
      if (!isReason(error, 'Conflict') && !isReason(error, 'NotFound')) throw this.#failure(place, error)
      // The caller reads next, and must find what was written in between.
      await place.collection.moved(key, expected)
      return undefined
    }
  }

  async #guard(key: string): Promise<void> {
    const place = this.#place(key)
    const entry = (await place.collection.state()).get(key)
    if (entry) await this.#replace(place, key, this.#body(place, entry.object, entry.revision), entry.revision)
  }

  /** Takes the guard off an object that is about to go; the revision after that, undefined when it is not `previous` any more. */
  async #unguard(place: Place, key: string, previous: Entry): Promise<number | undefined> {
    const body = this.#body(place, previous.object, previous.revision)
    const { finalizers: _, ...metadata } = body.metadata
    const written = await this.#replace(place, key, { ...body, metadata }, previous.revision)
    return written && Number(written.metadata.resourceVersion)
  }

  /** False when it is not of this revision any more. One that was `marked` before may have gone with its guard. */
  async #remove(place: Place, revision: number, marked: boolean): Promise<boolean> {
    try {
      await this.#options.client.delete(place.target, { resourceVersion: String(revision) })
      return true
    } catch (error) {
      if (isReason(error, 'NotFound')) return marked
      if (isReason(error, 'Conflict')) return false
      throw this.#failure(place, error)
    }
  }

  /** What was written, once this replica's readers can see it. */
  async #acknowledge(
    { collection, form }: Place,
    key: string,
    body: StoredObject,
    { metadata }: KubeObject,
  ): Promise<Entry> {
    const revision = Number(metadata.resourceVersion)
    try {
      await collection.returned(revision)
    } catch (error) {
      // It is written, whoever sees it when.
      if (!(error instanceof FutureRevision)) throw error
      this.#options.log.warn({ key, revision }, 'a write does not come back from the cluster')
    }
    const entry = (await collection.state()).get(key)
    if (entry?.revision === revision) return entry
    // Somebody was quick to change it again, or it did not come. What is written is ours to freeze, the body is not.
    return unwrap({ ...clone(body), metadata }, key, form)
  }

  /** What a write failed with. */
  #failure({ collection, kind }: Place, error: unknown): unknown {
    // The connection of the watch is probably as dead as this one.
    if (!(error instanceof ApiError)) collection.reopen()
    // Etcd has a limit of its own, and its words are all that is left of it in the answer.
    const large = error instanceof ApiError && (error.code === 413 || error.message.includes('request is too large'))
    return large ? new TooLarge(undefined, { cause: error }) : this.#rights.failure(error, kind.stored.plural)
  }
}
