// Removing, in an order that never blocks anything: first what sends requests to us, while nobody may answer any more. Nothing of
// this asks our own server: it works as well when that is dead.
import type { KubeObject, ResourceRef } from '../core/machinery/object.ts'
import { ifFound } from '../core/machinery/status.ts'
import { remove, removeOurs } from './apply.ts'
import type { Cluster } from './cluster.ts'
import { refusal } from './failure.ts'
import { each } from './each.ts'
import { heldIn } from './held.ts'
import { inventory, known, served } from './inventory.ts'
import { registrations } from './manifests.ts'
import type { Manifest } from './manifest.ts'
import { ownership, type Ownership } from './ownership.ts'
import { isMadeByUs, takenNamespace } from './ownNamespace.ts'
import { placeObstacles } from './preflight/owner.ts'
import { removalObstacles } from './preflight/rights.ts'
import { AUTHORITY_SECRET, CERTIFICATE_SECRETS, LEASE, RATES, REGISTRIES } from './names.ts'
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
  /** Milliseconds to wait for the end of the namespace and of the streams; 0: it is not waited for. */
  patience: number
}

/** The same, and who hears of what is not gone yet. */
interface Asked extends UninstallOptions {
  going: (text: string) => void
}

/** Objects that state lies in: they stay unless it is to be purged. */
const STATE = 'CustomResourceDefinition'

/** What goes in its own way. */
const isLasting = ({ kind }: Manifest): boolean => kind === STATE || kind === 'Namespace'

/** By this it is known whose the namespace is, and with it what bears no label there: it goes after that. */
const isAccount = ({ kind }: Manifest): boolean => kind === 'ServiceAccount'

/** Removes an installation. What is gone already is no error. Errors: InstallError, those of the API. */
export async function uninstall(cluster: Cluster, asked: UninstallOptions): Promise<void> {
  const { namespace, purge, kept } = asked
  let isAny = false
  const options: Asked = {
    ...asked,
    removed: (name) => {
      isAny = true
      asked.removed(name)
    },
    going: (text) => {
      isAny = true
      kept(text)
    },
  }
  const { client } = cluster
  const refuse = (obstacles: readonly string[]): void => {
    if (obstacles.length > 0) throw refusal('Millrace cannot be uninstalled, and nothing was changed', obstacles)
  }
  refuse([takenNamespace(namespace)].filter((taken) => taken !== undefined))
  const wanted = [...traces(namespace), ...(await served(cluster, known(namespace)))].filter(
    ({ kind }) => purge || kind !== STATE,
  )
  refuse(await removalObstacles(client, namespace, wanted))
  refuse(await placeObstacles(cluster, namespace))
  const isOurs = await ownership(cluster, namespace)
  const settings: Settings = { ...DEFAULTS, namespace, image: '', version: '' }
  const registered = registrations(settings)
  await removeAll(cluster, registered, isOurs, options)
  const all = await inventory(cluster, namespace)
  const done = new Set(registered.map(nameOf))
  const others = all.filter((object) => !isLasting(object) && !isAccount(object) && !done.has(nameOf(object)))
  await removeAll(cluster, [...all.filter(isAccount), ...traces(namespace), ...others], isOurs, options)
  // The guards of objects that somebody holds would block their namespaces: nobody is left to take them off.
  let isState = false
  for (const { stored } of STORED_KINDS) isState = (await ifFound(releaseAll(client, stored))) ?? isState
  const definitions = all.filter(({ kind }) => kind === STATE)
  if (purge) await purgeState(cluster, definitions, options)
  else if (isState) kept('the image streams stay in the cluster, for the next installation: --purge removes them')
  await removeNamespace(cluster, all, options)
  if (!isAny) kept(`nothing of Millrace was there to remove, in namespace ${namespace} or for the whole cluster`)
}

/** The last first. */
async function removeAll(
  { client }: Cluster,
  objects: readonly Manifest[],
  isOurs: Ownership,
  { removed, kept }: UninstallOptions,
): Promise<void> {
  for (const object of objects.toReversed()) {
    const name = nameOf(object)
    const became = await removeOurs(client, object, isOurs)
    if (became === 'removed') removed(name)
    else if (became === 'foreign') kept(`${name} stays: it was not made by millrace install`)
  }
}

