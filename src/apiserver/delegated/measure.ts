// What is measured of questions to the cluster: how often it is asked, how long it takes, and what memory spares it.
import type { Counter, Histogram, Metrics } from '../../core/machinery/metrics.ts'
import { ApiError } from '../../core/machinery/status.ts'
import type { Expiring } from './expiring.ts'

/** Seconds. Kubernetes' own buckets for these questions. */
const BUCKETS = [0.25, 0.5, 0.7, 1, 1.5, 3, 5, 10]

/** Of the answer to a review that was made. */
const CREATED = '201'
/** Kubernetes' word for no answer. */
const NO_ANSWER = '<error>'

/** Who somebody is, or what they may. */
export type ReviewKind = 'authn' | 'authz'

/** Names of Kubernetes; it does not measure its memory of rights. */
const CACHES: Readonly<Record<ReviewKind, string>> = {
  authn: 'authentication_token_cache_request_total',
  authz: 'millrace_authorization_cache_request_total',
}

const SUBJECTS: Readonly<Record<ReviewKind, string>> = { authn: 'TokenReviews', authz: 'SubjectAccessReviews' }

/** Asks the cluster, or memory. */
export class ReviewMeter {
  readonly #hit: Counter
  readonly #miss: Counter
  readonly #asked: (code: string) => Counter
  readonly #duration: (code: string) => Histogram

  constructor(metrics: Metrics, kind: ReviewKind) {
    const what = SUBJECTS[kind]
    const cache = metrics.counter({
      name: CACHES[kind],
      help: `Questions that a kept answer to ${what} was there for (hit), or not (miss).`,
      labels: ['status'],
    })
    this.#hit = cache('hit')
    this.#miss = cache('miss')
    this.#asked = metrics.counter({
      name: `apiserver_delegated_${kind}_request_total`,
      help: `${what} sent to the cluster, by HTTP status code.`,
      labels: ['code'],
    })
    this.#duration = metrics.histogram({
      name: `apiserver_delegated_${kind}_request_duration_seconds`,
      help: `Time until the cluster answered ${what}.`,
      labels: ['code'],
      buckets: BUCKETS,
    })
  }

  /** What `known` has for the question, or what the cluster says. */
  get<T>(known: Expiring<T>, question: string, ask: () => Promise<T>): Promise<T> {
    let miss = false
    const answer = known.get(question, () => {
      miss = true
      return this.#ask(ask)
    })
    ;(miss ? this.#miss : this.#hit).inc()
    return answer
  }

  async #ask<T>(ask: () => Promise<T>): Promise<T> {
    const started = performance.now()
    let code = NO_ANSWER
    try {
      const answer = await ask()
      code = CREATED
      return answer
    } catch (error) {
      if (error instanceof ApiError) code = String(error.code)
      throw error
    } finally {
      this.#asked(code).inc()
      this.#duration(code).observe((performance.now() - started) / 1000)
    }
  }
}
