// A week of schedule, in a time of its own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atOnce } from '../../../test/support/atOnce.ts'
import { HeldBack } from '../../registry/gate.ts'
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

/** Longest time without a check of tags, from the beginning to now. */
function longestGap(w: World, begin: number, keys: readonly string[]): number {
  const times = Map.groupBy(w.checks, ({ key }) => key)
  const gaps = keys.flatMap((key) => {
    const at = [begin, ...(times.get(key) ?? []).map((check) => check.at), w.clock.now()]
    return at.slice(1).map((each, n) => each - at[n]!)
  })
  return Math.max(...gaps)
}

test('in four weeks 1,000 tags of a registry with 100 requests in 6 hours meet no refusal, do not starve, and are no herd', async (t) => {
  const w = world(t)
  const registry = new Strict(w, 'all')
  w.answer = () => ({ checked: { digest: A }, headers: registry.ask('head') })
  const begin = w.clock.now()
  const old = begin - 100 * DAY
  // One namespace has nearly all of them. Some tags move so often that they are known for it all the time.
  const often = Array.from({ length: 16 }, (_, i) => begin - (i + 1) * HOUR)
  const namespaceOf = (i: number) => (i < 900 ? 'large' : 'small')
  for (let i = 0; i < 1_000; i++)
    await w.add(`s${i}`, `r.test/app${i}:v1`, {
      namespace: namespaceOf(i),
      history: i % 100 === 0 ? [...often, old] : [old],
    })
  const span = 28 * DAY
  await w.pass(span)
  assert.equal(registry.refusals, 0)
  // What is left to checks is used, and is spread.
  assert.ok(w.checks.length > 60 * (span / (6 * HOUR)), `${w.checks.length}`)
  const busiest = most(
    w.checks.slice(20).map(({ at }) => at),
    10 * MINUTE,
  )
  // Evenly it were two.
  assert.ok(busiest <= 4, `${busiest} in ten minutes`)
  // Namespaces take turns, and in each of them what moves and what does not: each of these four has a quarter of the checks.
  for (const namespace of ['large', 'small'])
    for (const moving of [true, false]) {
      const tags = Array.from({ length: 1_000 }, (_, i) => i).filter(
        (i) => namespaceOf(i) === namespace && (i % 100 === 0) === moving,
      )
      const fair = (4 * tags.length * span) / w.checks.length
      const longest = longestGap(
        w,
        begin,
        tags.map((i) => `r.test/app${i}`),
      )
      t.diagnostic(`${namespace}, ${moving ? 'moving' : 'still'}: ${longest / HOUR} h, fair are ${fair / HOUR} h`)
      assert.ok(longest <= 1.2 * fair + HOUR, `${namespace}, moving ${moving}: ${longest / HOUR} of ${fair / HOUR} h`)
    }
  // The hundred that come last wait as long as the others.
  const report = w.budgets.report()[0]!
  assert.deepEqual([report.registry, report.credential, report.limits[0]?.limit], ['r.test', 'anonymous', 100])
  assert.equal(report.delayed[0]?.what, 'checks')
  assert.ok(report.delayed[0].count > 900 && report.delayed[0].until > w.clock.now())
})

test('in a week somebody who imports in a loop takes a configured rate from nobody', async (t) => {
  const requests = 60
  const w = world(t, { rateOf: () => ({ prefix: 'r.test', requests, per: HOUR }) })
  const imports: number[] = []
  /** An import asks three times. Gives how often it was let in. */
  const importAs = (namespace: string): number => {
    for (let done = 0; done < 3; done++)
      try {
        atOnce(w.budgets.enter({ host: 'r.test', repository: 'app', kind: 'pull', namespace }))({
          status: 200,
          headers: {},
        })
        imports.push(w.clock.now())
      } catch (error) {
        assert.ok(error instanceof HeldBack)
        return done
      }
    return 3
  }
  for (let i = 0; i < 100; i++)
    await w.add(`s${i}`, `r.test/app${i}:v1`, { namespace: i < 80 ? 'large' : 'small', refresh: '10m' })
  const begin = w.clock.now()
  const seldom: number[] = []
  let looped = 0
  for (let minute = 0; minute < WEEK / MINUTE; minute++) {
    looped += importAs('loop')
    if (minute % 240 === 200) seldom.push(importAs('seldom'))
    await w.pass(MINUTE)
  }
  const sent = [...imports, ...w.checks.map(({ at }) => at)].sort((a, b) => a - b)
  assert.ok(most(sent, HOUR) <= requests, `${most(sent, HOUR)} in an hour`)
  assert.deepEqual(
    seldom.filter((done) => done < 3),
    [],
  )
  const hours = WEEK / HOUR
  // Of the quarter that checks leave the loop has three quarters, and checks have the rest: of that each namespace has half.
  assert.ok(looped >= 11 * hours, `the loop has had ${looped / hours} an hour`)
  assert.ok(w.checks.length >= 43 * hours, `${w.checks.length / hours} checks an hour`)
  const keys = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `r.test/app${from + i}`)
  // In the first hour the loop comes before anybody else is known.
  const [large, small] = [longestGap(w, begin, keys(0, 80)), longestGap(w, begin, keys(80, 100))]
  t.diagnostic(`${w.checks.length / hours} checks an hour; longest without: ${large / HOUR} h, ${small / HOUR} h`)
  assert.ok(large <= (1.1 * 2 * 80 * HOUR) / 45 + HOUR, `${large / HOUR} h`)
  assert.ok(small <= (1.1 * 2 * 20 * HOUR) / 45 + HOUR, `${small / HOUR} h`)
})

test('in a week a source with 40 followers is asked once for all of them, and waits no longer than what they have alone', async (t) => {
  const w = world(t)
  const registry = new Strict(w, 'all')
  w.answer = () => ({ checked: { digest: A }, headers: registry.ask('head') })
  for (let i = 0; i < 40; i++) {
    await w.add('shared', 'r.test/shared:v1', { namespace: `n${i}` })
    for (const own of ['a', 'b']) await w.add(own, `r.test/${own}${i}:v1`, { namespace: `n${i}` })
  }
  const begin = w.clock.now()
  await w.pass(WEEK)
  assert.equal(registry.refusals, 0)
  const shared = w.checks.filter(({ key }) => key === 'r.test/shared')
  assert.ok(shared.every(({ namespaces }) => namespaces.length === 40))
  // A turn of all is one check for each of them.
  const turn = (40 * WEEK) / w.checks.length
  const alone = Array.from({ length: 40 }, (_, i) => [`r.test/a${i}`, `r.test/b${i}`]).flat()
  const [longest, other] = [longestGap(w, begin, ['r.test/shared']), longestGap(w, begin, alone)]
  t.diagnostic(`longest without: ${longest / HOUR} h, others ${other / HOUR} h, a turn takes ${turn / HOUR} h`)
  assert.ok(longest <= 3.2 * turn, `${longest / HOUR} of ${turn / HOUR} h`)
  assert.ok(other <= 3.2 * turn, `${other / HOUR} of ${turn / HOUR} h`)
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
