import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Deliveries, REMEMBERED } from './deliveries.ts'

const MOST = 10_000

test('a delivery is known by any of its names, for some minutes', () => {
  const seen = new Deliveries(MOST)
  assert.equal(seen.knows('ci', ['id 1', 'body 1'], 0), false)
  assert.equal(seen.knows('ci', ['id 1', 'body 1'], 0), false, 'what came to nothing may come again')
  seen.remember('ci', ['id 1', 'body 1'], 0)
  assert.equal(seen.knows('ci', ['id 2', 'body 1'], 1), true)
  assert.equal(seen.knows('ci', ['id 1', 'body 2'], 2), true)
  assert.equal(seen.knows('ci', ['id 2', 'body 2'], 3), false)
  assert.equal(seen.knows('hub', ['id 1'], 3), false, 'receivers have names of their own')
  assert.equal(seen.knows('ci', ['id 1'], REMEMBERED - 1), true)
  assert.equal(seen.knows('ci', ['id 1'], REMEMBERED), false)
})

test('what is remembered of a receiver is bounded, its oldest go first, and those of others stay', () => {
  const seen = new Deliveries(MOST)
  seen.remember('quiet', ['1'], 0)
  for (let i = 0; i < 25_000; i++) seen.remember('loud', [`${i}`], i / 1000)
  assert.equal(seen.size, MOST + 1)
  assert.equal(seen.knows('loud', ['24999'], 25), true)
  assert.equal(seen.knows('loud', ['14999'], 25), false)
  assert.equal(seen.knows('quiet', ['1'], 25), true)
})

test('of receivers that have been silent nothing stays', () => {
  const seen = new Deliveries(MOST)
  for (let i = 0; i < 100; i++) seen.remember(`r${i}`, ['1'], i)
  seen.remember('new', ['1'], 2 * REMEMBERED)
  assert.equal(seen.size, 1)
})
