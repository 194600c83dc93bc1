// The objects that a reflector knows, and who wants to hear of changes.
import type { KubeObject } from '../core/machinery/object.ts'
import type { Log } from '../core/machinery/log.ts'

/** What happened to a cached object. `old` is the state before; for 'deleted', `object` is the last known state. */
export interface CacheChange<T extends KubeObject> {
  type: 'added' | 'updated' | 'deleted'
  object: T
  old?: T
}

export type CacheHandler<T extends KubeObject> = (change: CacheChange<T>) => void

interface Index<T> {
  values(object: T): readonly string[]
  entries: Map<string, Set<T>>
}

/** Objects by namespace and name, with secondary indexes. Objects are shared: never change one. */
export class ObjectCache<T extends KubeObject> {
  readonly #objects = new Map<string, Map<string, T>>()
  readonly #handlers = new Set<CacheHandler<T>>()
  readonly #indexes: Index<T>[] = []
  readonly #log: Log
  #size = 0

  constructor(log: Log) {
    this.#log = log
  }

  get size(): number {
    return this.#size
  }

  get(namespace: string, name: string): T | undefined {
    return this.#objects.get(namespace)?.get(name)
  }

  list(namespace?: string): T[] {
    if (namespace !== undefined) return [...(this.#objects.get(namespace)?.values() ?? [])]
    return Array.from(this.#objects.values(), (objects) => [...objects.values()]).flat()
  }

  /** Calls the handler for every known object (as 'added') and then for every change; returns how to stop that. */
  on(handler: CacheHandler<T>): () => void {
    this.#handlers.add(handler)
    for (const object of this.list()) this.#call(handler, { type: 'added', object })
    return () => void this.#handlers.delete(handler)
  }

  /** Adds an index and returns its look-up: the objects for which `values` gave the value. */
  index(values: (object: T) => readonly string[]): (value: string) => T[] {
    const index: Index<T> = { values, entries: new Map() }
    this.#indexes.push(index)
    for (const object of this.list()) this.#link(index, object)
    return (value) => [...(index.entries.get(value) ?? [])]
  }

  /** Stores an object; an unchanged resourceVersion of the same object is no change. */
  put(object: T): void {
    const { namespace = '', name = '' } = object.metadata
    const objects = this.#objects.get(namespace) ?? new Map<string, T>()
    this.#objects.set(namespace, objects)
    const old = objects.get(name)
    if (old && sameState(old, object)) return
    // Deleted and created again unseen: two changes, so that nobody carries over what they knew of the old one.
    if (old && old.metadata.uid !== object.metadata.uid) {
      this.remove(old)
      return this.put(object)
    }
    objects.set(name, object)
    if (old) for (const index of this.#indexes) this.#unlink(index, old)
    else this.#size++
    for (const index of this.#indexes) this.#link(index, object)
    this.#notify(old ? { type: 'updated', object, old } : { type: 'added', object })
  }

  /** Forgets an object; `last` is its last state, which handlers get. */
  remove(last: T): void {
    const { namespace = '', name = '' } = last.metadata
    const objects = this.#objects.get(namespace)
    const old = objects?.get(name)
    if (!objects || !old) return
    objects.delete(name)
    if (objects.size === 0) this.#objects.delete(namespace)
    this.#size--
    for (const index of this.#indexes) this.#unlink(index, old)
    this.#notify({ type: 'deleted', object: last, old })
  }

  /** Makes the cache hold exactly these objects, telling handlers of every difference. */
  replace(objects: readonly T[]): void {
    const present = new Set(objects.map((o) => `${o.metadata.namespace ?? ''}/${o.metadata.name ?? ''}`))
    for (const old of this.list()) {
      if (!present.has(`${old.metadata.namespace ?? ''}/${old.metadata.name ?? ''}`)) this.remove(old)
    }
    for (const object of objects) this.put(object)
  }

  #link(index: Index<T>, object: T): void {
    for (const value of this.#values(index, object)) {
      const set = index.entries.get(value)
      if (set) set.add(object)
      else index.entries.set(value, new Set([object]))
    }
  }

  #unlink(index: Index<T>, object: T): void {
    for (const value of this.#values(index, object)) {
      const set = index.entries.get(value)
      set?.delete(object)
      if (set?.size === 0) index.entries.delete(value)
    }
  }

  /** An object that an index fails on is in no index: it must not keep all others from being known. */
  #values(index: Index<T>, object: T): readonly string[] {
    try {
      return index.values(object)
    } catch (error) {
      const { kind, metadata } = object
      const { namespace, name } = metadata
      this.#log.error({ err: error, kind, namespace, name }, 'cache index failed')
      return []
    }
  }

  #notify(change: CacheChange<T>): void {
    for (const handler of this.#handlers) this.#call(handler, change)
  }

  #call(handler: CacheHandler<T>, change: CacheChange<T>): void {
    try {
      handler(change)
    } catch (error) {
      const { kind, metadata } = change.object
      const { namespace, name } = metadata
      this.#log.error({ err: error, kind, namespace, name, change: change.type }, 'cache handler failed')
    }
  }
}

function sameState(a: KubeObject, b: KubeObject): boolean {
  const version = a.metadata.resourceVersion
  return version !== undefined && version === b.metadata.resourceVersion && a.metadata.uid === b.metadata.uid
}
