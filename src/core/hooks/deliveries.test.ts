import assert from 'node:assert/strict'
import { test } from 'node:test'
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
