// The real API server in this process, with image streams and the stand-in cluster, in memory. The registry is a map: what
// an import finds is what `images` says.
import { quotas } from '../../src/admission/quota.ts'
import { createApiServer } from '../../src/apiserver/server.ts'
import { storedNamespaces } from '../../src/apiserver/storedNamespaces.ts'
import { byCertificate } from '../../src/apiserver/authenticate.ts'
import { Persisted } from '../../src/apiserver/persisted.ts'
import { imageResources } from '../../src/apiserver/resources/index.ts'
import type { Importer } from '../../src/core/image/import.ts'
import type { ImageImportStatus } from '../../src/core/image/types.ts'
import type { ObjectClient } from '../../src/core/machinery/client.ts'
import { silent } from '../../src/core/machinery/log.ts'
import type { Resource } from '../../src/core/machinery/resource.ts'
import { ApiError, success } from '../../src/core/machinery/status.ts'
import type { PrometheusMetrics } from '../../src/app/metrics/prometheus.ts'
import type { Handler } from '../../src/http/handler.ts'
import { sandboxResources } from '../../src/sandbox/index.ts'
import { openMemory } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'

export interface InProcess {
  client: ObjectClient
  /** The same API as HTTP sees it. */
  handler: Handler
  store: Store
  /** Everything that it serves. */
  resources: readonly Resource[]
  /** Pull specification to digest. */
  images: Map<string, string>
  /** What is stored in namespaces. */
  contents: readonly Resource[]
}

/** Starts it with the namespace `default`; nothing listens anywhere, nothing has to be stopped. With metrics it has /metrics. */
export async function startInProcess({
  store = openMemory(),
  metrics,
}: { store?: Store; metrics?: PrometheusMetrics } = {}): Promise<InProcess> {
  const images = new Map<string, string>()
  const importer: Importer = (request) =>
    Promise.resolve({ images: request.images.map(({ from }) => found(images, from.name ?? '')) })
  const config = { bulkLimit: 50, importMode: 'Legacy' as const, internalRegistryHostname: 'registry.internal:5000' }
  const resources: Resource[] = [
    ...sandboxResources({ stored: (declared) => new Persisted({ ...declared, store }) }),
    ...imageResources({ store, importer, config, secrets: () => Promise.resolve([]) }),
  ]
  const server = createApiServer({
    namespaces: storedNamespaces(store),
    resources,
    admission: [quotas({ client: () => client, log: silent })],
    authenticator: byCertificate,
    log: silent,
    version: '0.0.0',
    ...(metrics && { metrics, exposition: metrics.exposition }),
  })
  const client = server.client()
  const namespaces = { group: '', version: 'v1', plural: 'namespaces' }
  await client.create({ resource: namespaces }, { metadata: { name: 'default' } })
  const contents = resources.filter(({ namespaced, stored }) => namespaced && stored)
  return { client, handler: server.handler, store, resources, images, contents }
}

function found(images: ReadonlyMap<string, string>, name: string): ImageImportStatus {
  const digest = images.get(name)
  if (!digest) return { status: new ApiError(404, 'NotFound', `${name} not found`, {}).status }
  return {
    status: success(),
    image: {
      metadata: { name: digest },
      dockerImageReference: `${name.replace(/:[^:/]*$/, '')}@${digest}`,
    },
    tag: /:([^:/]*)$/.exec(name)?.[1] ?? '',
  }
}
