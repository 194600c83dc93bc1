// What is measured of requests to a cluster, under the names of client-go; and of the lists and watches that caches cost it.
// https://pkg.go.dev/k8s.io/component-base/metrics/prometheus/restclient
import type { Counter, Metrics } from '../core/machinery/metrics.ts'
import type { ResourceRef } from '../core/machinery/object.ts'

/** Seconds: client-go's. */
const BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60]

/** client-go's word for no answer. */
const NO_ANSWER = '<error>'

/** Measures requests to one host. */
export class RequestMeter {
  readonly #requests
  readonly #duration
  readonly #host: string

  constructor(metrics: Metrics, host: string) {
    this.#host = host
    this.#requests = metrics.counter({
      name: 'rest_client_requests_total',
      help: 'Requests to the cluster, by HTTP status code.',
      labels: ['code', 'method', 'host'],
    })
    this.#duration = metrics.histogram({
      name: 'rest_client_request_duration_seconds',
      help: 'Time until the cluster began to answer.',
      labels: ['verb', 'host'],
      buckets: BUCKETS,
    })
  }

  /** Measures one request. */
  async of<T extends { statusCode: number }>(method: string, request: () => Promise<T>): Promise<T> {
    const started = performance.now()
    let code = NO_ANSWER
    try {
      const answer = await request()
      code = String(answer.statusCode)
      return answer
    } finally {
      this.#requests(code, method, this.#host).inc()
      this.#duration(method, this.#host).observe((performance.now() - started) / 1000)
    }
  }
}

/** Lists (of which a page is one) and watches of one resource. */
export interface Follow {
  lists: Counter
  watches: Counter
}

/** Counts what following a resource costs: where nothing happens, lists must not grow. */
export function followMeter(metrics: Metrics, { group, plural }: ResourceRef): Follow {
  const name = group ? `${plural}.${group}` : plural
  const labels = ['resource'] as const
  const lists = { name: 'millrace_reflector_lists_total', help: 'Pages of lists asked for to fill caches.', labels }
  const watches = { name: 'millrace_reflector_watches_total', help: 'Watches begun to keep caches current.', labels }
  return { lists: metrics.counter(lists)(name), watches: metrics.counter(watches)(name) }
}
