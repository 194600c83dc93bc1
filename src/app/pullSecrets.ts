// Credentials of registries: the secrets of a namespace that imports may use, and no others.
import type { PullSecret } from '../core/image/import.ts'
import type { KubeObject, ObjectList } from '../core/machinery/object.ts'
import { prefixOf, type Store } from '../store/store.ts'

const SECRETS = { group: '', plural: 'secrets' }

interface Secret extends KubeObject {
  type?: string
  data?: Record<string, string>
}

function isPullSecretType(type: string | undefined): type is PullSecret['type'] {
  return type === 'kubernetes.io/dockerconfigjson' || type === 'kubernetes.io/dockercfg'
}

/** The secrets of the namespace that hold credentials of registries, whole, by name. */
export async function pullSecretList(store: Store, namespace: string): Promise<ObjectList<Secret>> {
  const { entries, revision } = await store.list({ prefix: prefixOf(SECRETS, namespace) })
  const items = entries.map(({ object }) => object as Secret).filter(({ type }) => isPullSecretType(type))
  return { metadata: { resourceVersion: String(revision) }, items }
}

/** The same, as imports see them. */
export async function pullSecrets(store: Store, namespace: string): Promise<PullSecret[]> {
  const { items } = await pullSecretList(store, namespace)
  return items.flatMap(({ metadata, type, data = {} }) =>
    isPullSecretType(type) ? { name: metadata.name ?? '', type, data } : [],
  )
}
