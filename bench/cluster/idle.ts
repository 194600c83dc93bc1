// What two replicas ask of the cluster while nobody does anything, as the kube-apiserver counts it. Baseline: the same cluster
// before they were there.
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '../client.ts'
import type { Row } from '../table.ts'
import { metrics } from './metrics.ts'

/**
 * Seconds that are counted, and that everything has to settle before: every 30 s the kube-controller-manager looks for new
 * kinds, and lists them. The Lease is renewed every 10.5 s: a whole number of times in that.
 */
const SECONDS = 105
const SETTLE = 45

const READS = new Set(['GET', 'LIST', 'WATCH', 'CONNECT'])

/** Requests in ten seconds. */
export interface Idle {
  lists: number
  writes: number
  /** What was listed and written, for people to read. */
  said: string
}

export async function countIdle(client: Client): Promise<Idle> {
  await delay(SETTLE * 1000)
  const before = await requests(client)
  await delay(SECONDS * 1000)
  const after = await requests(client)
  const counts = [...after].map(([key, count]) => ({ key, count: count - (before.get(key) ?? 0) }))
  const sum = (of: (verb: string) => boolean): number =>
    counts.filter(({ key }) => of(verbOf(key))).reduce((total, { count }) => total + count, 0) * (10 / SECONDS)
  const said = counts.filter(({ key, count }) => count > 0 && (verbOf(key) === 'LIST' || !READS.has(verbOf(key))))
  return {
    lists: sum((verb) => verb === 'LIST'),
    writes: sum((verb) => !READS.has(verb)),
    said: said.map(({ key, count }) => `${count} ${key}`).join(', '),
  }
}

const verbOf = (key: string): string => key.split(' ')[0] ?? ''

/** Counts by verb, resource and group. Leases that the kube-apiserver keeps for itself count as well: the baseline has them. */
async function requests(client: Client): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const { labels, value } of (await metrics(client)).samples('apiserver_request_total')) {
    const { verb = '', resource = '', group = '' } = labels
    // A kube-apiserver looks through its Services every three minutes. We have no right to.
    if (resource === 'services') continue
    const key = `${verb} ${resource}${group && `.${group}`}`
    counts.set(key, (counts.get(key) ?? 0) + value)
  }
  return counts
}

export function idleRows(empty: Idle, two: Idle): Row[] {
  const row = (what: string, value: number, baseline: number, aim: number): Row => ({
    what: `${what} in 10 s of two idle replicas`,
    value: `${(value - baseline).toFixed(1)} (${value.toFixed(1)} with the cluster's own)`,
    baseline: `${baseline.toFixed(1)} (cluster without them)`,
    ratio: value / baseline,
    aim: { text: aim ? `below ${aim}` : 'none', met: aim ? value - baseline < aim : value - baseline <= 0 },
  })
  console.error(`in ${SECONDS} s: ${two.said}; without replicas: ${empty.said}`)
  return [row('lists', two.lists, empty.lists, 0), row('writes', two.writes, empty.writes, 1)]
}
