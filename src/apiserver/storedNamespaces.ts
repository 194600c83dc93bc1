import { keyOf, type Store } from '../store/store.ts'
import type { NamespaceReader } from './lifecycle.ts'

const NAMESPACES = { group: '', plural: 'namespaces' }

/** Namespaces that lie in the store beside everything else. */
export function storedNamespaces(store: Store): NamespaceReader {
  return async (name) => (await store.get(keyOf(NAMESPACES, '', name)))?.object
}
