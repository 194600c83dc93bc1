// What an installation had by other settings, and these do not want: it gave rights, or made certificates.
import type { Cluster } from './cluster.ts'
import { inventory, known, served } from './inventory.ts'
import type { Manifest } from './manifest.ts'
import { certManagerSecrets } from './objects/certificates.ts'
import type { AccessQuestion } from './preflight/access.ts'
import { BINDINGS_ANYWHERE, questionsOf } from './preflight/rights.ts'
import { nameOf } from './resources.ts'

const KINDS = ['ClusterRoleBinding', 'RoleBinding', 'Secret', 'Certificate', 'Issuer']
const isReplaced = ({ kind }: Manifest): boolean => KINDS.includes(kind)

/** Such objects, beside those that are wanted; those that others need last. Some may not be there. */
export async function outdated(cluster: Cluster, namespace: string, objects: readonly Manifest[]): Promise<Manifest[]> {
  const made = objects.some(({ kind }) => kind === 'Certificate') ? certManagerSecrets(namespace) : []
  const names = new Set([...objects, ...made].map(nameOf))
  const all = await served(cluster, await inventory(cluster, namespace))
  return all.filter((object) => isReplaced(object) && !names.has(nameOf(object))).toReversed()
}

/** What one must be allowed to find and remove them. */
export async function outdatedRights(cluster: Cluster, namespace: string): Promise<AccessQuestion[]> {
  const possible = (await served(cluster, known(namespace))).filter(isReplaced)
  return [...questionsOf(possible, ['get', 'delete']), ...BINDINGS_ANYWHERE]
}
