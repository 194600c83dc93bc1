// Credentials of registries: the secrets of a namespace that imports may use, and no others.
import { isPullSecret, type PullSecret, type Secret } from '../core/image/pullSecrets.ts'
import type { ObjectList } from '../core/machinery/object.ts'
import { prefixOf, type Store } from '../store/store.ts'

const SECRETS = { group: '', plural: 'secrets' }

/** The secrets of the namespace that hold credentials of registries, whole, by name. */
export async function pullSecretList(
  store: Store,
  namespace: string,
): Promise<ObjectList<Secret & Pick<PullSecret, 'type'>>> {
  const { entries, revision } = await store.list({ prefix: prefixOf(SECRETS, namespace) })
  const items = entries.map(({ object }) => object as Secret).filter(isPullSecret)
  return { metadata: { resourceVersion: String(revision) }, items }
}

/** The same, as imports see them. */
export async function pullSecrets(store: Store, namespace: string): Promise<PullSecret[]> {
  const { items } = await pullSecretList(store, namespace)
  return items.map(({ metadata, type, data = {} }) => ({ name: metadata.name ?? '', type, data }))
}
