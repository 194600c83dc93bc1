import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Cache } from './cache.ts'

test('the least recently used goes first', () => {
  const cache = new Cache<number>({ entries: 2 })
  cache.set('a', 1)
  cache.set('b', 2)
  cache.get('a')
  cache.set('c', 3)
  assert.deepEqual([cache.get('a'), cache.get('b'), cache.get('c')], [1, undefined, 3])
})

test('weight is bounded, and what weighs too much is not kept', () => {
  const cache = new Cache<string>({ entries: 10, weight: 5, weigh: (text) => text.length })
  cache.set('a', 'xx')
  cache.set('b', 'xxx')
  cache.set('b', 'xx')
  cache.set('c', 'xx')
  assert.deepEqual([cache.get('a'), cache.get('b'), cache.get('c')], [undefined, 'xx', 'xx'])
  cache.set('b', 'xxxxxx')
  assert.deepEqual([cache.get('b'), cache.get('c'), cache.size], [undefined, 'xx', 1])
})

test('entries end with their time', () => {
  let now = 0
  const cache = new Cache<number>({ entries: 2, clock: () => now })
  cache.set('a', 1, 10)
  cache.set('b', 2)
  now = 9
  assert.equal(cache.get('a'), 1)
  now = 10
  assert.equal(cache.get('a'), undefined)
  assert.equal(cache.get('b'), 2)
  assert.equal(cache.size, 1)
})

test('a deleted entry weighs nothing', () => {
  const cache = new Cache<string>({ entries: 10, weight: 3, weigh: (text) => text.length })
  cache.set('a', 'xxx')
  cache.delete('a')
  cache.delete('a')
  cache.set('b', 'xxx')
  assert.equal(cache.get('b'), 'xxx')
})
