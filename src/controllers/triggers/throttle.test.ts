import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Throttle } from './throttle.ts'

test('a burst goes through, then one a second, each key for itself', () => {
  let now = 0
  const throttle = new Throttle(() => now)
  for (let i = 0; i < 25; i++) assert.equal(throttle.take('a'), 0)
  assert.equal(throttle.take('a'), 1000)
  assert.equal(throttle.take('b'), 0)
  now += 400
  assert.equal(throttle.take('a'), 600)
  now += 600
  assert.equal(throttle.take('a'), 0)
  assert.equal(throttle.take('a'), 1000)
})

test('rest fills the bucket up again, and no further', () => {
  let now = 0
  const throttle = new Throttle(() => now)
  for (let i = 0; i < 25; i++) throttle.take('a')
  now += 3_600_000
  for (let i = 0; i < 25; i++) assert.equal(throttle.take('a'), 0)
  assert.ok(throttle.take('a') > 0)
})
