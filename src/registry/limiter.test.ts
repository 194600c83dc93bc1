import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as tick } from 'node:timers/promises'
import { BACKGROUND, HostLimiters, Limiter } from './limiter.ts'
import { RegistryError } from './error.ts'
import { Shared } from './shared.ts'

const signal = new AbortController().signal
const indexes = (length: number) => Array.from({ length }, (_, n) => n)

test('never more than the limit at once, in the order of asking, failures included', async () => {
  const limiter = new Limiter({ total: 3, each: 3 })
  const owner = {}
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
  const results = await Promise.allSettled(indexes(10).map((n) => limiter.run(owner, signal, work(n))))
  assert.equal(most, 3)
  assert.deepEqual(order, indexes(10))
  assert.deepEqual(
    results.map((result) => result.status),
    indexes(10).map((n) => (n % 2 ? 'rejected' : 'fulfilled')),
  )
  assert.equal(await limiter.run(owner, signal, async () => 'free again'), 'free again')
  assert.ok(limiter.idle)
})

test('who has little to do waits for a turn, not for all that others have to do', async () => {
  const limiter = new Limiter({ total: 4, each: 4 })
  const [large, other, small] = [{ name: 'large' }, { name: 'other' }, { name: 'small' }]
  const order: string[] = []
  const work = (owner: { name: string }) =>
    limiter.run(owner, signal, async () => {
      order.push(owner.name)
      await tick()
    })
  await Promise.all([large, other].flatMap((owner) => indexes(100).map(() => work(owner))).concat(work(small)))
  assert.ok(order.indexOf('small') <= 6, String(order.indexOf('small')))
  // From then on they take turns.
  const turns = order.slice(10, 50).filter((name) => name === 'large').length
  assert.equal(turns, 20)
})

test('of one owner fewer run than of all together: there is room for the next who comes', async () => {
  const limiter = new Limiter({ total: 4, each: 2 })
  const running = new Map<object, number>()
  const most = new Map<object, number>()
  const [a, b, c] = [{}, {}, {}]
  const work = (owner: object) =>
    limiter.run(owner, signal, async () => {
      running.set(owner, (running.get(owner) ?? 0) + 1)
      most.set(owner, Math.max(most.get(owner) ?? 0, running.get(owner)!))
      most.set(
        running,
        Math.max(
          most.get(running) ?? 0,
          running.values().reduce((x, y) => x + y),
        ),
      )
      await tick()
      running.set(owner, running.get(owner)! - 1)
    })
  const never = Promise.withResolvers<void>()
  const stuck = indexes(3).map(() => limiter.run(c, signal, () => never.promise))
  await work(a)
  await Promise.all([a, b].flatMap((owner) => indexes(20).map(() => work(owner))))
  assert.deepEqual([most.get(a), most.get(b), most.get(running)], [2, 2, 2])
  never.resolve()
  await Promise.all(stuck)
  await Promise.all([a, b].flatMap((owner) => indexes(20).map(() => work(owner))))
  assert.deepEqual([most.get(a), most.get(b), most.get(running)], [2, 2, 4])
})

test('who leaves the line leaves it at once, and takes no place with it', async () => {
  const limiter = new Limiter({ total: 1, each: 1 })
  const { promise, resolve } = Promise.withResolvers<void>()
  const first = limiter.run({}, signal, () => promise)
  const reason = new Error('enough')
  const leaving = new AbortController()
  const owner = {}
  const left = indexes(3).map(() => limiter.run(owner, leaving.signal, () => Promise.reject(new Error('it ran'))))
  const last = limiter.run(owner, signal, async () => 'last')
  leaving.abort(reason)
  for (const each of left) await assert.rejects(each, reason)
  await assert.rejects(
    limiter.run(owner, leaving.signal, async () => 'never'),
    reason,
  )
  resolve()
  await first
  assert.equal(await last, 'last')
  assert.ok(limiter.idle)
})

