// Metrics in Prometheus' text format. https://prometheus.io/docs/instrumenting/exposition_formats/
import type { Registry as RegistryType } from '@prometheus-io/client'
import PrometheusCounter from '@prometheus-io/client/lib/counter.js'
import PrometheusGauge from '@prometheus-io/client/lib/gauge.js'
import PrometheusHistogram from '@prometheus-io/client/lib/histogram.js'
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

/** A metric as it stands in the documents. */
export interface Described {
  name: string
  type: string
  help: string
  labels: readonly string[]
}

/** Collects what parts measure. */
export class PrometheusMetrics implements Metrics {
  /** For metrics that the library brings. */
  readonly registry: RegistryType = new Registry()
  readonly #families = new Map<string, Family<unknown, never>>()

  counter<const L extends readonly string[]>(declaration: Declaration<L>): Family<Counter, L> {
    return this.#declare(declaration, () => {
      const metric = new PrometheusCounter<string>(this.#options(declaration))
      return (values) => {
        const child = metric.labels(...values)
        // Shown from the start: a rate over what was not there before is lost.
        child.inc(0)
        return child
      }
    })
  }

  gauge<const L extends readonly string[]>(declaration: Declaration<L>): Family<Gauge, L> {
    return this.#declare(declaration, () => {
      const metric = new PrometheusGauge<string>(this.#options(declaration))
      return (values) => {
        const child = metric.labels(...values)
        child.set(0)
        return { set: (value) => child.set(value), add: (value) => child.inc(value) }
      }
    })
  }

  histogram<const L extends readonly string[]>(declaration: TimeDeclaration<L>): Family<Histogram, L> {
    return this.#declare(declaration, () => {
      const buckets = [...declaration.buckets]
      const metric = new PrometheusHistogram<string>({ ...this.#options(declaration), buckets })
      return (values) => metric.labels(...values)
    })
  }

  /** Values that are only read when somebody asks. A `read` that fails leaves out what it had not given yet. */
  reading<const L extends readonly string[]>(
    declaration: Declaration<L>,
    read: () => AsyncIterable<readonly [Values<L>, number]> | Iterable<readonly [Values<L>, number]>,
  ): void {
    const metric = new PrometheusGauge<string>({
      ...this.#options(declaration),
      async collect() {
        metric.reset()
        try {
          for await (const [values, value] of read()) metric.labels(...values).set(value)
        } catch {
          // What cannot be read is missing, and nothing else is.
        }
      },
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

  #options(declaration: Declaration) {
    const { name, help, labels } = declaration
    return { name, help, labelNames: [...labels], registers: [this.registry] }
  }

  /** Children are kept: the library makes a new one each time. */
  #declare<T, L extends readonly string[]>(
    { name }: Declaration<L>,
    make: () => (values: readonly string[]) => T,
  ): Family<T, L> {
    const known = this.#families.get(name)
    if (known) return known as unknown as Family<T, L>
    const child = make()
    const children = new Map<string, T>()
    const family = (...values: readonly string[]): T => {
      const key = values.join('\0')
      let found = children.get(key)
      if (!found) children.set(key, (found = child(values)))
      return found
    }
    this.#families.set(name, family)
    return family
  }
}
