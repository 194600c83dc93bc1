import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Renewed } from './renewed.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const WEEK = 7 * 24 * HOUR

function setUp(life: number) {
  const state = { now: 0, count: 0, life, failing: false, hold: undefined as Promise<void> | undefined }
  const outcomes: string[] = []
  const renewed = new Renewed<string>({
    async fetch(key) {
      const value = `${key}${++state.count}`
      await state.hold
      if (state.failing) throw new Error('down')
      return { value, expires: state.now + state.life }
    },
    attempted: (outcome) => void outcomes.push(outcome),
    now: () => state.now,
  })
  return { state, renewed, outcomes }
}

test('is kept, for each key', async () => {
  const { state, renewed } = setUp(HOUR)
  assert.deepEqual([await renewed.get('a'), await renewed.get('a'), await renewed.get('b')], ['a1', 'a1', 'b2'])
  state.now += 50 * MINUTE
  assert.equal(await renewed.get('a'), 'a1')
})

test('many who ask at once cause one renewal', async () => {
  const { renewed, state } = setUp(HOUR)
  const all = await Promise.all(Array.from({ length: 50 }, () => renewed.get('a')))
  assert.deepEqual([new Set(all), state.count], [new Set(['a1']), 1])
})

test('is renewed before it ends, and nobody waits for that', async () => {
  const { state, renewed } = setUp(HOUR)
  await renewed.get('a')
  state.now = 56 * MINUTE
  const { promise, resolve } = Promise.withResolvers<void>()
  state.hold = promise
  assert.deepEqual([await renewed.get('a'), await renewed.get('a')], ['a1', 'a1'])
  assert.equal(state.count, 2)
  resolve()
  await promise
  await new Promise((done) => setImmediate(done))
  assert.equal(await renewed.get('a'), 'a2')
})

test('a cloud that is down for less than the rest of its life is noticed by nobody', async () => {
  const { state, renewed, outcomes } = setUp(HOUR)
  await renewed.get('a')
  state.failing = true
  for (state.now = 55 * MINUTE; state.now < 59 * MINUTE; state.now += SECOND) assert.equal(await renewed.get('a'), 'a1')
  assert.ok(outcomes.length < 15, `${outcomes.length} attempts in 4 minutes`)
  state.failing = false
  state.now = 2 * HOUR
  assert.match(await renewed.get('a'), /^a\d/)
})

test('failures are told at once, and repeated less and less often', async () => {
  const { state, renewed, outcomes } = setUp(HOUR)
  state.failing = true
  for (; state.now < HOUR; state.now += SECOND) await assert.rejects(renewed.get('a'), /down/)
  assert.ok(outcomes.length > 10 && outcomes.length < 25, `${outcomes.length} attempts in an hour`)
  state.failing = false
  state.now += 6 * MINUTE
  assert.match(await renewed.get('a'), /^a/)
})

test('a week of tokens of any life: what is given has not ended, and a token is asked for once in its life', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2 * MINUTE, max: 24 * HOUR }),
      fc.integer({ min: 30 * SECOND, max: HOUR }),
      async (life, step) => {
        const { state, renewed } = setUp(life)
        const ends = new Map<string, number>()
        for (; state.now < WEEK / 7; state.now += step) {
          const value = await renewed.get('a')
          if (!ends.has(value)) ends.set(value, state.now + life)
          assert.ok(state.now <= ends.get(value)!)
          await new Promise((done) => setImmediate(done))
        }
        assert.ok(state.count <= WEEK / 7 / (life * 0.8) + 1, `${state.count} renewals`)
      },
    ),
    { numRuns: 15 },
  )
})

test('what a registry does not take is renewed once it is a few minutes old', async () => {
  const { state, renewed } = setUp(12 * HOUR)
  await renewed.get('a')
  renewed.refuse('a', (value) => value === 'a1')
  assert.equal(await renewed.get('a'), 'a1', 'it is not its age that is wrong')
  state.now = 6 * MINUTE
  renewed.refuse('a', (value) => value === 'other')
  assert.equal(await renewed.get('a'), 'a1')
  renewed.refuse('a', (value) => value === 'a1')
  assert.equal(await renewed.get('a'), 'a2')
})

test('what has ended by another clock is used for a moment all the same', async () => {
  const { state, renewed } = setUp(-HOUR)
  assert.deepEqual([await renewed.get('a'), await renewed.get('a'), state.count], ['a1', 'a1', 1])
})

test('only so many keys are kept', async () => {
  const { state, renewed } = setUp(HOUR)
  for (let i = 0; i < 201; i++) await renewed.get(`k${i} `)
  await renewed.get('k200 ')
  assert.equal(state.count, 201)
  await renewed.get('k0 ')
  assert.equal(state.count, 202)
})
