import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { boundsOf, growth, proportion, shrinkage, type SetSize } from './rollout.ts'

const rolling = (maxSurge: number | string, maxUnavailable: number | string) => ({
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge, maxUnavailable },
})

describe('bounds', () => {
  const cases: [number, number | string, number | string, number, number][] = [
    [3, '25%', '25%', 1, 0],
    [4, '25%', '25%', 1, 1],
    [10, '25%', '25%', 3, 2],
    [1, '25%', '25%', 1, 0],
    [5, 0, 2, 0, 2],
    [2, 0, '10%', 0, 1],
    [2, 1, 9, 1, 2],
  ]
  for (const [replicas, surge, unavailable, up, down] of cases) {
    test(`of ${replicas} pods with ${surge} too many and ${unavailable} missing are ${up} and ${down}`, () => {
      assert.deepEqual(boundsOf(replicas, rolling(surge, unavailable)), { replicas, surge: up, unavailable: down })
    })
  }
  test('of a Deployment that recreates are zero', () => {
    assert.deepEqual(boundsOf(3, { type: 'Recreate' }), { replicas: 3, surge: 0, unavailable: 0 })
  })
})

describe('a rolling update', () => {
  const setup = fc.record({
    replicas: fc.integer({ min: 1, max: 30 }),
    surge: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.constantFrom('0%', '25%', '100%')),
    unavailable: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.constantFrom('0%', '25%', '100%')),
    old: fc.array(fc.integer({ min: 0, max: 10 }), { maxLength: 3 }),
  })

  test('ends with the new pods only, and never leaves its bounds', () => {
    fc.assert(
      fc.property(setup, ({ replicas, surge, unavailable, old }) => {
        const bounds = boundsOf(replicas, rolling(surge, unavailable))
        const most = Math.max(
          replicas + bounds.surge,
          old.reduce((a, b) => a + b, 0),
        )
        const full = old.reduce((a, b) => a + b, 0) >= replicas - bounds.unavailable
        const next: SetSize = { name: 'next', wanted: 0, available: 0 }
        const others = old.map((n, i): SetSize => ({ name: String(i), wanted: n, available: n }))
        for (let round = 0; round < 200; round++) {
          const before = JSON.stringify([next, others])
          next.wanted = growth(next, others, bounds)
          for (const { name, to } of shrinkage(next, others, bounds)) others[Number(name)]!.wanted = to
          const all = [next, ...others]
          assert.ok(all.reduce((sum, s) => sum + s.wanted, 0) <= most, 'too many pods')
          for (const set of others) set.available = Math.min(set.available, set.wanted)
          const available = all.reduce((sum, s) => sum + s.available, 0)
          if (full) assert.ok(available >= replicas - bounds.unavailable, 'too few pods')
          next.available = next.wanted
          if (JSON.stringify([next, others]) === before) break
        }
        assert.equal(next.wanted, replicas)
        assert.ok(others.every(({ wanted }) => wanted === 0))
      }),
    )
  })

  test('takes broken old pods away before those that serve', () => {
    const old = [
      { name: 'good', wanted: 3, available: 3 },
      { name: 'broken', wanted: 2, available: 0 },
    ]
    const next = { name: 'next', wanted: 1, available: 0 }
    assert.deepEqual(shrinkage(next, old, { replicas: 4, surge: 2, unavailable: 1 }), [{ name: 'broken', to: 0 }])
  })
})

test('a change of the wanted number in mid-rollout is shared out, and nothing gets lost in rounding', () => {
  const sets = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(sets, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 5 }), (sizes, replicas, surge) => {
      const all = sizes.map((wanted, i) => ({ name: String(i), wanted, available: wanted }))
      const to = new Map(proportion(all, { replicas, surge, unavailable: 0 }).map((s) => [s.name, s.to]))
      const after = all.map(({ name, wanted }) => to.get(name) ?? wanted)
      assert.ok(after.every((n) => n >= 0))
      assert.equal(
        after.reduce((a, b) => a + b, 0),
        replicas > 0 ? replicas + surge : 0,
      )
    }),
    { numRuns: 2000 },
  )
})
