// Whether what we are about to write is ours: image streams may be served by somebody else, or by us in another place.
import type { KubeObject } from '../../core/machinery/object.ts'
import { ifFound } from '../../core/machinery/status.ts'
import type { Cluster } from '../cluster.ts'
import { MANAGED_BY, MANAGER, SELECTOR } from '../manifest.ts'
import { API_SERVICE, NAME } from '../names.ts'
import { RESOURCES } from '../resources.ts'

interface ApiService extends KubeObject {
  spec: { service?: { namespace: string; name: string } | null }
}

interface Service extends KubeObject {
  spec: { type?: string; externalName?: string; ports?: { port: number }[] }
}

/** What is in the way of a server outside of the cluster, if anything: one inside would be cut off. */
export async function installedObstacles({ client }: Cluster, namespace: string): Promise<string[]> {
  const found = await ifFound(client.get<Service>({ resource: RESOURCES.Service, namespace, name: NAME }))
  if (!found || found.spec.type === 'ExternalName') return []
  return [`Millrace is installed in this cluster, in namespace ${namespace}: run "millrace uninstall" first`]
}

/** What is in the way, if anything. */
export async function ownerObstacles({ client }: Cluster, namespace: string): Promise<string[]> {
  const found = await ifFound(client.get<ApiService>({ resource: RESOURCES.APIService, name: API_SERVICE }))
  return found ? apiServiceObstacles(found, namespace) : []
}

function apiServiceObstacles(found: ApiService, namespace: string): string[] {
  const { service } = found.spec
  if (!service)
    return [
      `this cluster serves image.openshift.io itself, from a CustomResourceDefinition: delete that (with all that it holds) first`,
    ]
  const place = `${service.namespace}/${service.name}`
  if (!isOurs(found))
    return [
      `APIService ${API_SERVICE} belongs to somebody else (service ${place}): a real OpenShift has image streams already, and they stay what they are`,
    ]
  if (service.namespace !== namespace)
    return [
      `Millrace is installed in namespace ${service.namespace}: go on there with --namespace ${service.namespace}, or uninstall it first`,
    ]
  const by = found.metadata.labels?.[MANAGED_BY]
  if (by !== undefined && by !== MANAGER)
    return [`Millrace was installed here by ${by}: go on with ${by}, or uninstall it there first`]
  return []
}
/** Whether there is such a namespace, and not by us. */
export async function hasForeignNamespace(client: Cluster['client'], name: string): Promise<boolean> {
  const found = await ifFound(client.get<KubeObject>({ resource: RESOURCES.Namespace, name }))
  return found !== undefined && !isOurs(found)
}

/** By our own label. */
export const isOurs = ({ metadata }: KubeObject): boolean =>
  Object.entries(SELECTOR).every(([key, value]) => metadata.labels?.[key] === value)
