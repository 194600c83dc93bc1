import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { silent } from '../../core/machinery/log.ts'
import { KeyedQueue, type Reconcile } from './queue.ts'

function queue(reconcile: Reconcile, signal = new AbortController().signal): KeyedQueue {
  return new KeyedQueue({ name: 'test', reconcile, workers: 2, backoff: () => 1, log: silent, signal })
}

test('many additions of a key in one turn are one look', async () => {
  const seen: string[] = []
  const q = queue((key) => Promise.resolve(void seen.push(key)))
  for (let i = 0; i < 10; i++) q.add('a')
  q.add('b')
  await eventually(() => assert.ok(q.idle))
  assert.deepEqual(seen, ['a', 'b'])
})

test('a key that changes while it is looked at is looked at again, never twice at a time', async () => {
  let running = 0
  let most = 0
  let looks = 0
  const q = queue(async () => {
    most = Math.max(most, ++running)
    looks++
    if (looks === 1) q.add('a')
    await new Promise(setImmediate)
    running--
  })
  q.add('a')
  await eventually(() => assert.ok(q.idle && looks === 2))
  assert.equal(most, 1)
})

test('a failure comes back', async () => {
  let looks = 0
  const q = queue(() => (++looks < 3 ? Promise.reject(new Error('no')) : Promise.resolve(undefined)))
  q.add('a')
  await eventually(() => assert.equal(looks, 3))
})

test('a look can ask for another one later', async () => {
  let looks = 0
  const q = queue(() => Promise.resolve(++looks < 3 ? 1 : undefined))
  q.add('a')
  await eventually(() => assert.equal(looks, 3))
})

test('after the end nothing is looked at', async () => {
  const stop = new AbortController()
  let looks = 0
  const q = queue(() => Promise.resolve(void looks++), stop.signal)
  q.add('a')
  stop.abort()
  q.add('b')
  await eventually(() => assert.ok(q.idle))
  assert.equal(looks, 0)
})
