import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lanes } from './lanes.ts'

/** Work that ends when it is told to; `begun` has what has begun, in order. */
function worker(lanes: Lanes) {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  return {
    begun,
    run(name: string, host = 'h', isDoubtful = false): void {
      const { promise, resolve } = Promise.withResolvers<void>()
      ends.set(name, resolve)
      const work = (): Promise<void> => (begun.push(name), promise)
      lanes.run(host, work, isDoubtful)
    },
    async end(name: string): Promise<void> {
      ends.get(name)!()
      await new Promise(setImmediate)
    },
  }
}

test('so many at a time for each host, in their order', async () => {
  const work = worker(new Lanes(2))
  for (const name of ['a', 'b', 'c']) work.run(name)
  work.run('x', 'other')
  assert.deepEqual(work.begun, ['a', 'b', 'x'])
  await work.end('a')
  assert.deepEqual(work.begun, ['a', 'b', 'x', 'c'])
})

test('what is doubtful never takes more than half of a lane, and is never kept out of that', async () => {
  const work = worker(new Lanes(4))
  for (let i = 0; i < 10; i++) work.run(`bad${i}`, 'h', true)
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
  const lanes = new Lanes(1)
  const work = worker(lanes)
  work.run('bad', 'h', true)
  work.run('good')
  await work.end('bad')
  await work.end('good')
  assert.deepEqual(work.begun, ['bad', 'good'])
  await lanes.idle()
})
