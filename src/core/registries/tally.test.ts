import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Tally } from './tally.ts'

const HOUR = 3_600_000
const begin = 1_700_000_000_000
const forth = fc.oneof(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 0, max: 3 * HOUR }))

test('counts all of the window, and little more', () => {
  fc.assert(
    fc.property(fc.array(forth, { maxLength: 300 }), (steps) => {
      const tally = new Tally(HOUR)
      const times: number[] = []
      let now = begin
      for (const step of steps) {
        tally.add((now += step))
        times.push(now)
        const since = (window: number) => times.filter((at) => at > now - window).length
        assert.ok(tally.sum(now) >= since(HOUR))
        assert.ok(tally.sum(now) <= since(HOUR + HOUR / 60))
      }
    }),
  )
})

test('forgets nothing too early when the clock is put back, and all of it a window later', () => {
  const back = fc.integer({ min: -1e12, max: 0 })
  fc.assert(
    fc.property(fc.array(fc.oneof(forth, back), { maxLength: 100 }), (steps) => {
      const tally = new Tally(HOUR)
      /** What has passed for somebody who does not see the jumps. */
      let [now, steady] = [begin, 0]
      const times: number[] = []
      for (const step of steps) {
        now += step
        steady += Math.max(0, step)
        tally.add(now)
        times.push(steady)
        assert.ok(tally.sum(now) >= times.filter((at) => at > steady - HOUR).length)
      }
      assert.equal(tally.sum(now + HOUR + HOUR / 60), 0)
    }),
  )
})

test('says how long to wait until there are fewer', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 100 }),
      fc.integer({ min: 1, max: 20 }),
      (passing, limit) => {
        const tally = new Tally(HOUR)
        let now = begin
        for (const step of passing) tally.add((now += step))
        const wait = tally.wait(now, limit)
        assert.equal(wait === 0, tally.sum(now) < limit)
        assert.ok(wait <= HOUR + HOUR / 60)
        if (wait > 1) assert.ok(tally.sum(now + wait - 1) >= limit)
        assert.ok(tally.sum(now + wait) < limit)
      },
    ),
  )
})
