// What is measured of registries: requests to them, and imports.
import { STATUS_CODES } from 'node:http'
import type { Importer, ImportResult } from '../core/image/import.ts'
import { bounded, OTHER, type Metrics } from '../core/machinery/metrics.ts'
import type { Outbound } from '../http/outbound.ts'

/** Hosts that are told apart; users name them, so that there may be any number. */
export const HOSTS = 50

/** Seconds. */
const REQUEST_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** Seconds: an import may ask for hundreds of images, and wait for slow registries. */
const IMPORT_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800]

/** As Kubernetes' clients call it: there was no answer. */
const NO_ANSWER = '<error>'

/** The same way out, with its requests measured. */
export function measuredOutbound(outbound: Outbound, metrics: Metrics): Outbound {
  const requests = metrics.counter({
    name: 'millrace_registry_requests_total',
    help: `Requests to registries, their token servers and where they redirect to, by host (${HOSTS} of them, then "other").`,
    labels: ['registry', 'method', 'code'],
  })
  const duration = metrics.histogram({
    name: 'millrace_registry_request_duration_seconds',
    help: 'Time until a registry began to answer.',
    labels: ['registry'],
    buckets: REQUEST_BUCKETS,
  })
  const known = bounded(HOSTS)
  return {
    dispatcher(verify) {
      const inner = outbound.dispatcher(verify)
      return {
        async request(options) {
          const started = performance.now()
          let code = NO_ANSWER
          try {
            const answer = await inner.request(options)
            code = codeOf(answer.statusCode)
            return answer
          } finally {
            const host = known(new URL(options.origin).host)
            requests(host, options.method, code).inc()
            duration(host).observe((performance.now() - started) / 1000)
          }
        },
      }
    },
    close: () => outbound.close(),
  }
}

/** Registries are not ours: one that makes up a status with each answer must not make up a series with it. */
const codeOf = (status: number): string => (status in STATUS_CODES ? String(status) : OTHER)

/** The same importer, with its imports measured. */
export function measuredImporter(importer: Importer, metrics: Metrics): Importer {
  const imports = metrics.counter({
    name: 'millrace_imports_total',
    help: 'ImageStreamImports by outcome: success, partial (some images failed), failure (all did), aborted.',
    labels: ['outcome'],
  })
  const images = metrics.counter({
    name: 'millrace_import_images_total',
    help: 'Images that imports asked for, by the reason of their status; "Success" for those that were found.',
    labels: ['reason'],
  })
  const duration = metrics.histogram({
    name: 'millrace_import_duration_seconds',
    help: 'Time that registries took for an import.',
    labels: ['outcome'],
    buckets: IMPORT_BUCKETS,
  })
  return async (request) => {
    const started = performance.now()
    let outcome = 'aborted'
    try {
      const result = await importer(request)
      const reasons = reasonsOf(result)
      for (const reason of reasons) images(reason).inc()
      outcome = outcomeOf(reasons)
      return result
    } finally {
      imports(outcome).inc()
      duration(outcome).observe((performance.now() - started) / 1000)
    }
  }
}

const SUCCESS = 'Success'

/** Of each image; of a repository that could not be listed, its own. Reasons are those of this program: there are few. */
function reasonsOf({ images, repository }: ImportResult): string[] {
  const listed = repository?.images ?? []
  const unlisted = repository && listed.length === 0 && repository.status.status !== SUCCESS ? [repository] : []
  return [...images, ...listed, ...unlisted].map(({ status }) =>
    status.status === SUCCESS ? SUCCESS : status.reason || 'Unknown',
  )
}

function outcomeOf(reasons: readonly string[]): string {
  const good = reasons.filter((reason) => reason === SUCCESS).length
  if (good === reasons.length) return 'success'
  return good > 0 ? 'partial' : 'failure'
}
