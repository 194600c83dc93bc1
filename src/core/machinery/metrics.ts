// Metrics: what a part counts and times of itself. Parts declare what they measure and keep what they are given; who collects
// it is not theirs to know. Tests and the command line pass nothing.

/** A metric as everybody sees it. https://prometheus.io/docs/practices/naming/ */
export interface Declaration<L extends readonly string[] = readonly string[]> {
  /** snake_case with the unit at its end: `_seconds`, `_bytes`; counters end in `_total`. */
  name: string
  /** What it tells, in a sentence. */
  help: string
  /** Names of its labels. Their values must be few: never names of objects, namespaces or users. */
  labels: L
}

/** Times, counted by how long they took. */
export interface TimeDeclaration<L extends readonly string[] = readonly string[]> extends Declaration<L> {
  /** Upper limits in seconds, ascending. */
  buckets: readonly number[]
}

/** A value for each label, in the order of their names. */
export type Values<L extends readonly string[]> = { readonly [K in keyof L]: string }

/** Gives what is measured under these values: always the same. Looking it up costs more than using it: keep it. */
export type Family<T, L extends readonly string[]> = (...values: Values<L>) => T

/** Goes up only. */
export interface Counter {
  inc(): void
}

/** Goes up and down. */
export interface Gauge {
  set(value: number): void
  /** Adds, or takes away. */
  add(value: number): void
}

/** Durations. */
export interface Histogram {
  /** Not negative. */
  observe(seconds: number): void
}

/** Where parts declare what they measure. The same name twice is the same metric: parts come and go, and several are alike. */
export interface Metrics {
  counter<const L extends readonly string[]>(declaration: Declaration<L>): Family<Counter, L>
  gauge<const L extends readonly string[]>(declaration: Declaration<L>): Family<Gauge, L>
  histogram<const L extends readonly string[]>(declaration: TimeDeclaration<L>): Family<Histogram, L>
}

const nothing = (): void => undefined
const nobody = { inc: nothing, set: nothing, add: nothing, observe: nothing }

/** Measures nothing. */
export const unmeasured: Metrics = {
  counter: () => () => nobody,
  gauge: () => () => nobody,
  histogram: () => () => nobody,
}

/** What stands for all values beyond the limit of `bounded`. */
export const OTHER = 'other'

/** Lets the first values through and calls all later ones "other": for labels whose values users choose. */
export function bounded(limit: number): (value: string) => string {
  const known = new Set<string>()
  return (value) => {
    if (known.has(value)) return value
    if (known.size >= limit) return OTHER
    known.add(value)
    return value
  }
}
