// Installing, and going to another version: all objects are applied in order, then the cluster is asked whether it works.
import type { KubeObject } from '../core/machinery/object.ts'
import { apply, removeOurs } from './apply.ts'
import { available } from './availability.ts'
import type { Cluster } from './cluster.ts'
import { definitionsServed } from './definitions.ts'
import { InstallError } from './failure.ts'
import type { Manifest } from './manifest.ts'
import { manifests } from './manifests.ts'
import { NAME } from './names.ts'
import { outdated, outdatedRights } from './outdated.ts'
import { ownership } from './ownership.ts'
import { ensureNamespace } from './ownNamespace.ts'
import { preflight, preflightGrants } from './preflight.ts'
import { nameOf, RESOURCES } from './resources.ts'
import type { Settings } from './settings.ts'
import { transitionalRoles } from './transition.ts'
import { until } from './wait.ts'

/** How it goes, and how long it may take. */
export interface InstallOptions {
  settings: Settings
  /** Hears of every object that was applied, as `kind/name`; of a role once more when it loses what only the old server needed. */
  applied: (name: string) => void
  /** Hears of what these settings do not want any more. */
  removed: (name: string) => void
  /** Milliseconds until the new server must answer; 0: it is not waited for. */
  patience: number
}

/**
 * Installs, or changes what is installed. Nothing is changed before all checks have passed, and the cluster sends no request to a
 * server that does not run. Errors: InstallError, those of the API.
 */
export async function install(
  cluster: Cluster,
  { settings, applied, removed, patience }: InstallOptions,
): Promise<void> {
  const { client } = cluster
  const { namespace } = settings
  const objects = manifests(settings)
  await preflight(cluster, namespace, objects, await outdatedRights(cluster, namespace))
  // Where nobody waits, nobody would take the rest away.
  const wider = new Map(
    patience > 0 ? (await transitionalRoles(client, objects)).map((role) => [nameOf(role), role]) : [],
  )
  await preflightGrants(client, [...wider.values()])
  const deadline = performance.now() + patience
  const left = (): number => Math.max(0, deadline - performance.now())
  const put = async (object: Manifest): Promise<void> => {
    await apply(client, object)
    applied(nameOf(object))
  }
  for (const object of objects) {
    if (object.kind === 'Namespace') {
      if (await ensureNamespace(client, object)) applied(nameOf(object))
      continue
    }
    if (object.kind === 'Deployment') await definitionsServed(client)
    if (object.kind === 'APIService' && patience > 0) await rolledOut(client, namespace, left())
    await put(wider.get(nameOf(object)) ?? object)
  }
  for (const object of objects) if (wider.has(nameOf(object))) await put(object)
  const isOurs = await ownership(cluster, namespace)
  for (const object of await outdated(cluster, namespace, objects))
    if ((await removeOurs(client, object, isOurs)) === 'removed') removed(nameOf(object))
  if (patience > 0) await available(client, { patience: left() })
}

interface Deployment extends KubeObject {
  spec: { replicas?: number }
  status?: {
    observedGeneration?: number
    updatedReplicas?: number
    availableReplicas?: number
    replicas?: number
  }
}

/** Waits for the Deployment, as `kubectl rollout status` does. */
function rolledOut(client: Cluster['client'], namespace: string, patience: number): Promise<void> {
  const look = async (): Promise<void> => {
    const target = { resource: RESOURCES.Deployment, namespace, name: NAME }
    const { metadata, spec, status = {} } = await client.get<Deployment>(target)
    const { replicas = 1 } = spec
    const { observedGeneration, updatedReplicas = 0, availableReplicas = 0 } = status
    if (observedGeneration !== metadata.generation) throw new Error('the cluster has not seen it yet')
    if (updatedReplicas >= replicas && availableReplicas >= replicas && status.replicas === updatedReplicas) return
    throw new Error(`${availableReplicas} of ${replicas} pods are ready`)
  }
  const help = `see kubectl -n ${namespace} get pods, and kubectl -n ${namespace} logs deployment/${NAME}`
  return until('the server does not start', look, { patience }).catch((error: unknown) => {
    if (!(error instanceof InstallError)) throw error
    throw new InstallError(`${error.message} (${help})`, { cause: error })
  })
}
