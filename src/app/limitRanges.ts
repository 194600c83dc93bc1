import type { LimitRange } from '../core/image/limits.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { prefixOf, type Store } from '../store/store.ts'

/** The LimitRanges of a namespace, by name. */
export async function limitRanges(store: Store, namespace: string): Promise<readonly LimitRange[]> {
  const { entries } = await store.list({ prefix: prefixOf({ group: '', plural: 'limitranges' }, namespace) })
  return entries.map(({ object }) => object as KubeObject & LimitRange)
}
