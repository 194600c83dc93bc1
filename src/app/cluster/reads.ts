// What imports and limits need of the cluster, read when it is needed.
import type { ImageDeps } from '../../apiserver/resources/index.ts'
import type { LimitRange } from '../../core/image/limits.ts'
import { isPullSecret, type PullSecret, type Secret } from '../../core/image/pullSecrets.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { KubeObject } from '../../core/machinery/object.ts'

const SECRETS = { group: '', version: 'v1', plural: 'secrets' }
const LIMIT_RANGES = { group: '', version: 'v1', plural: 'limitranges' }

/** Only secrets of these types are ever asked for. */
const TYPES: readonly PullSecret['type'][] = ['kubernetes.io/dockercfg', 'kubernetes.io/dockerconfigjson']

/** Credentials of registries, of one namespace at a time. */
export function clusterPullSecrets(client: ObjectClient): Required<Pick<ImageDeps, 'secrets' | 'secretList'>> {
  const read = async (namespace: string) => {
    const target = { resource: SECRETS, namespace }
    const lists = await Promise.all(TYPES.map((type) => client.list<Secret>(target, { fieldSelector: `type=${type}` })))
    return { metadata: lists[0]!.metadata, items: lists.flatMap(({ items }) => items).filter(isPullSecret) }
  }
  return {
    secretList: read,
    secrets: async (namespace) => {
      const { items } = await read(namespace)
      return items.map(({ metadata, type, data = {} }) => ({ name: metadata.name ?? '', type, data }))
    },
  }
}

/** The LimitRanges of a namespace. */
export function clusterLimitRanges(client: ObjectClient): NonNullable<ImageDeps['limitRanges']> {
  return async (namespace) => (await client.list<KubeObject & LimitRange>({ resource: LIMIT_RANGES, namespace })).items
}
