import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Reading } from '../../http/handler.ts'
import { Room } from './room.ts'

const KIB = 1024

/** A room, and bodies that are read in it until they are told to end. */
function reading(options: { memory?: number; deadline?: number }) {
  const clock = { now: 0 }
  const room = new Room(() => clock.now, options)
  const open = () => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    let following: Reading | undefined
    const outcome = room
      .read((given) => {
        following = given
        given.signal.addEventListener('abort', () => reject(given.signal.reason as Error))
        given.signal.throwIfAborted()
        return promise
      })
      .catch((error: Error) => error.message)
    return { outcome, end: () => resolve('read'), arrived: (bytes: number) => following!.arrived(bytes), following }
  }
  return { open, clock }
}

const LATE = 'the delivery did not arrive in time: try again'

test('the one that has held most for longest leaves when the room is full', async () => {
  const { open, clock } = reading({ memory: 100 * KIB })
  const [large, slow, small] = [open(), open(), open()]
  large.arrived(40 * KIB)
  slow.arrived(10 * KIB)
  clock.now = 1000
  const fresh = open()
  fresh.arrived(60 * KIB)
  assert.equal(await large.outcome, LATE)
  for (const one of [slow, small, fresh]) one.end()
  assert.deepEqual(await Promise.all([slow, small, fresh].map(({ outcome }) => outcome)), ['read', 'read', 'read'])
})

test('many that hold nothing leave one after the other, the first that came first', async () => {
  const { open, clock } = reading({ memory: 40 * KIB })
  const all = Array.from({ length: 12 }, () => (clock.now++, open()))
  for (const one of all) one.end()
  assert.deepEqual(
    (await Promise.all(all.map(({ outcome }) => outcome))).map((outcome) => outcome === 'read'),
    [false, false, ...Array<boolean>(10).fill(true)],
  )
})

test('what is done with leaves its place, and what comes too late holds nothing', async () => {
  const { open } = reading({ memory: 40 * KIB })
  for (let i = 0; i < 10; i++) {
    const one = open()
    one.arrived(30 * KIB)
    one.end()
    assert.equal(await one.outcome, 'read')
    one.arrived(30 * KIB)
  }
})

test('pieces of one byte count for what they take', async () => {
  const { open } = reading({ memory: 40 * KIB })
  const one = open()
  for (let i = 0; i < 200; i++) one.arrived(1)
  assert.equal(await one.outcome, LATE)
})

test('a body has a deadline', async () => {
  const { open } = reading({ deadline: 20 })
  assert.equal(await open().outcome, LATE)
})
