import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Bucket } from './bucket.ts'

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

test('a bucket that was left alone is as good as a new one', () => {
  const bucket = new Bucket({ burst: 3, perSecond: 2 }, 0)
  assert.equal(bucket.isFull(0), true)
  bucket.take(0)
  assert.deepEqual(
    [0, 499, 500].map((now) => bucket.isFull(now)),
    [false, false, true],
  )
})
