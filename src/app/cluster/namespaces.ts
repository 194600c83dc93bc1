// Namespaces of the cluster, from memory.
import type { NamespaceReader } from '../../apiserver/lifecycle.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { ifFound } from '../../core/machinery/status.ts'
import type { Reflector } from '../../kube/reflector.ts'

export const NAMESPACES = { group: '', version: 'v1', plural: 'namespaces' }

/** Reads from the cache; what is not there may just have been made, and is asked for. */
export function cachedNamespaces(client: Pick<ObjectClient, 'get'>, cache: Reflector<KubeObject>): NamespaceReader {
  return async (name) => cache.get('', name) ?? ifFound(client.get({ resource: NAMESPACES, name }))
}
