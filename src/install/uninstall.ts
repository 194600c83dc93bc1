// Removing, in an order that never blocks anything: first what sends requests to us, while nobody may answer any more. Nothing of
// this asks our own server: it works as well when that is dead.
import type { KubeObject, ResourceRef } from '../core/machinery/object.ts'
import { ifFound } from '../core/machinery/status.ts'
import { remove, removeOurs } from './apply.ts'
import type { Cluster } from './cluster.ts'
import { refusal } from './failure.ts'
import { inventory, known, served } from './inventory.ts'
import { registrations } from './manifests.ts'
import type { Manifest } from './manifest.ts'
import { isMadeByUs } from './ownNamespace.ts'
import { ownerObstacles } from './preflight/owner.ts'
import { removalObstacles } from './preflight/rights.ts'
import { LEASE, RATES, REGISTRIES } from './names.ts'
import { AUTHORITY_SECRET } from './objects/certificates.ts'
import { nameOf, RESOURCES, targetOf } from './resources.ts'
import { DEFAULTS, type Settings } from './settings.ts'
import { STORED_KINDS } from './storedKinds.ts'
import { until } from './wait.ts'

/** What goes, and who hears of it. */
export interface UninstallOptions {
  namespace: string
  /** The streams and images, too. */
  purge: boolean
  /** Hears of every object that was removed, as `kind/name`. */
  removed: (name: string) => void
  /** Hears of what stays, and why. */
  kept: (text: string) => void
  /** Milliseconds to wait for the end of the namespace and of the streams. */
  patience: number
}

/** Objects that state lies in: they stay unless it is to be purged. */
const STATE = 'CustomResourceDefinition'

/** What goes in its own way. */
const isLasting = ({ kind }: Manifest): boolean => kind === STATE || kind === 'Namespace'

/** Removes an installation. What is gone already is no error. Errors: InstallError, those of the API. */
export async function uninstall(cluster: Cluster, options: UninstallOptions): Promise<void> {
  const { namespace, purge, kept } = options
  const { client } = cluster
  const refuse = (obstacles: readonly string[]): void => {
    if (obstacles.length > 0) throw refusal('Millrace cannot be uninstalled, and nothing was changed', obstacles)
  }
  const wanted = [...traces(namespace), ...(await served(cluster, known(namespace)))].filter(
    ({ kind }) => purge || kind !== STATE,
  )
  refuse(await removalObstacles(client, wanted))
  refuse(await ownerObstacles(cluster, namespace))
  const settings: Settings = { ...DEFAULTS, namespace, image: '', version: '' }
  await removeAll(cluster, registrations(settings), options)
  const all = await inventory(cluster, namespace)
  await removeAll(cluster, [...traces(namespace), ...all.filter((object) => !isLasting(object))], options)
  // The guards of objects that somebody holds would block their namespaces: nobody is left to take them off.
  for (const { stored } of STORED_KINDS) await ifFound(releaseAll(client, stored))
  const definitions = all.filter(({ kind }) => kind === STATE)
  if (purge) await purgeState(cluster, definitions, options)
  else kept('the image streams stay in the cluster, for the next installation: --purge removes them')
  await removeNamespace(cluster, all, options)
}

/** The last first. */
async function removeAll(
  { client }: Cluster,
  objects: readonly Manifest[],
  { removed }: UninstallOptions,
): Promise<void> {
  for (const object of objects.toReversed()) if (await removeOurs(client, object)) removed(nameOf(object))
}

/** What appears beside the objects of an installation while it runs. */
const traces = (namespace: string): Manifest[] => [
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: AUTHORITY_SECRET, namespace } },
  // Made by `install`, by a chart or by hand.
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: REGISTRIES, namespace } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: RATES, namespace } },
  { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: LEASE, namespace } },
]

interface Stored extends KubeObject {
  metadata: KubeObject['metadata'] & { name: string }
}

/** Deletes all streams and images with their definitions. */
async function purgeState(
  { client }: Cluster,
  definitions: readonly Manifest[],
  { removed, patience }: UninstallOptions,
): Promise<void> {
  for (const definition of definitions) {
    if (!(await remove(client, definition))) continue
    await gone(client, definition, patience)
    removed(nameOf(definition))
  }
}

/** Objects per request. */
const PAGE = 500

async function releaseAll(client: Cluster['client'], resource: ResourceRef): Promise<void> {
  let next: string | undefined
  do {
    const page = await client.list<Stored>({ resource }, { limit: PAGE, ...(next && { continue: next }) })
    for (const { metadata } of page.items) {
      if (!metadata.finalizers?.length) continue
      const { name, namespace } = metadata
      const target = { resource, name, ...(namespace && { namespace }) }
      await ifFound(client.patch(target, 'merge', { metadata: { finalizers: null } }))
    }
    next = page.metadata.continue
  } while (next)
}

/** The namespace goes last, unless somebody keeps streams in it. */
async function removeNamespace(
  { client }: Cluster,
  all: readonly Manifest[],
  { namespace, purge, removed, kept, patience }: UninstallOptions,
): Promise<void> {
  const object = all.find(({ kind }) => kind === 'Namespace')
  if (!object) return
  const found = await ifFound(client.get({ resource: RESOURCES.Namespace, name: namespace }))
  if (!found) return
  if (!isMadeByUs(found))
    return kept(`namespace ${namespace} stays: it was there before Millrace, or somebody else has made it`)
  if (!purge && (await holdsStreams(client, namespace)))
    return kept(`namespace ${namespace} stays: there are image streams in it`)
  if (!(await remove(client, object))) return
  await gone(client, object, patience)
  removed(nameOf(object))
}

/** Waits until the cluster has deleted an object with all that it holds. Error: InstallError. */
function gone(client: Cluster['client'], object: Manifest, patience: number): Promise<void> {
  const look = async (): Promise<void> => {
    if (await ifFound(client.get(targetOf(object)))) throw new Error('the cluster is still deleting what it holds')
  }
  return until(`${nameOf(object)} is not gone`, look, { patience })
}

async function holdsStreams(client: Cluster['client'], namespace: string): Promise<boolean> {
  for (const { stored, namespaced } of STORED_KINDS) {
    if (!namespaced) continue
    const list = await ifFound(client.list({ resource: stored, namespace }, { limit: 1 }))
    if (list && list.items.length > 0) return true
  }
  return false
}
