// What any installation of this version may have in a cluster, whatever it was told.
import type { KubeObject } from '../core/machinery/object.ts'
import { ifFound } from '../core/machinery/status.ts'
import type { Cluster } from './cluster.ts'
import { manifests } from './manifests.ts'
import type { Manifest } from './manifest.ts'
import { CERT_MANAGER_GROUP, certManagerSecrets } from './objects/certificates.ts'
import { PULL_SECRETS } from './objects/serverRights.ts'
import { nameOf, RESOURCES } from './resources.ts'
import { DEFAULTS, type Settings } from './settings.ts'

/** Those whose places are known without a look; those that others need first. Some may not be there. */
export function known(namespace: string): Manifest[] {
  const settings: Settings = { ...DEFAULTS, namespace, image: '', version: '' }
  const own = manifests(settings)
  const names = new Set(own.map(nameOf))
  const managed = manifests({ ...settings, certificates: 'cert-manager' })
  return [...own, ...certManagerSecrets(namespace), ...managed.filter((object) => !names.has(nameOf(object)))]
}

/** Those of the objects that there can be: without cert-manager none of its kinds. */
export async function served({ raw }: Cluster, objects: readonly Manifest[]): Promise<Manifest[]> {
  const isManaged = await ifFound(raw(`/apis/${CERT_MANAGER_GROUP}/v1`))
  return isManaged ? [...objects] : objects.filter(({ apiVersion }) => !apiVersion.startsWith(`${CERT_MANAGER_GROUP}/`))
}

/** All such objects, in that order. */
export async function inventory({ client }: Cluster, namespace: string): Promise<Manifest[]> {
  // In which namespaces pull secrets may be read is only to be seen there.
  const target = { resource: RESOURCES.RoleBinding }
  const { items } = await client.list<KubeObject>(target, { fieldSelector: `metadata.name=${PULL_SECRETS}` })
  const bindings = items
    .filter(({ metadata }) => metadata.name === PULL_SECRETS)
    .map(({ metadata: { name, namespace: at } }): Manifest => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: name!, namespace: at! },
    }))
  return [...known(namespace), ...bindings]
}
