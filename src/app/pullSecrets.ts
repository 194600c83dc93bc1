// Credentials of registries: the secrets of a namespace that imports may use, and no others. Read when they are needed.
import type { ImageDeps } from '../apiserver/resources/index.ts'
import { isPullSecret, type PullSecret, type Secret } from '../core/image/pullSecrets.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import { isReason } from '../core/machinery/status.ts'

const SECRETS = { group: '', version: 'v1', plural: 'secrets' }

/** Only secrets of these types are ever asked for. */
const TYPES: readonly PullSecret['type'][] = ['kubernetes.io/dockercfg', 'kubernetes.io/dockerconfigjson']

/** Reads through a client, by name: of several credentials for one registry the first counts. */
export function pullSecrets(
  client: () => Pick<ObjectClient, 'list'>,
): Required<Pick<ImageDeps, 'secrets' | 'secretList'>> {
  const read = async (namespace: string) => {
    const target = { resource: SECRETS, namespace }
    const ofType = (type: string) => client().list<Secret>(target, { fieldSelector: `type=${type}` })
    const lists = await Promise.all(TYPES.map(ofType))
    const items = lists.flatMap((list) => list.items).filter(isPullSecret)
    return { metadata: lists[0]!.metadata, items: items.toSorted(byName) }
  }
  return {
    secretList: read,
    secrets: async (namespace) => {
      const { items } = await read(namespace).catch(noneIfForbidden)
      return items.map(pullSecretOf)
    },
  }
}

/** As imports see it. */
export function pullSecretOf({ metadata, type, data = {} }: Secret & Pick<PullSecret, 'type'>): PullSecret {
  // Annotations may hold all of its content.
  const { name = '', namespace = '', uid = '', resourceVersion = '' } = metadata
  return { name, type, data, metadata: { name, namespace, uid, resourceVersion } }
}

/** An installation may have the right to read secrets of some namespaces only: imports of the others go without. */
function noneIfForbidden(error: unknown): { items: (Secret & { type: PullSecret['type'] })[] } {
  if (isReason(error, 'Forbidden')) return { items: [] }
  throw error
}

const byName = (a: Secret, b: Secret): number => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1)
