// The shapes that every Kubernetes object shares.
// https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md

/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** Names an object that this one belongs to, and goes with. */
export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

/** One entry of server-side apply's bookkeeping: which manager owns which fields. */
export interface ManagedFieldsEntry {
  manager?: string
  operation?: 'Apply' | 'Update'
  apiVersion?: string
  time?: string
  fieldsType?: 'FieldsV1'
  fieldsV1?: Record<string, unknown>
  subresource?: string
}

/** ObjectMeta of meta/v1. Times are RFC 3339, UTC, whole seconds. */
export interface ObjectMeta {
  name?: string
  generateName?: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ownerReferences?: OwnerReference[]
  finalizers?: string[]
  managedFields?: ManagedFieldsEntry[]
  /** Of old clients; never kept. */
  selfLink?: string
}

/** What every object has. */
export interface KubeObject {
  apiVersion?: string
  kind?: string
  metadata: ObjectMeta
}

/** ListMeta of meta/v1. */
export interface ListMeta {
  resourceVersion?: string
  continue?: string
  remainingItemCount?: number
}

/** A list of objects, or a page of one. */
export interface ObjectList<T = KubeObject> {
  apiVersion?: string
  kind?: string
  metadata: ListMeta
  items: T[]
}

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'

/** One event of a watch. The object of an ERROR is a Status; of a BOOKMARK only its metadata counts. */
export interface WatchEvent<T = KubeObject> {
  type: WatchEventType
  object: T
}

/** Group, version and plural name: what a URL names. The group of core resources is ''. */
export interface ResourceRef {
  group: string
  version: string
  plural: string
}

/** "v1" for the core group, "apps/v1" for others. */
export function apiVersionOf(r: { group: string; version: string }): string {
  return r.group === '' ? r.version : `${r.group}/${r.version}`
}

/** "deployments.apps", or "pods" for the core group: how Status messages name a resource. */
export function qualified(r: { group: string }, word: string): string {
  return r.group === '' ? word : `${word}.${r.group}`
}

/** RFC 3339 in UTC with whole seconds: the only time format of meta/v1 Time. */
export function formatTime(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}