/** What appears beside the objects of an installation while it runs. */
const traces = (namespace: string): Manifest[] => [
  // Made by `install`, by a chart or by hand.
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: REGISTRIES, namespace } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: RATES, namespace } },
  { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: LEASE, namespace } },
]

interface Stored extends KubeObject {
  metadata: KubeObject['metadata'] & { name: string }
}

/** Deletes all streams and images with their definitions. */
async function purgeState({ client }: Cluster, definitions: readonly Manifest[], options: Asked): Promise<void> {
  for (const definition of definitions) if (await remove(client, definition)) await end(client, definition, options)
}

/** Error: NotFound, where there is no such kind. */
async function releaseAll(client: Cluster['client'], resource: ResourceRef): Promise<true> {
  for await (const { metadata } of each<Stored>(client, { resource })) {
    if (!metadata.finalizers?.length) continue
    const { name, namespace } = metadata
    const target = { resource, name, ...(namespace && { namespace }) }
    await ifFound(client.patch(target, 'merge', { metadata: { finalizers: null } }))
  }
  return true
}

/** The namespace goes last, unless somebody keeps streams in it. */
async function removeNamespace({ client }: Cluster, all: readonly Manifest[], options: Asked): Promise<void> {
  const { namespace, purge, kept } = options
  const object = all.find(({ kind }) => kind === 'Namespace')
  if (!object) return
  const found = await ifFound(client.get({ resource: RESOURCES.Namespace, name: namespace }))
  if (!found) return
  if (!isMadeByUs(found))
    return kept(`namespace ${namespace} stays: it was there before Millrace, or somebody else has made it`)
  // Somebody has deleted it, whatever it holds.
  if (found.metadata.deletionTimestamp !== undefined) return end(client, object, options)
  if (!purge && (await holdsStreams(client, namespace)))
    return kept(`namespace ${namespace} stays: there are image streams in it`)
  const held = purge ? [] : await heldIn(client, namespace, OWN_NAMES)
  if (held.length > 0) return kept(`namespace ${namespace} stays: it holds ${enumerated(held)}: --purge removes it`)
  if (await remove(client, object)) await end(client, object, options)
}

/** What a server that has not ended yet, or cert-manager, may have made once more. */
const OWN_NAMES = new Set([
  ...[...Object.values(CERTIFICATE_SECRETS), AUTHORITY_SECRET].map((name) => `secret/${name}`),
  `configmap/${REGISTRIES}`,
  `configmap/${RATES}`,
])

/** Names that are told. */
const TOLD = 5

function enumerated(names: readonly string[]): string {
  const more = names.length - TOLD
  return names.slice(0, TOLD).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** Waits until the cluster has deleted an object with all that it holds, if it is to be waited for. Error: InstallError. */
async function end(client: Cluster['client'], object: Manifest, { patience, removed, going }: Asked): Promise<void> {
  const look = async (): Promise<string | undefined> => {
    const found = await ifFound(client.get<Deleted>(targetOf(object)))
    return found && ['the cluster is still deleting what it holds', ...hindrances(found)].join('; ')
  }
  const name = nameOf(object)
  if (patience === 0) {
    const left = await look()
    return left === undefined ? removed(name) : going(`${name} is going: ${left}`)
  }
  const ended = async (): Promise<void> => {
    const left = await look()
    if (left !== undefined) throw new Error(left)
  }
  await until(`${name} is not gone`, ended, { patience })
  removed(name)
}

interface Deleted extends KubeObject {
  status?: { conditions?: { type: string; status: string; message?: string }[] }
}

/** What keeps a namespace, as the cluster says it: the APIService of somebody else whose server is dead, finalizers. */
const hindrances = ({ status }: Deleted): string[] =>
  (status?.conditions ?? [])
    .filter(({ type, status }) => type.startsWith('Namespace') && status === 'True')
    .flatMap(({ message }) => message ?? [])

async function holdsStreams(client: Cluster['client'], namespace: string): Promise<boolean> {
  for (const { stored, namespaced } of STORED_KINDS) {
    if (!namespaced) continue
    const list = await ifFound(client.list({ resource: stored, namespace }, { limit: 1 }))
    if (list && list.items.length > 0) return true
  }
  return false
}
