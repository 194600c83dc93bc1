// The numbers behind metrics: counted in plain fields, and turned into lines when somebody asks. The library's own take one to three
// microseconds for each count, which is much for something that happens in every request.
import type { Counter, Gauge, Histogram } from '../../core/machinery/metrics.ts'

/** A line of an exposition. */
export interface Line {
  labels: Readonly<Record<string, string>>
  value: number
  /** Default: the metric's. */
  metricName?: string
}

/** What is measured under some values of labels. */
export interface Numbers {
  lines(name: string, labels: Line['labels']): Line[]
}

/** A counter, or a gauge. */
export class Count implements Counter, Gauge, Numbers {
  #value = 0

  inc(): void {
    this.#value++
  }

  add(value: number): void {
    this.#value += value
  }

  set(value: number): void {
    this.#value = value
  }

  lines(_name: string, labels: Line['labels']): Line[] {
    return [{ labels, value: this.#value }]
  }
}

/** A histogram. */
export class Times implements Histogram, Numbers {
  readonly #buckets: readonly number[]
  /** How many lie in each bucket and in none before; the last is for those above all limits. */
  readonly #counts: number[]
  #sum = 0

  /** `buckets`: upper limits, ascending. */
  constructor(buckets: readonly number[]) {
    this.#buckets = buckets
    this.#counts = Array.from({ length: buckets.length + 1 }, () => 0)
  }

  observe(seconds: number): void {
    let i = 0
    while (i < this.#buckets.length && seconds > this.#buckets[i]!) i++
    this.#counts[i]!++
    this.#sum += seconds
  }

  lines(name: string, labels: Line['labels']): Line[] {
    let total = 0
    const buckets = this.#counts.map((count, i): Line => {
      total += count
      const le = String(this.#buckets[i] ?? '+Inf')
      return { labels: { ...labels, le }, value: total, metricName: `${name}_bucket` }
    })
    return [
      ...buckets,
      { labels, value: this.#sum, metricName: `${name}_sum` },
      { labels, value: total, metricName: `${name}_count` },
    ]
  }
}
