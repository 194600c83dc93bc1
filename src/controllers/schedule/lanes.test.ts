import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lanes, type Standing } from './lanes.ts'

const FAILED: Standing = { record: 'failed' }

/** Work that ends when it is told to; `begun` has what has begun, in order. */
function worker(lanes: Lanes) {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  return {
    begun,
    run(name: string, host = 'h', standing: Standing = {}): void {
      const { promise, resolve } = Promise.withResolvers<void>()
      ends.set(name, resolve)
      const work = (): Promise<void> => (begun.push(name), promise)
      lanes.run(host, work, standing)
    },
    async end(name: string): Promise<void> {
      ends.get(name)!()
      await new Promise(setImmediate)
    },
  }
}

test('so many at a time for each host, in their order', async () => {
  const work = worker(new Lanes({ host: 2, total: 128 }))
  for (const name of ['a', 'b', 'c']) work.run(name)
  work.run('x', 'other')
  assert.deepEqual(work.begun, ['a', 'b', 'x'])
  await work.end('a')
  assert.deepEqual(work.begun, ['a', 'b', 'x', 'c'])
})

test('what is doubtful never takes more than half of a lane, and is never kept out of that', async () => {
  const work = worker(new Lanes({ host: 4, total: 128 }))
  for (let i = 0; i < 10; i++) work.run(`bad${i}`, 'h', FAILED)
  for (let i = 0; i < 10; i++) work.run(`good${i}`)
  assert.deepEqual(work.begun, ['bad0', 'bad1', 'good0', 'good1'])
  // Good ones come and go while the others hang.
  for (let i = 0; i < 8; i++) await work.end(`good${i}`)
  assert.deepEqual(
    work.begun.slice(4),
    [2, 3, 4, 5, 6, 7, 8, 9].map((i) => `good${i}`),
  )
  // Good ones always wait, and yet one of the others begins as soon as one ends.
  for (let i = 10; i < 20; i++) work.run(`good${i}`)
  await work.end('bad0')
  assert.equal(work.begun.at(-1), 'bad2')
})

test('a lane of one takes both', async () => {
  const lanes = new Lanes({ host: 1, total: 128 })
  const work = worker(lanes)
  work.run('bad', 'h', FAILED)
  work.run('good')
  await work.end('bad')
  await work.end('good')
  assert.deepEqual(work.begun, ['bad', 'good'])
  await lanes.idle()
})

test('thousands of hosts that hang have half of all places, and hold up none that answers', async () => {
  const lanes = new Lanes({ host: 16, total: 32 })
  const work = worker(lanes)
  for (let i = 0; i < 1_500; i++) {
    work.run(`failed${i}`, `failed${i}.test`, { record: 'failed', owner: 'theirs' })
    work.run(`silent${i}`, `silent${i}.test`, { record: 'new', owner: 'theirs' })
  }
  assert.equal(work.begun.length, 16)
  for (let i = 0; i < 1_000; i++) {
    work.run(`good${i}`, `good${i % 10}.test`, { owner: 'ours' })
    assert.equal(work.begun.at(-1), `good${i}`)
    await work.end(`good${i}`)
  }
  // What is not known yet has its turn as soon as one of them ends, whoever else waits.
  work.run('new', 'new.test', { record: 'new', owner: 'ours' })
  const ends = work.begun.filter((name) => !name.startsWith('good')).slice(0, 3)
  for (const name of ends) await work.end(name)
  assert.ok(work.begun.includes('new'))
  assert.equal(work.begun.length, 1_000 + 16 + 3)
})

test('one owner never has all places, even where its hosts were well until they began to hang', async () => {
  const work = worker(new Lanes({ host: 16, total: 32 }))
  for (const record of ['failed', 'new', undefined] as const)
    for (let i = 0; i < 1_000; i++) work.run(`${record}${i}`, `${record}${i}.test`, { record, owner: 'theirs' })
  assert.equal(work.begun.length, 24)
  for (let i = 0; i < 20; i++) work.run(`good${i}`, `good${i}.test`, { owner: 'ours' })
  assert.equal(work.begun.length, 32)
})
