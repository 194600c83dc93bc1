import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { measuring } from '../../test/support/exposition.ts'
import { WorkQueue } from './queue.ts'
import { QueueMeter } from './queueMeter.ts'

function setup(t: TestContext) {
  let now = 0
  t.mock.timers.enable({ apis: ['setTimeout'] })
  t.mock.method(performance, 'now', () => now)
  let wakes = 0
  const { metrics, value } = measuring()
  const queue = new WorkQueue(
    () => void wakes++,
    (attempt) => 1000 * 2 ** (attempt - 1),
    new QueueMeter(metrics, 'test'),
  )
  const tick = (ms: number): void => {
    now += ms
    t.mock.timers.tick(ms)
  }
  return { queue, wakes: () => wakes, tick, value: (what: string) => value(`workqueue_${what}`, { name: 'test' }) }
}

test('a key that is added twice is taken once, keys in order', (t) => {
  const { queue } = setup(t)
  for (const key of ['a', 'b', 'a']) queue.add(key)
  assert.deepEqual([queue.take(), queue.take(), queue.take()], ['a', 'b', undefined])
})

test('a key in work is not taken by a second worker, but comes back when it was added meanwhile', (t) => {
  const { queue } = setup(t)
  queue.add('a')
  queue.take()
  queue.add('a')
  queue.add('a')
  assert.equal(queue.take(), undefined)
  queue.done('a')
  assert.equal(queue.take(), 'a')
  queue.done('a')
  assert.equal(queue.take(), undefined)
  assert.ok(queue.idle)
})

test('a failing key waits longer each time, and forgets that when it succeeds', (t) => {
  const { queue, tick } = setup(t)
  queue.add('a')
  for (const wait of [1000, 2000, 4000]) {
    assert.equal(queue.take(), 'a')
    assert.equal(queue.retry('a'), wait)
    tick(wait - 1)
    assert.equal(queue.take(), undefined, `not before ${wait} ms`)
    tick(1)
  }
  assert.equal(queue.failures(queue.take()!), 3)
  queue.done('a')
  queue.add('a')
  queue.take()
  assert.equal(queue.retry('a'), 1000)
})

test('a change ends the wait of a failing key, once', (t) => {
  const { queue, tick } = setup(t)
  queue.add('a')
  queue.take()
  queue.retry('a')
  queue.add('a')
  assert.equal(queue.take(), 'a')
  queue.done('a')
  tick(10_000)
  assert.equal(queue.take(), undefined)
})

test('a key that changed during a failing attempt is due at once', (t) => {
  const { queue } = setup(t)
  queue.add('a')
  queue.take()
  queue.add('a')
  assert.equal(queue.retry('a'), 0)
  assert.equal(queue.take(), 'a')
  assert.equal(queue.failures('a'), 1)
})

test('addAfter keeps the earlier of two times', (t) => {
  const { queue, tick } = setup(t)
  queue.addAfter('a', 5000)
  queue.addAfter('a', 1000)
  queue.addAfter('a', 9000)
  tick(1000)
  assert.equal(queue.take(), 'a')
  queue.done('a')
  tick(20_000)
  assert.equal(queue.take(), undefined)
})

test('a closed queue gives and takes nothing', (t) => {
  const { queue, tick, wakes } = setup(t)
  queue.add('a')
  queue.addAfter('b', 10)
  queue.close()
  const before = wakes()
  queue.add('c')
  tick(100)
  assert.deepEqual([queue.take(), wakes()], [undefined, before])
})

test('it is measured how many keys wait, for how long, how long their work takes, and how often it fails', async (t) => {
  const { queue, tick, value } = setup(t)
  for (const key of ['a', 'b', 'a']) queue.add(key)
  assert.deepEqual([await value('adds_total'), await value('depth')], [2, 2])
  tick(2000)
  queue.take()
  tick(500)
  queue.retry('a')
  assert.deepEqual([await value('depth'), await value('retries_total')], [1, 1])
  assert.equal(await value('queue_duration_seconds_sum'), 2)
  assert.equal(await value('work_duration_seconds_sum'), 0.5)
  tick(1000)
  assert.deepEqual([await value('adds_total'), await value('depth')], [3, 2])
  // Whoever no longer leads has nothing that waits.
  queue.close()
  assert.equal(await value('depth'), 0)
})
