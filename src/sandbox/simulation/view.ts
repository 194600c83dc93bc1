// One kind as the controllers see it: a cache, their own latest writes, and the writes themselves.
import type { DeleteRequest, ObjectClient } from '../../core/machinery/client.ts'
import { deepEqual } from '../../core/machinery/json/equal.ts'
import type { Log } from '../../core/machinery/log.ts'
import { apiVersionOf, type KubeObject, type OwnerReference, type ResourceRef } from '../../core/machinery/object.ts'
import { isReason, type Status } from '../../core/machinery/status.ts'
import { Reflector } from '../../kube/reflector.ts'
import { Overlay } from './overlay.ts'

export interface ViewOptions {
  client: ObjectClient
  resource: ResourceRef
  kind: string
  log: Log
  signal: AbortSignal
}

/** An object to create: the server fills the rest. */
export type NewObject = KubeObject & { spec?: unknown; data?: unknown; revision?: number }

/** See above. Objects are shared: copy before changing. */
export class View<T extends KubeObject> {
  readonly kind: string
  readonly apiVersion: string
  readonly resource: ResourceRef
  readonly reflector: Reflector<T>
  readonly #options: ViewOptions
  readonly #overlay: Overlay<T>
  readonly #dependents: (uid: string) => T[]

  constructor(options: ViewOptions) {
    const { client, resource, log, signal } = options
    this.#options = options
    this.kind = options.kind
    this.resource = resource
    this.apiVersion = apiVersionOf(resource)
    this.reflector = new Reflector<T>({ client, resource, log, signal })
    this.#overlay = new Overlay<T>(
      (namespace, name) => this.reflector.get(namespace, name),
      () => performance.now(),
    )
    this.#dependents = this.reflector.index(({ metadata }) => metadata.ownerReferences?.map(({ uid }) => uid) ?? [])
    this.reflector.on(({ type, object }) => this.#overlay.settle(type, object))
  }

  get(namespace: string, name: string): T | undefined {
    return this.#overlay.current(namespace, name, this.reflector.get(namespace, name))
  }

  /** Everything that names `uid` among its owners. */
  dependents(uid: string): T[] {
    const found = this.#dependents(uid)
    if (this.#overlay.size === 0) return found
    const result = new Map<string, T>()
    const owned = (object: T): boolean => object.metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false
    for (const object of [...found, ...this.#overlay.objects()]) {
      const { namespace = '', name = '' } = object.metadata
      const current = this.get(namespace, name)
      if (current && owned(current)) result.set(`${namespace}/${name}`, current)
    }
    return [...result.values()]
  }

  /** Everything whose managing controller is `uid`. */
  controlled(uid: string): T[] {
    return this.dependents(uid).filter((object) => controllerOf(object)?.uid === uid)
  }

  async create(namespace: string, object: NewObject): Promise<T> {
    const { client, resource, signal } = this.#options
    const created = await client.create<T>({ resource, namespace }, object, { signal })
    this.#overlay.put(created)
    return created
  }

  /** Writes the status (and, for Deployments, annotations) if it differs. Conflict when the object has changed since. */
  async writeStatus(object: T, status: object, annotations = object.metadata.annotations): Promise<T> {
    const { metadata, status: old } = object as T & { status?: object }
    if (deepEqual(status, old) && deepEqual(annotations, metadata.annotations)) return object
    const { client, resource, signal } = this.#options
    const { namespace, name = '' } = metadata
    const target = { resource, namespace, name, subresource: 'status' }
    const next = { ...object, metadata: { ...metadata, ...(annotations && { annotations }) }, status }
    const written = await client.update<T>(target, next, { signal })
    this.#overlay.put(written)
    return written
  }

  async patch(object: T, patch: object): Promise<T> {
    const { client, resource, signal } = this.#options
    const { namespace, name = '' } = object.metadata
    const written = await client.patch<T>({ resource, namespace, name }, 'merge', patch, { signal })
    this.#overlay.put(written)
    return written
  }

  /** Deletes exactly this object; one that is gone already is fine. */
  async delete(object: T, how: Omit<DeleteRequest, 'uid' | 'signal'> = {}): Promise<void> {
    const { client, resource, signal } = this.#options
    const { namespace, name = '', uid } = object.metadata
    try {
      const answer = await client.delete<T>({ resource, namespace, name }, { ...how, ...(uid && { uid }), signal })
      // A Status means that it is gone; an object, that it is marked.
      if (isStatus(answer)) this.#overlay.remove(object)
      else if (answer.metadata.deletionTimestamp) this.#overlay.put(answer)
      else this.#overlay.remove(object)
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
      this.#overlay.remove(object)
    }
  }

  /** A reference that makes `owner` the managing controller of something. */
  ownedBy(owner: T): OwnerReference {
    const { name = '', uid = '' } = owner.metadata
    return { apiVersion: this.apiVersion, kind: this.kind, name, uid, controller: true, blockOwnerDeletion: true }
  }
}

/** The owner that manages an object. */
export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller)
}

const isStatus = (answer: KubeObject | Status): answer is Status => answer.kind === 'Status'
