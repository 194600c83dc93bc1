// Small lists that every write asks for, from memory. A list from a kube-apiserver that others write to takes up to a tenth of a
// second: it waits until its own cache has heard from etcd.
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Reflector } from '../../kube/reflector.ts'

/** Lists of a namespace; until there is a cache, and where the cluster does not let us watch, from `ask`. */
export function cachedList<T extends KubeObject>(
  cache: Reflector<T>,
  ask: (namespace: string) => Promise<readonly T[]>,
): (namespace: string) => Promise<readonly T[]> {
  return (namespace) => (cache.isListed ? Promise.resolve(cache.list(namespace)) : ask(namespace))
}

/** False where the cache knows that there is nothing in a namespace. */
export function mayHave(cache: Pick<Reflector<KubeObject>, 'isListed' | 'list'>): (namespace: string) => boolean {
  return (namespace) => !cache.isListed || cache.list(namespace).length > 0
}
