// What a controller has just written and its cache does not show yet. Without it a second look would create everything twice.
import type { KubeObject } from '../../core/machinery/object.ts'
import { compareVersions } from '../../kube/version.ts'
import { keyOf } from './queue.ts'

/** The watch normally brings a write within milliseconds; after this many it is believed lost, and the cache right. */
const EXPIRES_MS = 5_000

/** How many deleted objects are remembered: an answer to a write can come after the news that its object is gone. */
const REMEMBERED = 1_024

interface Written<T> {
  /** Undefined: deleted. */
  object: T | undefined
  uid: string
  at: number
}

/** Own writes on top of a cache. */
export class Overlay<T extends KubeObject> {
  readonly #written = new Map<string, Written<T>>()
  readonly #cached: (namespace: string, name: string) => T | undefined
  readonly #clock: () => number
  readonly #gone = new Set<string>()

  /** `clock` counts milliseconds. */
  constructor(cached: (namespace: string, name: string) => T | undefined, clock: () => number) {
    this.#cached = cached
    this.#clock = clock
  }

  get size(): number {
    return this.#written.size
  }

  put(object: T): void {
    if (this.#gone.has(object.metadata.uid ?? '')) return
    const cached = this.#cached(object.metadata.namespace ?? '', object.metadata.name ?? '')
    if (cached && !isNewer(object, cached)) return
    this.#written.set(keyOf(object), { object, uid: object.metadata.uid ?? '', at: this.#clock() })
  }

  remove(object: KubeObject): void {
    this.#written.set(keyOf(object), { object: undefined, uid: object.metadata.uid ?? '', at: this.#clock() })
  }

  /** The cache has heard of the object: forget what it knows better. */
  settle(type: 'added' | 'updated' | 'deleted', object: T): void {
    if (type === 'deleted') this.#remember(object.metadata.uid ?? '')
    const key = keyOf(object)
    const own = this.#written.get(key)
    if (!own) return
    const known = own.object ? !isNewer(own.object, object) : type === 'deleted' && own.uid === object.metadata.uid
    if (known || own.uid !== object.metadata.uid) this.#written.delete(key)
  }

  #remember(uid: string): void {
    this.#gone.add(uid)
    if (this.#gone.size <= REMEMBERED) return
    for (const oldest of this.#gone) {
      this.#gone.delete(oldest)
      return
    }
  }

  /** The newest known state of what the cache shows as `cached`. */
  current(namespace: string, name: string, cached: T | undefined): T | undefined {
    const key = `${namespace}/${name}`
    const own = this.#written.get(key)
    if (!own) return cached
    if (this.#clock() - own.at > EXPIRES_MS) {
      this.#written.delete(key)
      return cached
    }
    if (!own.object) return cached?.metadata.uid === own.uid ? undefined : cached
    return !cached || isNewer(own.object, cached) ? own.object : cached
  }

  /** Objects that were written and not yet heard of. */
  *objects(): Generator<T> {
    for (const { object } of this.#written.values()) if (object) yield object
  }
}

const isNewer = (a: KubeObject, b: KubeObject): boolean =>
  compareVersions(a.metadata.resourceVersion, b.metadata.resourceVersion) > 0
