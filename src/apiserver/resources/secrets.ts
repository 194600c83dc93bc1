// imagestreams/secrets: pull secrets of the stream's namespace. The stream need not exist: the permission is what counts.
import { any, list, object, type Static } from '../../core/machinery/schema.ts'
import { listMeta, typeMeta } from '../../core/machinery/meta/objectMeta.ts'
import { definition } from '../../core/image/types/definition.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Subresource } from '../../core/machinery/resource.ts'
import { GROUP, type ImageDeps, VERSION } from './deps.ts'

const SecretList = object(definition('SecretList'), 'Secrets that hold credentials of registries.', {
  ...typeMeta,
  metadata: listMeta,
  items: list(any('A Secret of core/v1.'), 'The Secrets.'),
})
type SecretList = Static<typeof SecretList>

/** The subresource. */
export function secretsSubresource(deps: ImageDeps): Subresource {
  return {
    name: 'secrets',
    verbs: ['get'],
    kind: 'SecretList',
    schema: SecretList,
    endpoint: {
      async get({ namespace }) {
        const found = (await deps.secretList?.(namespace)) ?? { metadata: {}, items: await bare(deps, namespace) }
        const { metadata, items } = found
        return { kind: 'SecretList', apiVersion: `${GROUP}/${VERSION}`, metadata, items } as KubeObject & SecretList
      },
    },
  }
}

/** Secrets of which only what imports need is known. */
async function bare(deps: ImageDeps, namespace: string): Promise<object[]> {
  const found = await deps.secrets(namespace)
  return found.map(({ name, type, data }) => ({ metadata: { name, namespace }, data, type }))
}
