// How many objects there are, under the name of a kube-apiserver.
import type { Resource } from '../../core/machinery/resource.ts'
import { prefixOf, type Store } from '../../store/store.ts'
import type { PrometheusMetrics } from './prometheus.ts'

/** Counts the objects of stored resources when it is asked. The store knows the number: none is read. */
export function storedObjects(metrics: PrometheusMetrics, store: Store, resources: readonly Resource[]): void {
  const stored = resources.filter((resource) => resource.stored)
  metrics.reading(
    { name: 'apiserver_storage_objects', help: 'Objects in the store, by resource.', labels: ['resource'] },
    async function* () {
      for (const { group, plural } of stored) {
        const { entries, remaining } = await store.list({ prefix: prefixOf({ group, plural }), limit: 1 })
        yield [[group ? `${plural}.${group}` : plural], entries.length + remaining] as const
      }
    },
  )
}
