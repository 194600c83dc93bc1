// What is measured of requests, under the names and labels of a kube-apiserver, so that dashboards made for one work.
// https://kubernetes.io/docs/reference/instrumentation/metrics/
import type { Counter, Gauge, Histogram, Metrics } from '../core/machinery/metrics.ts'
import type { Verb } from '../core/machinery/resource.ts'
import { isStream, type Reply, type Request } from '../http/handler.ts'

/** What a request turned out to ask for. */
export interface Asked {
  verb: Verb
  group: string
  version: string
  plural: string
  subresource: string
  namespace: string
  name: string
  dryRun: boolean
  /** It is a server-side apply. */
  apply: boolean
}

/** Seconds: some of those of a kube-apiserver, with all that its usual alerts ask for. Each costs a line for every kind of request. */
const BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 1, 2, 5, 10, 30, 60]

const KIND = ['verb', 'dry_run', 'group', 'version', 'resource', 'subresource', 'scope', 'component'] as const
type KindValues = [string, string, string, string, string, string, string, string]
const COMPONENT = 'apiserver'

/** Paths that are no resources, by which requests are told apart. All others are one. */
const PATHS: ReadonlySet<string> = new Set([
  '/',
  '/api',
  '/apis',
  '/healthz',
  '/livez',
  '/metrics',
  '/openapi/v2',
  '/openapi/v3',
  '/readyz',
  '/version',
])

const METHODS: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Kubernetes' words in metrics. */
const VERBS: Readonly<Record<Verb, string>> = {
  create: 'POST',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
  get: 'GET',
  list: 'LIST',
  patch: 'PATCH',
  update: 'PUT',
  watch: 'WATCH',
}

/** Requests of one kind. */
interface Series {
  codes: Map<number, Counter>
  counter: (code: number) => Counter
  duration: Histogram
  longRunning: Gauge
}

/** Measures requests. */
export class RequestMeter {
  readonly #total
  readonly #duration
  readonly #inFlight
  readonly #longRunning
  readonly #reading: Gauge
  readonly #changing: Gauge
  readonly #series = new Map<string, Series>()

  constructor(metrics: Metrics) {
    this.#total = metrics.counter({
      name: 'apiserver_request_total',
      help: 'Requests that were answered. A watch counts when it ends; for what is no resource, subresource is the path.',
      labels: [...KIND, 'code'] as const,
    })
    this.#duration = metrics.histogram({
      name: 'apiserver_request_duration_seconds',
      help: 'Time until the answer was made; for a watch, how long it lasted.',
      labels: KIND,
      buckets: BUCKETS,
    })
    this.#inFlight = metrics.gauge({
      name: 'apiserver_current_inflight_requests',
      help: 'Requests that are being answered, watches excluded.',
      labels: ['request_kind'],
    })
    this.#longRunning = metrics.gauge({
      name: 'apiserver_longrunning_requests',
      help: 'Watches that are open.',
      labels: ['verb', 'group', 'version', 'resource', 'subresource', 'scope', 'component'],
    })
    this.#reading = this.#inFlight('readOnly')
    this.#changing = this.#inFlight('mutating')
  }

  /** Measures a request from now until its answer is made, or its stream has ended. */
  begin(request: Request): Measurement {
    const kind = READING.has(request.method) ? this.#reading : this.#changing
    kind.add(1)
    return new Measurement(request, kind, (asked) => this.#of(request, asked))
  }

  #of(request: Request, asked: Asked | undefined): Series {
    if (!asked) {
      const verb = METHODS.has(request.method) ? request.method : 'OTHER'
      const path = PATHS.has(request.path) ? request.path : ''
      return this.#kept(`${verb} ${path}`, () => [verb, '', '', '', '', path, '', COMPONENT])
    }
    const { group, version, plural, subresource } = asked
    const verb = asked.apply ? 'APPLY' : VERBS[asked.verb]
    const scope = scopeOf(asked)
    const dryRun = asked.dryRun ? 'All' : ''
    return this.#kept(`${verb} ${scope} ${dryRun} ${group}/${version}/${plural}/${subresource}`, () => [
      verb,
      dryRun,
      group,
      version,
      plural,
      subresource,
      scope,
      COMPONENT,
    ])
  }

  #kept(key: string, values: () => KindValues): Series {
    let found = this.#series.get(key)
    if (!found) {
      const kind = values()
      const [verb, , group, version, resource, subresource, scope, component] = kind
      found = {
        codes: new Map(),
        counter: (code) => this.#total(...kind, String(code)),
        duration: this.#duration(...kind),
        longRunning: this.#longRunning(verb, group, version, resource, subresource, scope, component),
      }
      this.#series.set(key, found)
    }
    return found
  }
}

/** One request. */
export class Measurement {
  /** Set as soon as it is known. */
  asked: Asked | undefined
  readonly #request: Request
  readonly #kind: Gauge
  readonly #series: (asked: Asked | undefined) => Series
  readonly #started = performance.now()

  constructor(request: Request, kind: Gauge, series: (asked: Asked | undefined) => Series) {
    this.#request = request
    this.#kind = kind
    this.#series = series
  }

  /** The answer is made. */
  end({ status, body }: Reply): void {
    this.#kind.add(-1)
    const series = this.#series(this.asked)
    if (!isStream(body)) return this.#count(series, status)
    const { signal } = this.#request
    series.longRunning.add(1)
    const ended = (): void => {
      series.longRunning.add(-1)
      this.#count(series, status)
    }
    // The signal of a streamed answer aborts whenever the stream ends, however that comes.
    if (signal.aborted) ended()
    else signal.addEventListener('abort', ended, { once: true })
  }

  #count(series: Series, status: number): void {
    let counter = series.codes.get(status)
    if (!counter) series.codes.set(status, (counter = series.counter(status)))
    counter.inc()
    series.duration.observe((performance.now() - this.#started) / 1000)
  }
}

/** Kubernetes' scopes: how much of a resource a request is about. */
function scopeOf({ verb, namespace, name }: Asked): string {
  if (name || verb === 'create') return 'resource'
  return namespace ? 'namespace' : 'cluster'
}
