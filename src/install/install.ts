// Installing, and going to another version: all objects are applied in order, then the cluster is asked whether it works.
import { apply, removeOurs } from './apply.ts'
import { available } from './availability.ts'
import type { Cluster } from './cluster.ts'
import { definitionsServed } from './definitions.ts'
import type { Manifest } from './manifest.ts'
import { manifests } from './manifests.ts'
import { outdated, outdatedRights } from './outdated.ts'
import { ownership } from './ownership.ts'
import { ensureNamespace } from './ownNamespace.ts'
import { preflight, preflightGrants } from './preflight.ts'
import { nameOf } from './resources.ts'
import { rolledOut } from './rollout.ts'
import type { Settings } from './settings.ts'
import { transitionalRoles } from './transition.ts'

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
