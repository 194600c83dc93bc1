// A week of schedule, in a time of its own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atOnce } from '../../../test/support/atOnce.ts'
import { A, B, MINUTE, type World, world } from '../../../test/support/scheduleWorld.ts'

const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WEEK = 7 * DAY

test('in a week nothing drifts, nobody starves, and there is no herd', async (t) => {
  const w = world(t)
  const sources = 60
  for (let i = 0; i < sources; i++) await w.add(`s${i}`, `r${i % 7}.test/app${i}:v1`, { refresh: '10m' })
  const begin = w.clock.now()
  await w.pass(WEEK)
  const bySource = Map.groupBy(w.checks, ({ key }) => key)
  assert.equal(bySource.size, sources)
  const counts = [...bySource.values()].map((checks) => checks.length)
  // A period is nine tenths of the freshness: the rest is for chance.
  const expected = WEEK / (9 * MINUTE)
  assert.ok(
    Math.min(...counts) >= expected - 1 && Math.max(...counts) <= expected + 1,
    `${Math.min(...counts)} to ${Math.max(...counts)}`,
  )
  for (const checks of bySource.values())
    for (const [i, { at }] of checks.entries()) assert.ok(at - (checks[i - 1]?.at ?? begin) <= 10 * MINUTE)
  const perSecond = Map.groupBy(w.checks, ({ at }) => Math.floor(at / 1000))
  // On average one in nine seconds.
  const most = [...perSecond.values()].reduce((most, checks) => Math.max(most, checks.length), 0)
  assert.ok(most <= 5, `${most} in a second`)
})

/** A registry that allows 100 requests in each 6 hours, and counts HEADs, or not. */
class Strict {
  readonly #world: World
  readonly #counts: 'all' | 'pulls'
  readonly pulls: number[] = []
  refusals = 0
  #used = 0
  #window = 0

  constructor(of: World, counts: 'all' | 'pulls') {
    this.#world = of
    this.#counts = counts
  }

  /** What it answers beside the digest. */
  ask(kind: 'head' | 'pull'): Record<string, string> {
    const now = this.#world.clock.now()
    const window = Math.floor(now / (6 * HOUR))
    if (window !== this.#window) this.#used = 0
    this.#window = window
    if (kind === 'pull') this.pulls.push(now)
    if (kind === 'pull' || this.#counts === 'all') {
      if (this.#used >= 100) this.refusals++
      else this.#used++
    }
    return { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': `${100 - this.#used};w=21600` }
  }

  /** A tag is imported: its manifest is pulled. */
  pull(host: string): void {
    const passed = atOnce(this.#world.budgets.enter({ host, repository: 'app', kind: 'pull' }))
    passed({ status: 200, headers: this.ask('pull') })
  }
}

/** Most of these times that lie within one so long span. */
function most(times: readonly number[], span: number): number {
  let [first, found] = [0, 0]
  for (const [last, at] of times.entries()) {
    while (times[first]! <= at - span) first++
    found = Math.max(found, last - first + 1)
  }
  return found
}

test('in a week 1,000 tags of a registry with 100 requests in 6 hours meet no refusal, do not starve, and are no herd', async (t) => {
  const w = world(t)
  const registry = new Strict(w, 'all')
  w.answer = () => ({ checked: { digest: A }, headers: registry.ask('head') })
  const old = w.clock.now() - 100 * DAY
  // One namespace has nearly all of them; some tags move each day.
  for (let i = 0; i < 1_000; i++)
    await w.add(`s${i}`, `r.test/app${i}:v1`, {
      namespace: i < 900 ? 'large' : 'small',
      history: i % 100 === 0 ? [w.clock.now() - HOUR, old] : [old],
    })
  const begin = w.clock.now()
  const span = 16 * DAY
  await w.pass(span)
  assert.equal(registry.refusals, 0)
  const times = Map.groupBy(w.checks, ({ key }) => key)
  // What is left to checks is used, and is spread.
  assert.ok(w.checks.length > 60 * (span / (6 * HOUR)), `${w.checks.length}`)
  const busiest = most(
    w.checks.slice(20).map(({ at }) => at),
    10 * MINUTE,
  )
  // Evenly it were two.
  assert.ok(busiest <= 4, `${busiest} in ten minutes`)
  // Twice (others move) twice (another namespace) 900 turns at 60 in six hours.
  const longest = ((2 * 2 * 900) / 60) * 6 * HOUR
  for (let i = 0; i < 1_000; i++) {
    const at = times.get(`r.test/app${i}`)?.map((check) => check.at) ?? []
    const gaps = [...at, begin + span].map((each, n) => each - (at[n - 1] ?? begin))
    assert.ok(Math.max(...gaps) <= longest, `app${i}: ${Math.max(...gaps) / DAY} days`)
  }
  const countOf = (from: number, to: number, moving: boolean) => {
    const tags = Array.from({ length: to - from }, (_, i) => from + i).filter((i) => (i % 100 === 0) === moving)
    return tags.reduce((sum, i) => sum + (times.get(`r.test/app${i}`)?.length ?? 0), 0) / tags.length
  }
  // Who has few tags does not wait for those of others; what moves is looked at more often.
  assert.ok(countOf(900, 1_000, false) > 4 * countOf(0, 900, false))
  assert.ok(countOf(0, 900, true) > 20 * countOf(0, 900, false))
  // The hundred that come last wait as long as the others.
  const report = w.budgets.report()[0]!
  assert.deepEqual([report.registry, report.credential, report.limits[0]?.limit], ['r.test', 'anonymous', 100])
  assert.equal(report.delayed[0]?.what, 'checks')
  assert.ok(report.delayed[0].count > 900 && report.delayed[0].until > w.clock.now())
})

test('in a week 1,000 tags of Docker Hub are all as fresh as they want to be, and what moves is pulled within the limit', async (t) => {
  const w = world(t)
  const registry = new Strict(w, 'pulls')
  const moved = new Set<string>()
  w.answer = ({ source }) => ({
    checked: { digest: moved.has(source.repository) ? B : A },
    headers: registry.ask('head'),
  })
  w.onMoved = (stream) => {
    const name = stream.slice(stream.indexOf('/') + 1)
    registry.pull('registry-1.docker.io')
    moved.delete(`library/${name}`)
  }
  for (let i = 0; i < 1_000; i++) await w.add(`app${i}`, `app${i}:v1`, { refresh: '6h' })
  // Each day 150 tags move at once: more than may be pulled in six hours.
  for (let day = 0; day < 7; day++) {
    for (let i = 0; i < 150; i++) moved.add(`library/app${(day * 150 + i) % 1_000}`)
    await w.pass(DAY)
    assert.equal(moved.size, 0, `day ${day}`)
  }
  assert.equal(registry.refusals, 0)
  // A quarter is left to people in each window.
  assert.ok(most(registry.pulls, 6 * HOUR - MINUTE) <= 75 * 2)
  for (const checks of Map.groupBy(w.checks, ({ key }) => key).values())
    for (const [i, { at }] of checks.slice(1).entries()) assert.ok(at - checks[i]!.at <= 12 * HOUR)
  // No herd when the window opens.
  assert.ok(most(registry.pulls, MINUTE) <= 75)
})
