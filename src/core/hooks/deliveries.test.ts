import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Bucket } from './bucket.ts'
import { Deliveries, REMEMBERED } from './deliveries.ts'

test('a delivery is known by any of its names, for some minutes', () => {
  const seen = new Deliveries()
  assert.equal(seen.repeats(['id 1', 'body 1'], 0), false)
  assert.equal(seen.repeats(['id 2', 'body 1'], 1), true)
  assert.equal(seen.repeats(['id 1', 'body 2'], 2), true)
  assert.equal(seen.repeats(['id 2', 'body 2'], 3), false, 'what was refused is not remembered')
  assert.equal(seen.repeats(['id 1'], REMEMBERED - 1), true)
  assert.equal(seen.repeats(['id 1'], REMEMBERED), false)
})

test('one that came to nothing may come again', () => {
  const seen = new Deliveries()
  seen.repeats(['id'], 0)
  seen.forget(['id'])
  assert.equal(seen.repeats(['id'], 1), false)
})

test('what is remembered is bounded, the oldest go first', () => {
  const seen = new Deliveries()
  for (let i = 0; i < 25_000; i++) seen.repeats([`${i}`], i / 1000)
  assert.equal(seen.size, 10_000)
  assert.equal(seen.repeats(['24999'], 25), true)
})

test('a bucket gives so many at once, and so many a second', () => {
  const bucket = new Bucket({ burst: 3, perSecond: 2 }, 0)
  assert.deepEqual(
    [0, 0, 0, 0, 100, 500, 500, 900, 1000].map((now) => bucket.take(now)),
    [0, 0, 0, 500, 400, 0, 500, 100, 0],
  )
  assert.deepEqual(
    [60_000, 60_000, 60_000, 60_000].map((now) => bucket.take(now)),
    [0, 0, 0, 500],
    'it never holds more',
  )
})
