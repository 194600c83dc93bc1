// Metrics of a kube-apiserver, in the text format of Prometheus.
import type { Client } from '../client.ts'

export interface Metrics {
  /** The sum of the samples of this name that have these labels. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number
  /** All samples of a name. */
  samples(name: string): readonly Sample[]
}

interface Sample {
  labels: Readonly<Record<string, string>>
  value: number
}

const LINE = /^(\w+)(?:\{(.*)\})? (\S+)$/
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g

export async function metrics(client: Client): Promise<Metrics> {
  const found = new Map<string, Sample[]>()
  for (const line of (await client.text('/metrics')).split('\n')) {
    const [, name = '', labels = '', value] = LINE.exec(line) ?? []
    if (!name) continue
    const sample = {
      labels: Object.fromEntries(Array.from(labels.matchAll(LABEL), ([, key, text]) => [key!, text!])),
      value: Number(value),
    }
    found.set(name, [...(found.get(name) ?? []), sample])
  }
  const samples = (name: string): readonly Sample[] => found.get(name) ?? []
  return {
    samples,
    sum: (name, wanted = {}) =>
      samples(name)
        .filter(({ labels }) => Object.entries(wanted).every(([key, value]) => labels[key] === value))
        .reduce((sum, { value }) => sum + value, 0),
  }
}
