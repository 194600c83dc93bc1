// ObjectClient: the way in which controllers, the sandbox and the CLI see the world. Two implementations pass one contract
// suite: the in-process API server and HTTPS.
import type { KubeObject, ObjectList, ResourceRef, WatchEvent } from './object.ts'
import type { Status } from './status.ts'

/** Where a request goes. No namespace: cluster scope, or all namespaces for list and watch. */
export interface Target {
  resource: ResourceRef
  namespace?: string | undefined
}

/** One object, or a subresource of it. */
export interface Named extends Target {
  name: string
  subresource?: string
}

/** Query parameters of writes. */
export interface WriteOptions {
  dryRun?: boolean
  fieldManager?: string
  fieldValidation?: 'Ignore' | 'Warn' | 'Strict'
  /** Nothing but the answer's metadata will be read: the rest need not be encoded, sent and parsed. It may be there, though. */
  metadataOnly?: boolean
  signal?: AbortSignal
  /** Go duration for the `timeout` query parameter (imports: '1h0m0s'). */
  timeout?: string
}

/** Query parameters of lists. */
export interface ReadOptions {
  labelSelector?: string
  fieldSelector?: string
  limit?: number
  continue?: string
  resourceVersion?: string
  resourceVersionMatch?: 'Exact' | 'NotOlderThan'
  signal?: AbortSignal
}

/** Query parameters of watches. */
export interface WatchRequest extends ReadOptions {
  allowWatchBookmarks?: boolean
  sendInitialEvents?: boolean
  timeoutSeconds?: number
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

/** Media types of patches. https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply */
export const PATCH_MEDIA_TYPES: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

/** DeleteOptions of meta/v1, in short. */
export interface DeleteRequest {
  uid?: string
  resourceVersion?: string
  gracePeriodSeconds?: number
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  dryRun?: boolean
  signal?: AbortSignal
}

/**
 * Objects handed out are shared with caches: never change one, copy it first. Failures are ApiErrors (status.ts) where the
 * server answered; other errors mean that it could not be reached.
 */
export interface ObjectClient {
  get<T extends KubeObject>(target: Named, options?: { signal?: AbortSignal }): Promise<T>
  list<T extends KubeObject>(target: Target, options?: ReadOptions): Promise<ObjectList<T>>
  /** Ends when the server closes the watch; an ERROR event becomes a thrown ApiError (410 Expired when too old). */
  watch<T extends KubeObject>(target: Target, options?: WatchRequest): AsyncIterable<WatchEvent<T>>
  /** `target.subresource` with `name` posts to a subresource (pods/eviction, instantiate). */
  create<T extends KubeObject>(target: Target | Named, object: KubeObject, options?: WriteOptions): Promise<T>
  update<T extends KubeObject>(target: Named, object: KubeObject, options?: WriteOptions): Promise<T>
  patch<T extends KubeObject>(
    target: Named,
    type: PatchType,
    patch: unknown,
    options?: WriteOptions & { force?: boolean },
  ): Promise<T>
  delete<T extends KubeObject>(target: Named, options?: DeleteRequest): Promise<T | Status>
}
