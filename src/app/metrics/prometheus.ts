// Metrics in Prometheus' text format. https://prometheus.io/docs/instrumenting/exposition_formats/
import type { Metric, Registry as RegistryType } from '@prometheus-io/client'
import Registry from '@prometheus-io/client/lib/registry.js'
import type { Exposition } from '../../apiserver/exposition.ts'
import type {
  Counter,
  Declaration,
  Family,
  Gauge,
  Histogram,
  Metrics,
  TimeDeclaration,
  Values,
} from '../../core/machinery/metrics.ts'
import { Count, Times, type Line, type Numbers } from './numbers.ts'

/** A metric as it stands in the documents. */
export interface Described {
  name: string
  type: 'counter' | 'gauge' | 'histogram'
  help: string
  labels: readonly string[]
}

/** Collects what parts measure. */
export class PrometheusMetrics implements Metrics {
  /** For metrics that the library brings. */
  readonly registry: RegistryType = new Registry()
  readonly #families = new Map<string, Family<unknown, never>>()

  counter<const L extends readonly string[]>(declaration: Declaration<L>): Family<Counter, L> {
    return this.#declare('counter', declaration, () => new Count())
  }

  gauge<const L extends readonly string[]>(declaration: Declaration<L>): Family<Gauge, L> {
    return this.#declare('gauge', declaration, () => new Count())
  }

  histogram<const L extends readonly string[]>(declaration: TimeDeclaration<L>): Family<Histogram, L> {
    const { buckets } = declaration
    return this.#declare('histogram', declaration, () => new Times(buckets))
  }

  /** Values that are only read when somebody asks. A `read` that fails leaves out what it had not given yet. */
  reading<const L extends readonly string[]>(
    declaration: Declaration<L>,
    read: () => AsyncIterable<readonly [Values<L>, number]> | Iterable<readonly [Values<L>, number]>,
  ): void {
    this.#register('gauge', declaration, async () => {
      const lines: Line[] = []
      try {
        for await (const [values, value] of read()) lines.push({ labels: labelled(declaration.labels, values), value })
      } catch {
        // What cannot be read is missing, and nothing else is.
      }
      return lines
    })
  }

  /** Everything as text. */
  readonly exposition: Exposition = async () => ({
    contentType: this.registry.contentType,
    body: await this.registry.metrics(),
  })

  /** What has been declared, in this order. */
  describe(): Described[] {
    const metrics = this.registry.getMetricsAsArray() as unknown as (Described & { labelNames: readonly string[] })[]
    return metrics.map(({ name, type, help, labelNames }) => ({ name, type, help, labels: labelNames }))
  }

  /** Everything of one name is one family. What was looked up once is shown from then on. */
  #declare<T extends Numbers, L extends readonly string[]>(
    type: Described['type'],
    declaration: Declaration<L>,
    make: () => T,
  ): Family<T, L> {
    const { name, labels } = declaration
    const known = this.#families.get(name)
    if (known) return known as unknown as Family<T, L>
    const children = new Map<string, { labels: Line['labels']; numbers: T }>()
    const family = (...values: readonly string[]): T => {
      const key = values.join('\0')
      const found = children.get(key)
      if (found) return found.numbers
      const numbers = make()
      children.set(key, { labels: labelled(labels, values), numbers })
      return numbers
    }
    this.#families.set(name, family)
    const lines = () => [...children.values()].flatMap((child) => child.numbers.lines(name, child.labels))
    this.#register(type, declaration, () => Promise.resolve(lines()))
    return family
  }

  /** Of a metric the registry wants no more than this. */
  #register(type: Described['type'], { name, help, labels }: Declaration, lines: () => Promise<Line[]>): void {
    const get = async () => ({ name, help, type, values: await lines() })
    this.registry.registerMetric({ name, help, type, labelNames: labels, get } as unknown as Metric)
  }
}

const labelled = (names: readonly string[], values: readonly string[]): Line['labels'] =>
  Object.fromEntries(names.map((name, i) => [name, values[i]!]))
