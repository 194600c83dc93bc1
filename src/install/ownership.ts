// Whether what is found under a name of ours is ours: others may have such names, too.
import type { KubeObject } from '../core/machinery/object.ts'
import { ifFound } from '../core/machinery/status.ts'
import type { Cluster } from './cluster.ts'
import { isManaged, isOurs, MANAGER, type Manifest } from './manifest.ts'
import { NAME } from './names.ts'
import { RESOURCES } from './resources.ts'

/** An APIService. `service`: who answers; without one it is the kube-apiserver itself, from a CustomResourceDefinition. */
export interface ApiService extends KubeObject {
  spec: { service?: { namespace: string; name: string } | null }
}

/** Whether an APIService leads to a server of ours, wherever that is. Whoever applies theirs over ours may keep our labels. */
export const leadsToUs = (found: ApiService): boolean => isOurs(found) && found.spec.service?.name === NAME

/** Tells whether what was found where an object of ours would be was made by `millrace`. */
export type Ownership = (object: Manifest, found: KubeObject) => boolean

/** Kinds of what servers, cert-manager and the administrator make for us: no label says so. */
const UNLABELLED = ['Secret', 'ConfigMap', 'Lease']

/** Looks where our own namespace is. Errors: those of the API. */
export async function ownership({ client }: Cluster, namespace: string): Promise<Ownership> {
  const [place, account] = await Promise.all([
    ifFound(client.get({ resource: RESOURCES.Namespace, name: namespace })),
    ifFound(client.get({ resource: RESOURCES.ServiceAccount, namespace, name: NAME })),
  ])
  const isHome = [place, account].some((found) => found !== undefined && isManaged(found))
  return (object, found) => {
    if (object.kind === 'APIService') return isManaged(found) && leadsToUs(found as ApiService)
    if (isManaged(found)) return true
    return UNLABELLED.includes(object.kind) && ((isHome && object.metadata.namespace === namespace) || isWritten(found))
  }
}

/** Whether a server of ours has written it: a Lease lies also where a server outside of the cluster was given a namespace. */
const isWritten = ({ metadata }: KubeObject): boolean =>
  metadata.managedFields?.some(({ manager }) => manager === MANAGER) ?? false
