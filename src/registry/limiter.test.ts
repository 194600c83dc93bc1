import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as tick } from 'node:timers/promises'
import { createLimiter } from './limiter.ts'
import { Shared } from './shared.ts'

test('never more than the limit at once, in the order of asking, failures included', async () => {
  const limiter = createLimiter(3)
  let running = 0
  let most = 0
  const order: number[] = []
  const work = (n: number) => async () => {
    order.push(n)
    most = Math.max(most, (running += 1))
    await tick()
    running -= 1
    if (n % 2) throw new Error('odd')
    return n
  }
  const results = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => limiter(work(n))))
  assert.equal(most, 3)
  assert.deepEqual(order, [...Array.from({ length: 10 }).keys()])
  assert.deepEqual(
    results.map((result) => result.status),
    Array.from({ length: 10 }, (_, n) => (n % 2 ? 'rejected' : 'fulfilled')),
  )
  assert.equal(await limiter(async () => 'free again'), 'free again')
})

test('shared work runs once, outlives who leaves, and is forgotten when it ends', async () => {
  const shared = new Shared<number>()
  const { promise, resolve } = Promise.withResolvers<number>()
  let runs = 0
  const work = () => {
    runs += 1
    return promise
  }
  const reason = new Error('enough')
  const leaving = new AbortController()
  const first = shared.run('a', leaving.signal, work)
  const second = shared.run('a', new AbortController().signal, work)
  leaving.abort(reason)
  await assert.rejects(first, reason)
  resolve(1)
  assert.equal(await second, 1)
  assert.equal(runs, 1)
  await tick()
  await shared.run('a', new AbortController().signal, work)
  assert.equal(runs, 2)
  await assert.rejects(
    shared.run('b', AbortSignal.abort(reason), async () => 1),
    reason,
  )
})
