import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Expiring } from './expiring.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

test('an answer is asked for once in its lifetime, also by those who ask at the same time', async () => {
  let now = 0
  let asked = 0
  const kept = new Expiring<number>(10, { now: () => now })
  const get = () => kept.get('k', () => Promise.resolve(++asked))
  assert.deepEqual(await Promise.all([get(), get()]), [1, 1])
  now = 9
  assert.equal(await get(), 1)
  now = 10
  assert.equal(await get(), 2)
  assert.equal(await kept.get('other', () => Promise.resolve(7)), 7)
})

test('what has ended is forgotten when the next question comes', async () => {
  let now = 0
  const kept = new Expiring<number>(10, { now: () => now })
  for (const key of ['a', 'b', 'c']) {
    await kept.get(key, () => Promise.resolve(1))
    now += 4
  }
  assert.equal(kept.size, 3)
  await kept.get('d', () => Promise.resolve(1))
  assert.equal(kept.size, 3)
  now = 100
  await kept.get('d', () => Promise.resolve(1))
  assert.equal(kept.size, 1)
})

test('questions are not kept: what they ask for takes no memory, however long', async () => {
  const kept = new Expiring<boolean>(60_000)
  const used = (): number => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = used()
  for (let i = 0; i < 2_000; i++) await kept.get(`${i}${'x'.repeat(30_000)}`, () => Promise.resolve(true))
  assert.equal(kept.size, 2_000)
  assert.ok(used() - before < 10_000_000)
})

test('a failure is not kept', async () => {
  const kept = new Expiring<number>(10)
  await assert.rejects(
    kept.get('k', () => Promise.reject(new Error('down'))),
    /down/,
  )
  assert.equal(await kept.get('k', () => Promise.resolve(1)), 1)
})

test('beyond its limit it forgets the oldest', async () => {
  let asked = 0
  const kept = new Expiring<number>(1_000, { max: 2, now: () => 0 })
  const get = (key: string) => kept.get(key, () => Promise.resolve(++asked))
  for (const key of ['a', 'b', 'c']) await get(key)
  assert.equal(await get('c'), 3)
  assert.equal(await get('b'), 2)
  assert.equal(await get('a'), 4)
})
