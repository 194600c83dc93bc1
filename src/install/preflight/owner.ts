// Whether what we are about to write is ours: image streams may be served by somebody else, or by us in another place.
import type { KubeObject } from '../../core/machinery/object.ts'
import { ifFound } from '../../core/machinery/status.ts'
import type { Cluster } from '../cluster.ts'
import { isManaged, isOurs, MANAGED_BY, MANAGER, type Manifest } from '../manifest.ts'
import { API_SERVICE, NAME, REPORT_API_SERVICE } from '../names.ts'
import { leadsToUs, ownership, type ApiService } from '../ownership.ts'
import { type Service, urlOf } from '../register.ts'
import { nameOf, RESOURCES, targetOf } from '../resources.ts'

/**
 * What is in the way of the Service among these objects, if anything: a server outside of the cluster would cut off those inside, and
 * those inside one outside.
 */
export async function placeTaken({ client }: Cluster, objects: readonly Manifest[]): Promise<string[]> {
  const wanted: Service | undefined = objects.find(({ kind }) => kind === 'Service')
  if (!wanted) return []
  const { namespace } = wanted.metadata
  const [found, account] = await Promise.all([
    ifFound(client.get<Service>(targetOf(wanted))),
    ifFound(client.get({ resource: RESOURCES.ServiceAccount, namespace, name: NAME })),
  ])
  // Somebody may have changed or deleted its Service: installing puts that right.
  const isInstalled = account !== undefined && isOurs(account)
  const place = `in namespace ${namespace}`
  if (isOutside(wanted)) {
    if (!isInstalled && (!found || isOutside(found) || !isOurs(found))) return []
    return [`Millrace is installed in this cluster, ${place}: run "millrace uninstall" first`]
  }
  if (isInstalled || !found || !isOutside(found)) return []
  const help = 'end it, or run "millrace uninstall" where it has gone, first'
  return [`a server outside of the cluster (${urlOf(found)}) is registered ${place}: ${help}`]
}

const isOutside = ({ spec }: Service): boolean => spec?.type === 'ExternalName'

const lookAt = ({ client }: Cluster, name: string): Promise<ApiService | undefined> =>
  ifFound(client.get<ApiService>({ resource: RESOURCES.APIService, name }))

/** What is in the way of serving image streams, if anything. */
export async function ownerObstacles(cluster: Cluster, namespace: string): Promise<string[]> {
  const [found, reports] = [await lookAt(cluster, API_SERVICE), await lookAt(cluster, REPORT_API_SERVICE)]
  const foreign = [
    ...(found && !leadsToUs(found) ? [foreignStreams(found)] : []),
    ...(reports && !leadsToUs(reports) ? [foreignReports(reports)] : []),
  ]
  return foreign.length > 0 ? foreign : placeObstacles(cluster, namespace)
}

/** What is in the way of changing an installation in this namespace, if anything: that it is in another, or somebody else's to change. */
export async function placeObstacles(cluster: Cluster, namespace: string): Promise<string[]> {
  const { client } = cluster
  const found = await lookAt(cluster, API_SERVICE)
  if (found && leadsToUs(found)) return apiServiceObstacles(found, namespace)
  // Somebody may have detached the server by hand, or have put theirs in its place.
  const target = { resource: RESOURCES.ClusterRoleBinding, name: NAME }
  const binding = await ifFound(client.get<RoleBinding>(target))
  const place = binding && isManaged(binding) ? binding.subjects?.[0]?.namespace : undefined
  return place === undefined || place === namespace ? [] : [installedElsewhere(place)]
}

const foreignStreams = ({ spec: { service } }: ApiService): string =>
  service
    ? `APIService ${API_SERVICE} belongs to somebody else (service ${service.namespace}/${service.name}): a real OpenShift has image streams already, and they stay what they are`
    : `this cluster serves image.openshift.io itself, from a CustomResourceDefinition: delete that (with all that it holds) first`

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
  const place = found.spec.service?.namespace
  if (place !== undefined && place !== namespace) return [installedElsewhere(place)]
  const by = found.metadata.labels?.[MANAGED_BY]
  if (by !== undefined && by !== MANAGER)
    return [`Millrace was installed here by ${by}: go on with ${by}, or uninstall it there first`]
  return []
}

/** What is in the way of these objects: others may have some of their names, and what is theirs is not taken over. */
export async function foreignObstacles(
  cluster: Cluster,
  namespace: string,
  objects: readonly Manifest[],
): Promise<string[]> {
  const isOurs = await ownership(cluster, namespace)
  const checked = objects.filter(({ kind }) => !OWN_CHECKS.includes(kind))
  const found = await Promise.all(checked.map((object) => ifFound(cluster.client.get<KubeObject>(targetOf(object)))))
  return checked.flatMap((object, index) => {
    const there = found[index]
    if (there === undefined || isOurs(object, there)) return []
    return [`${nameOf(object)} is there already, and not by millrace install: rename or delete it`]
  })
}

/** Definitions have a group that nobody else has; the others are looked at in ways of their own. */
const OWN_CHECKS = ['APIService', 'CustomResourceDefinition', 'Namespace']
