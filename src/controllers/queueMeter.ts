// What is measured of work queues, under the names of client-go.
// https://pkg.go.dev/k8s.io/component-base/metrics/prometheus/workqueue
import type { Counter, Gauge, Histogram, Metrics } from '../core/machinery/metrics.ts'

/** Seconds: client-go's, without those that are shorter than anything that asks a server. */
const BUCKETS = [1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000]

const LABELS = ['name'] as const

/** Measures one queue. Times are in milliseconds here. */
export class QueueMeter {
  readonly #depth: Gauge
  readonly #adds: Counter
  readonly #retries: Counter
  readonly #waiting: Histogram
  readonly #working: Histogram

  constructor(metrics: Metrics, name: string) {
    const counter = (what: string, help: string): Counter =>
      metrics.counter({ name: `workqueue_${what}_total`, help, labels: LABELS })(name)
    const histogram = (what: string, help: string): Histogram =>
      metrics.histogram({ name: `workqueue_${what}_duration_seconds`, help, labels: LABELS, buckets: BUCKETS })(name)
    const depth = { name: 'workqueue_depth', help: 'Keys that wait to be worked on.', labels: LABELS }
    this.#depth = metrics.gauge(depth)(name)
    this.#adds = counter('adds', 'Keys that were added to the queue.')
    this.#retries = counter('retries', 'Keys whose work failed, and that come back.')
    this.#waiting = histogram('queue', 'How long keys waited in the queue.')
    this.#working = histogram('work', 'How long the work on keys took.')
  }

  added(depth: number): void {
    this.#adds.inc()
    this.#depth.set(depth)
  }

  taken(depth: number, waited: number): void {
    this.#depth.set(depth)
    this.#waiting.observe(waited / 1000)
  }

  worked(milliseconds: number): void {
    this.#working.observe(milliseconds / 1000)
  }

  retried(): void {
    this.#retries.inc()
  }

  closed(): void {
    this.#depth.set(0)
  }
}
