// A registry that has said "too many requests", and answers again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { A, MINUTE, world } from '../../../test/support/scheduleWorld.ts'

const SECOND = 1_000
/** How long a registry that does not say how long is left alone at first, and over how long those who wait come back. */
const [HOLD, RECOVERY] = [30 * SECOND, 30 * SECOND]

for (const freshness of [5, 30, 60])
  for (const tags of [10, 300, 1_000])
    test(`${tags} tags with a freshness of ${freshness} s are fresh again soon after a 429, without a herd`, async (t) => {
      const w = world(t)
      for (let i = 0; i < tags; i++) await w.add(`s${i}`, `r.test/app${i}:v1`, { refresh: `${freshness}s` })
      await w.pass(MINUTE)
      const refused: number[] = []
      const good = w.answer
      w.answer = () => {
        refused.push(w.clock.now())
        return { checked: { failure: 'RateLimited' }, message: 'too many' }
      }
      while (refused.length === 0) await w.pass(SECOND)
      await w.pass(10 * SECOND)
      w.answer = good
      const refusedAt = refused[0]!
      const end = refusedAt + HOLD
      const imports = () => [...w.scheduler.reporter().list('')].map(({ status }) => status)
      const delayed = () => w.budgets.report().flatMap((each) => each.delayed)
      await w.pass(end - 1 - w.clock.now())
      if (tags * HOLD > 60 * SECOND * freshness) assert.deepEqual(delayed()[0]?.reason, 'RateLimited')
      assert.ok(imports().some(({ lastError }) => lastError?.reason === 'RateLimited'))

      await w.pass(freshness * SECOND + RECOVERY)
      assert.deepEqual(delayed(), [])
      assert.deepEqual(
        imports().filter(({ delay, lastError }) => delay ?? lastError),
        [],
      )
      const since = (at: number) => w.checks.filter((check) => check.at >= at)
      const mostPerSecond = (checks: typeof w.checks) =>
        Math.max(
          ...Array.from(Map.groupBy(checks, ({ at }) => Math.floor(at / SECOND)).values(), (each) => each.length),
        )
      // Those that come back, and those that are due anyway; places in the period are given by names, some of them close to each other.
      const usual = mostPerSecond(w.checks.filter(({ at }) => at < refusedAt))
      const busiest = mostPerSecond(since(end))
      assert.ok(busiest <= 2 * usual + tags / 30 + 2, `${busiest} in a second, ${usual} before`)

      const settled = w.clock.now()
      await w.pass(10 * MINUTE)
      assert.deepEqual(delayed(), [])
      const times = Map.groupBy(since(settled - freshness * SECOND), ({ key }) => key)
      assert.equal(times.size, tags)
      for (const [key, checks] of times)
        for (const [i, { at }] of checks.entries())
          assert.ok(at - (checks[i - 1]?.at ?? settled - freshness * SECOND) <= freshness * SECOND, `${key} ${at}`)
    })

test('where refusals come again and again, those who wait come back each time over half a minute', async (t) => {
  const w = world(t)
  for (let i = 0; i < 300; i++) await w.add(`s${i}`, `r.test/app${i}:v1`)
  let asked = 0
  w.answer = () =>
    ++asked % 100 === 0
      ? { checked: { failure: 'RateLimited' }, headers: { 'retry-after': '20' } }
      : { checked: { digest: A }, head: { digest: A, mediaType: 'm' } }
  const begin = w.clock.now()
  await w.pass(60 * MINUTE)
  assert.ok(asked > 5_000, `${asked}`)
  const perSecond = Map.groupBy(w.checks, ({ at }) => Math.floor((at - begin) / SECOND))
  const busiest = Math.max(...Array.from(perSecond.values(), (each) => each.length))
  assert.ok(busiest <= 30, `${busiest} in a second`)
  for (const [key, checks] of Map.groupBy(w.checks, ({ key }) => key))
    for (const [i, { at }] of checks.slice(1).entries()) assert.ok(at - checks[i]!.at <= 3 * MINUTE, key)
})
