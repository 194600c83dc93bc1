// What is measured of admission reviews, which a cluster waits for.
import type { Metrics } from '../core/machinery/metrics.ts'
import type { Reply } from '../http/handler.ts'

/** Seconds: a cluster waits two, and goes on without an answer. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2]

/** refused: what was posted is no review. failed: our fault. */
export type Outcome = 'changed' | 'unchanged' | 'refused' | 'failed'

/** Measures reviews. */
export class ReviewMeter {
  readonly #reviews
  readonly #duration

  constructor(metrics: Metrics) {
    this.#reviews = metrics.counter({
      name: 'millrace_admission_reviews_total',
      help: 'Writes that were looked at, by what became of the object: changed, unchanged, refused (no review), failed.',
      labels: ['webhook', 'outcome'],
    })
    this.#duration = metrics.histogram({
      name: 'millrace_admission_review_duration_seconds',
      help: 'Time until a review was answered.',
      labels: ['webhook'],
      buckets: BUCKETS,
    })
  }

  /** Measures one, posted to this path: its last part names the webhook. */
  async of(path: string, answer: () => Promise<{ reply: Reply; outcome: Outcome }>): Promise<Reply> {
    const started = performance.now()
    const name = path.slice(path.lastIndexOf('/') + 1)
    // What is thrown is the listener's to answer: bodies that are too large.
    let outcome: Outcome = 'refused'
    try {
      const answered = await answer()
      outcome = answered.outcome
      return answered.reply
    } finally {
      this.#reviews(name, outcome).inc()
      this.#duration(name).observe((performance.now() - started) / 1000)
    }
  }
}
