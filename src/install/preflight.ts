// Looking before changing anything: whether the cluster can have Millrace, and whether it is ours to change.
import type { ObjectClient } from '../core/machinery/client.ts'
import { ifFound } from '../core/machinery/status.ts'
import type { Cluster } from './cluster.ts'
import { refusal } from './failure.ts'
import type { Manifest } from './manifest.ts'
import { API_SERVICES, NAMESPACE } from './names.ts'
import { CERT_MANAGER_GROUP } from './objects/certificates.ts'
import { type ApiService, leadsToUs } from './ownership.ts'
import { takenNamespace } from './ownNamespace.ts'
import type { AccessQuestion } from './preflight/access.ts'
import { foreignObstacles, ownerObstacles, placeTaken } from './preflight/owner.ts'
import { grantObstacles } from './preflight/grants.ts'
import { rightObstacles } from './preflight/rights.ts'
import { findState } from './preflight/state.ts'
import { trustObstacles } from './preflight/trust.ts'
import { aggregatorObstacles, versionObstacles } from './preflight/version.ts'
import { RESOURCES } from './resources.ts'

const WHAT = 'Millrace cannot be installed in this cluster, and nothing was changed'

/** Error: InstallError where whoever installs may not give what these roles do. Changes nothing. */
export async function preflightGrants(client: Cluster['client'], roles: readonly Manifest[]): Promise<void> {
  const grants = await grantObstacles(client, roles)
  if (grants.length > 0) throw refusal(WHAT, grants)
}

/**
 * Error: InstallError with all that is in the way of applying these objects, and of what takes further `rights` afterwards. Changes
 * nothing.
 */
export async function preflight(
  cluster: Cluster,
  namespace: string,
  objects: readonly Manifest[],
  rights: readonly AccessQuestion[] = [],
): Promise<void> {
  const basic = [...(await versionObstacles(cluster)), ...(await aggregatorObstacles(cluster))]
  if (basic.length > 0) throw refusal(WHAT, basic)
  // Who may not write may not even read the rest.
  const denied = await rightObstacles(cluster, objects, rights)
  if (denied.length > 0) throw refusal(WHAT, denied)
  // In a namespace on its way out nobody may make anything, and that is all that a dry run would say.
  const place = await namespaceObstacles(cluster, namespace)
  if (place.length > 0) throw refusal(WHAT, place)
  await preflightGrants(cluster.client, objects)
  const found = await Promise.all([
    trustObstacles(cluster),
    // Where others own the whole, they own its parts.
    ownerObstacles(cluster, namespace).then((owner) =>
      owner.length > 0 ? owner : foreignObstacles(cluster, namespace, objects),
    ),
    placeTaken(cluster, objects),
    findState(cluster).then(({ obstacles }) => obstacles),
    bindingObstacles(cluster, namespace, objects),
    certManagerObstacles(cluster, objects),
  ])
  if (found.flat().length > 0) throw refusal(WHAT, found.flat())
}

async function namespaceObstacles({ client }: Cluster, name: string): Promise<string[]> {
  const taken = takenNamespace(name)
  if (taken !== undefined) return [taken]
  const found = await ifFound(client.get({ resource: RESOURCES.Namespace, name }))
  if (found?.metadata.deletionTimestamp === undefined) return []
  const going = `namespace ${name} is being deleted`
  if (!(await isLedTo(client, name))) return [`${going}: wait until it is gone, or choose another with --namespace`]
  const uninstall = `millrace uninstall${name === NAMESPACE ? '' : ` --namespace ${name}`}`
  const why = 'the APIServices of Millrace keep it from going where no server answers'
  return [`${going}, and ${why}: run "${uninstall}" first, then install again`]
}

/** Whether APIServices of ours lead to a namespace: without a server there, nobody can say what is left in any. */
async function isLedTo(client: ObjectClient, namespace: string): Promise<boolean> {
  const found = await Promise.all(
    API_SERVICES.map((name) => ifFound(client.get<ApiService>({ resource: RESOURCES.APIService, name }))),
  )
  return found.some((each) => each && leadsToUs(each) && each.spec.service?.namespace === namespace)
}

/** Bindings lie in namespaces that somebody else has to make. */
async function bindingObstacles({ client }: Cluster, own: string, objects: readonly Manifest[]): Promise<string[]> {
  const places = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? [])).difference(new Set([own]))
  const found = await Promise.all(
    [...places].map(async (name) => {
      const there = await ifFound(client.get({ resource: RESOURCES.Namespace, name }))
      return there ? [] : [`there is no namespace ${name}: make it first, or leave it out of --pull-secrets-from`]
    }),
  )
  return found.flat()
}

async function certManagerObstacles({ raw }: Cluster, objects: readonly Manifest[]): Promise<string[]> {
  if (!objects.some(({ kind }) => kind === 'Certificate')) return []
  const found = await ifFound(raw(`/apis/${CERT_MANAGER_GROUP}/v1`))
  return found === undefined ? ['cert-manager is not installed in this cluster: leave --cert-manager out'] : []
}
