// Whether what we are about to write is ours: image streams may be served by somebody else, or by us in another place.
import type { KubeObject } from '../../core/machinery/object.ts'
import { ifFound } from '../../core/machinery/status.ts'
import type { Cluster } from '../cluster.ts'
import { isManaged, isOurs, MANAGED_BY, MANAGER, type Manifest } from '../manifest.ts'
import { API_SERVICE, NAME, REPORT_API_SERVICE } from '../names.ts'
import { nameOf, RESOURCES, targetOf } from '../resources.ts'

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
  const look = (name: string) => ifFound(client.get<ApiService>({ resource: RESOURCES.APIService, name }))
  const [found, reports] = [await look(API_SERVICE), await look(REPORT_API_SERVICE)]
  const foreign = reports && !isOurs(reports) ? [foreignReports(reports)] : []
  if (found) return [...apiServiceObstacles(found, namespace), ...foreign]
  if (foreign.length > 0) return foreign
  // Somebody may have detached the server by hand.
  const target = { resource: RESOURCES.ClusterRoleBinding, name: NAME }
  const binding = await ifFound(client.get<RoleBinding>(target))
  const place = binding && isManaged(binding) ? binding.subjects?.[0]?.namespace : undefined
  return place === undefined || place === namespace ? [] : [installedElsewhere(place)]
}

const foreignReports = ({ spec: { service } }: ApiService): string =>
  service
    ? `APIService ${REPORT_API_SERVICE} belongs to somebody else (service ${service.namespace}/${service.name}): rename or delete it`
    : `this cluster serves millrace.dev itself, from a CustomResourceDefinition: delete that (with all that it holds) first`

interface RoleBinding extends KubeObject {
  subjects?: { namespace?: string }[]
}

const installedElsewhere = (place: string): string =>
  `Millrace is installed in namespace ${place}: go on there with --namespace ${place}, or uninstall it first`

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
  if (service.namespace !== namespace) return [installedElsewhere(service.namespace)]
  const by = found.metadata.labels?.[MANAGED_BY]
  if (by !== undefined && by !== MANAGER)
    return [`Millrace was installed here by ${by}: go on with ${by}, or uninstall it there first`]
  return []
}

/** What is in the way of objects that lie in no namespace: others may have some of these names. */
export async function foreignObstacles({ client }: Cluster, objects: readonly Manifest[]): Promise<string[]> {
  const checked = objects.filter(({ kind, metadata }) => metadata.namespace === undefined && !OWN_CHECKS.includes(kind))
  const found = await Promise.all(checked.map((object) => ifFound(client.get<KubeObject>(targetOf(object)))))
  return checked.flatMap((object, index) => {
    const there = found[index]
    if (there === undefined || isManaged(there)) return []
    return [`${nameOf(object)} is there already, and not by millrace install: rename or delete it`]
  })
}

/** Definitions have a group that nobody else has; the others are looked at in ways of their own. */
const OWN_CHECKS = ['APIService', 'CustomResourceDefinition', 'Namespace']
