// Store: what the API server keeps objects in. Contract: test/contract/store.ts. Implementations: memory, sqlite, kubernetes.
import type { KubeObject } from '../core/machinery/object.ts'

/** A stored object. `object` is shared and frozen: copy before changing. It carries its own metadata.resourceVersion. */
export interface Entry<T extends KubeObject = KubeObject> {
  /** `group/plural/namespace/name`, namespace empty for cluster-scoped ones: see keyOf. */
  key: string
  object: T
  /** Revision of this write: a positive integer, one sequence over all keys. */
  revision: number
}

/** One write, as watchers see it. */
export interface Change<T extends KubeObject = KubeObject> {
  type: 'created' | 'updated' | 'deleted'
  /** The object as written; for 'deleted' the last state, carrying the revision of the deletion. */
  entry: Entry<T>
  /** State before this change; absent for 'created'. Selector watches need it. */
  previous?: Entry<T>
}

/** What of the store is wanted. */
export interface ListRequest {
  /** Keys that start with this, in byte order. It names a group and a resource at least. */
  prefix: string
  /** State as of this revision; undefined: now. Throws Compacted or FutureRevision. */
  revision?: number
  /** Only keys greater than this one. */
  after?: string
  limit?: number
}

/** Entries as they were at one revision. */
export interface Listing {
  entries: Entry[]
  /** The revision that this listing shows. */
  revision: number
  /** How many matching keys lie behind the limit. */
  remaining: number
}

/** The revision lies before the oldest that is kept: start again from a list. */
export class Compacted extends Error {
  override name = 'Compacted'
  readonly oldest: number
  constructor(revision: number, oldest: number) {
    super(`revision ${revision} is compacted; the oldest is ${oldest}`)
    this.oldest = oldest
  }
}

/** The revision has not been reached. */
export class FutureRevision extends Error {
  override name = 'FutureRevision'
  readonly revision: number
  readonly current: number
  constructor(revision: number, current: number) {
    super(`revision ${revision} is ahead of the current ${current}`)
    this.revision = revision
    this.current = current
  }
}

/** A watch whose reader does not keep up: it is dropped, and must list again. */
export class SlowWatcher extends Error {
  override name = 'SlowWatcher'
}

/**
 * Bytes of JSON that an object may have: what etcd takes in one request by default (1.5 MiB) leaves room around it.
 * https://etcd.io/docs/v3.6/dev-guide/limit/
 */
export const MAX_OBJECT = 1_500_000

/** The object is larger than MAX_OBJECT; nothing was written. */
export class TooLarge extends Error {
  override name = 'TooLarge'
  /** `size`: bytes; undefined where only the limit is known. */
  constructor(size: number | undefined, options?: ErrorOptions) {
    const found = size === undefined ? 'too many' : size
    super(`the object has ${found} bytes as JSON; the limit is ${MAX_OBJECT}`, options)
  }
}

/** Objects by key, with revisions, history and watches. Writes throw TooLarge. */
export interface Store {
  get(key: string): Promise<Entry | undefined>
  list(request: ListRequest): Promise<Listing>
  /** Undefined when the key exists. The store writes metadata.resourceVersion into its copy. */
  create(key: string, object: KubeObject): Promise<Entry | undefined>
  /** Compare-and-swap: undefined when the key's revision is not `expected`. An equal object is not written: the old entry returns. */
  update(key: string, object: KubeObject, expected: number): Promise<Entry | undefined>
  /** Compare-and-swap: undefined when the key's revision is not `expected`; else the last state with the deletion's revision. */
  delete(key: string, expected: number): Promise<Entry | undefined>
  /**
   * Every change after `revision`, in order, until the signal aborts. Throws Compacted or FutureRevision at once, SlowWatcher
   * later.
   */
  watch(prefix: string, revision: number, signal: AbortSignal): AsyncIterable<Change>
  /** The revision up to which all changes of keys with this prefix are known. */
  revision(prefix: string): Promise<number>
  /** Resolves when all changes of keys with this prefix up to the revision are known. Throws FutureRevision, soon or at once. */
  reached(prefix: string, revision: number): Promise<void>
  /** Forgets history before this revision; the current state stays. */
  compact(revision: number): Promise<void>
  close(): Promise<void>
}

/** The key of an object. */
export function keyOf(resource: { group: string; plural: string }, namespace: string, name: string): string {
  return `${prefixOf(resource, namespace)}${name}`
}

/** Prefix of a namespace's objects, or (without namespace) of a resource's. Cluster-scoped: namespace ''. */
export function prefixOf(resource: { group: string; plural: string }, namespace?: string): string {
  const base = `${resource.group}/${resource.plural}/`
  return namespace === undefined ? base : `${base}${namespace}/`
}
