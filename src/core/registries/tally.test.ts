import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Tally } from './tally.ts'

const HOUR = 3_600_000
/** From one call to the next, jumps back and far ahead included. */
const steps = fc.array(fc.oneof(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: -3 * HOUR, max: 3 * HOUR })), {
  maxLength: 300,
})

test('counts all of the window, and little more', () => {
  fc.assert(
    fc.property(steps, (passing) => {
      const tally = new Tally(HOUR)
      const times: number[] = []
      let [now, latest] = [1_700_000_000_000, 0]
      for (const step of passing) {
        now += step
        latest = Math.max(latest, now)
        tally.add(now)
        times.push(latest)
        const since = (window: number) => times.filter((at) => at > latest - window).length
        assert.ok(tally.sum(now) >= since(HOUR))
        assert.ok(tally.sum(now) <= since(HOUR + HOUR / 60))
      }
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
        let now = 1_700_000_000_000
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
