// Reads Prometheus' text format as strictly as it is written down.
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
import assert from 'node:assert/strict'
import { PrometheusMetrics } from '../../src/app/metrics/prometheus.ts'

/** A line with a value. */
export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

/** A metric with its lines. */
export interface MetricFamily {
  name: string
  help: string
  type: string
  samples: Sample[]
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`)

/** All families by name. Throws at what is not the format. */
export function parseExposition(text: string): Map<string, MetricFamily> {
  assert.ok(text.endsWith('\n'), 'the last line must end')
  const families = new Map<string, MetricFamily>()
  const seen = new Set<string>()
  let current: MetricFamily | undefined
  for (const line of text.split('\n')) {
    const help = new RegExp(`^# HELP (${NAME}) (.+)$`).exec(line)
    const type = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`).exec(line)
    if (help) {
      assert.ok(!families.has(help[1]!), `${help[1]} stands there twice`)
      families.set(help[1]!, (current = { name: help[1]!, help: help[2]!, type: '', samples: [] }))
    } else if (type) {
      assert.equal(type[1], current?.name)
      current!.type = type[2]!
    } else if (line !== '') {
      const sample = parseSample(line)
      const base = current?.type === 'histogram' ? sample.name.replace(/_(bucket|sum|count)$/, '') : sample.name
      assert.equal(base, current?.name, `${line} stands under another metric`)
      assert.notEqual(current?.type, '', `${base} has no TYPE`)
      const id = line.slice(0, line.lastIndexOf(' '))
      assert.ok(!seen.has(id), `${id} stands there twice`)
      seen.add(id)
      current!.samples.push(sample)
    }
  }
  for (const family of families.values()) if (family.type === 'histogram') checkHistogram(family)
  return families
}

function parseSample(line: string): Sample {
  const found = SAMPLE.exec(line)
  assert.ok(found, `not a sample: ${line}`)
  const [, name = '', inner = '', number = ''] = found
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < inner.length) {
    const label = LABEL.exec(inner)
    assert.ok(label, `not labels: ${inner}`)
    labels[label[1]!] = label[2]!.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c))
  }
  const value = /^nan$/i.test(number) ? NaN : Number(number.replace('Inf', 'Infinity'))
  assert.ok(/^nan$/i.test(number) || !Number.isNaN(value), `not a number: ${line}`)
  return { name, labels, value }
}

/** Buckets only grow, and the last one has all. */
function checkHistogram({ name, samples }: MetricFamily): void {
  const of = (suffix: string) => samples.filter((sample) => sample.name === name + suffix)
  const key = ({ labels }: Sample) => JSON.stringify(Object.entries(labels).filter(([label]) => label !== 'le'))
  const counts = new Map(of('_count').map((sample) => [key(sample), sample.value]))
  for (const [series, buckets] of Map.groupBy(of('_bucket'), key)) {
    const values = buckets.map(({ value }) => value)
    assert.deepEqual(
      values,
      values.toSorted((a, b) => a - b),
    )
    assert.equal(buckets.at(-1)?.labels['le'], '+Inf')
    assert.equal(values.at(-1), counts.get(series))
  }
  assert.equal(of('_sum').length, counts.size)
}

/** Sum of the samples of this name whose labels include these; undefined when there is none. */
export function sampled(
  families: Map<string, MetricFamily>,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const wanted = Object.entries(labels)
  const found = [...families.values()]
    .flatMap(({ samples }) => samples)
    .filter((sample) => sample.name === name && wanted.every(([key, value]) => sample.labels[key] === value))
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0)
}

/** Metrics for a test, and what they show: the same as `sampled`. */
export function measuring() {
  const metrics = new PrometheusMetrics()
  const read = async () => parseExposition((await metrics.exposition()).body)
  return {
    metrics,
    read,
    value: async (name: string, labels?: Record<string, string>) => sampled(await read(), name, labels),
  }
}
