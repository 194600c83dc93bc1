// What the verbs of a stored resource share: where its objects lie and how their errors are named.
import type { KubeObject } from '../../core/machinery/object.ts'
import { ApiError, conflict, MODIFIED, notFound, type Subject } from '../../core/machinery/status.ts'
import type { StoredDefinition } from '../../core/machinery/stored.ts'
import { type Entry, keyOf, prefixOf, type Store, TooLarge } from '../../store/store.ts'

/** A stored kind with the store that keeps it. */
export interface Definition<T extends KubeObject> extends StoredDefinition<T> {
  store: Store
  /** The resource that NotFound, Conflict and AlreadyExists speak of: that of the incoming request. */
  subject: Subject
}

/** The key of an object in the store. */
export function keyFor<T extends KubeObject>(d: Definition<T>, namespace: string, name: string): string {
  return keyOf(d, d.namespaced ? namespace : '', name)
}

/** What the keys of a collection start with: of a namespace, or of all. */
export function prefixFor<T extends KubeObject>(d: Definition<T>, namespace: string): string {
  return prefixOf(d, d.namespaced ? namespace || undefined : '')
}

/** The object as readers see it. Shared and frozen unless `decorate` made a new one. */
export function present<T extends KubeObject>(d: Definition<T>, entry: Entry): T {
  const object = entry.object as T
  return d.rules.decorate ? d.rules.decorate(object) : object
}

/** The entry of a name, or NotFound. */
export async function load<T extends KubeObject>(d: Definition<T>, namespace: string, name: string): Promise<Entry> {
  const entry = await d.store.get(keyFor(d, namespace, name))
  if (!entry) throw notFound(d.subject, name)
  return entry
}

/** The Conflict of a write that somebody else was faster than. */
export function modified<T extends KubeObject>(d: Definition<T>, name: string): ApiError {
  return conflict(d.subject, name, MODIFIED)
}

/** Waits for a write to the store. Error: RequestEntityTooLarge (413) for an object that the store does not take. */
export async function written<R>(write: Promise<R>): Promise<R> {
  try {
    return await write
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error
    throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: ${error.message}`, {})
  }
}

/** How metadata is checked: scope, and the resource's own rule for names. */
export function metadataRules<T extends KubeObject>({
  namespaced,
  rules,
}: Definition<T>): {
  namespaced: boolean
  validateName?: (name: string, prefix: boolean) => string[]
} {
  if (!rules.validateName) return { namespaced }
  return { namespaced, validateName: (name, prefix) => rules.validateName!(name, prefix) }
}