test('each host has places of its own, and is forgotten', async () => {
  const hosts = new HostLimiters({ host: { total: 1, each: 1 }, all: { total: 9, each: 9 } })
  const { promise, resolve } = Promise.withResolvers<void>()
  const slow = hosts.run('slow', {}, signal, () => promise)
  assert.equal(await hosts.run('fast', {}, signal, async () => 'done'), 'done')
  assert.equal(hosts.size, 1)
  resolve()
  await slow
  assert.equal(hosts.size, 0)
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

test('shared work that nobody waits for any more is aborted, and begun anew by who comes then', async () => {
  const shared = new Shared<string>()
  const aborted: boolean[] = []
  const never = (signal: AbortSignal) =>
    new Promise<string>((_, reject) => {
      signal.addEventListener('abort', () => {
        aborted.push(true)
        setImmediate(() => reject(signal.reason as Error))
      })
    })
  const [first, second] = [new AbortController(), new AbortController()]
  const left = [first, second].map(({ signal }) => shared.run('a', signal, never))
  const reason = new Error('enough')
  first.abort(reason)
  assert.equal(aborted.length, 0)
  second.abort(reason)
  assert.equal(aborted.length, 1)
  assert.equal(await shared.run('a', signal, async () => 'anew'), 'anew')
  for (const each of left) await assert.rejects(each, reason)
})

test('the background holds nobody up, and is not held up for ever', async () => {
  const limiter = new Limiter({ total: 4, each: 3 })
  const never = Promise.withResolvers<void>()
  const [a, b] = [{}, {}]
  let background = 0
  const slow = indexes(5).map(() =>
    limiter.run(BACKGROUND, signal, () => {
      background++
      return never.promise
    }),
  )
  assert.equal(background, 3)
  // As if it were not there.
  let running = 0
  const stuck = [a, a, b, b].map((owner) =>
    limiter.run(owner, signal, () => {
      running++
      return never.promise
    }),
  )
  await tick()
  assert.equal(running, 4)
  never.resolve()
  await Promise.all([...slow, ...stuck])
  assert.ok(limiter.idle)
  // Imports have all places: two are its own.
  const later = Promise.withResolvers<void>()
  background = 0
  const full = [a, a, b, b].map((owner) => limiter.run(owner, signal, () => later.promise))
  const more = indexes(5).map(() =>
    limiter.run(BACKGROUND, signal, () => {
      background++
      return later.promise
    }),
  )
  await tick()
  assert.equal(background, 2)
  later.resolve()
  await Promise.all([...full, ...more])
  assert.equal(background, 5)
})

test('thousands of hosts that stay silent have half of all places, and those that answer wait for none of them', async () => {
  const hosts = new HostLimiters({ host: { total: 16, each: 8 }, all: { total: 16, each: 6 } })
  const ends: (() => void)[] = []
  const hang = async () => {
    await new Promise<void>((resolve) => void ends.push(resolve))
    throw new RegistryError('timeout', 'late')
  }
  assert.equal(await hosts.run('good', {}, signal, async () => 'known'), 'known')
  const owners = indexes(3).map(() => ({}))
  const silent = indexes(3_000).map((i) => hosts.run(`silent${i}`, owners[i % 3]!, signal, hang).catch(() => undefined))
  // One order has no more than its own.
  const [own] = owners
  await tick()
  assert.equal(ends.length, 8)
  for (let i = 0; i < 100; i++) assert.equal(await hosts.run('good', {}, signal, async () => 'done'), 'done')
  // Who is new has the next place: orders take turns.
  const fresh = hosts.run('new', {}, signal, async () => 'new')
  for (const end of ends.slice(0, 4)) end()
  assert.equal(await fresh, 'new')
  // One that answered and is silent by now has no more than the others.
  await tick()
  const begun = ends.length
  void hosts.run('good', {}, signal, async () => Promise.reject(new RegistryError('timeout', 'late'))).catch(() => {})
  await tick()
  let asked = false
  silent.push(hosts.run('good', own!, signal, async () => void (asked = true)))
  await tick()
  assert.deepEqual([asked, ends.length], [false, begun])
  for (let i = 0; i < ends.length; i++) {
    ends[i]!()
    await tick()
  }
  await Promise.all(silent)
  assert.equal(hosts.size, 0)
})
