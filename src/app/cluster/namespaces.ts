// Namespaces of the cluster, from memory.
import type { NamespaceReader } from '../../apiserver/lifecycle.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { isReason } from '../../core/machinery/status.ts'
import type { Reflector } from '../../kube/reflector.ts'

export const NAMESPACES = { group: '', version: 'v1', plural: 'namespaces' }

/** Reads from the cache; what is not there may just have been made, and is asked for. */
export function cachedNamespaces(client: ObjectClient, cache: Reflector<KubeObject>): NamespaceReader {
  return async (name) => {
    const known = cache.get('', name)
    if (known) return known
    try {
      return await client.get({ resource: NAMESPACES, name })
    } catch (error) {
      if (isReason(error, 'NotFound')) return undefined
      throw error
    }
  }
}
