// How an object lies in the cluster: whole, inside a custom resource. What it is called, when it was made and whose it is says the
// object itself; of the custom resource only the version counts. See docs/adr/0013-state-in-the-cluster.md.
import { freeze } from '../../core/machinery/json/clone.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Entry } from '../store.ts'
import type { Form } from './form.ts'
import { storedName } from './names.ts'

/** A custom resource of storage.millrace.dev. */
export interface StoredObject extends KubeObject {
  object: KubeObject
}

/**
 * Keeps a custom resource from being deleted by others than its store while the object in it has finalizers: the controller
 * of namespaces deletes stored objects as well as what is served from them.
 */
export const GUARD = 'storage.millrace.dev/finalizers'

/**
 * Nobody asks who wrote which field of a custom resource, and finding it out is a fifth of what a change costs a kube-apiserver. It does so
 * at creation only, once a change has ended that. https://kubernetes.io/docs/reference/using-api/server-side-apply/#clearing-managedfields
 */
const UNTRACKED = { managedFields: [{}] }

/** The custom resource of an object. `revision`: of the state that it replaces. */
export function wrap(object: KubeObject, namespace: string, revision?: number): StoredObject {
  const { resourceVersion: _, ...metadata } = object.metadata
  const guarded = (metadata.finalizers?.length ?? 0) > 0
  return {
    metadata: {
      name: storedName(metadata.name ?? ''),
      ...(namespace && { namespace }),
      ...(revision !== undefined && { resourceVersion: String(revision), ...UNTRACKED }),
      ...(guarded && { finalizers: [GUARD] }),
    },
    object: { ...object, metadata },
  }
}

/** Whether the object is held while its custom resource is not: `millrace uninstall` takes guards off. One that is going gets none. */
export function lacksGuard({ metadata, object }: StoredObject): boolean {
  const isHeld = (object.metadata.finalizers?.length ?? 0) > 0
  return isHeld && metadata.deletionTimestamp === undefined && !metadata.finalizers?.includes(GUARD)
}

/** The object of a custom resource, under `key`, in its form. It is frozen, and not to be used elsewhere. Error: DecodeError. */
export function unwrap(stored: StoredObject, key: string, form: Form): Entry {
  const { resourceVersion = '', deletionTimestamp, namespace } = stored.metadata
  const { object } = stored
  // Somebody deletes it without asking us: whoever holds a finalizer has to see that.
  const marked = deletionTimestamp && !object.metadata.deletionTimestamp
  const metadata = {
    ...object.metadata,
    resourceVersion,
    ...(namespace && { namespace }),
    ...(marked && { deletionTimestamp }),
  }
  const formed = form({ ...object, metadata }) as KubeObject
  return Object.freeze({ key, object: freeze(formed), revision: Number(resourceVersion) })
}
