import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { send, type Outgoing } from './outgoing.ts'

/** A client that reads whatever is written at once. */
class Eager extends Writable {
  readonly lengths: number[] = []
  statusCode = 0
  readonly names: string[] = []
  setHeader(name: string): void {
    this.names.push(name)
  }
  flushHeaders(): void {}
  override _write(piece: Buffer, _: string, done: () => void): void {
    this.lengths.push(piece.length)
    done()
  }
}

test('others have their turn after each piece, however fast the client reads', async () => {
  const client = new Eager({ highWaterMark: 1 << 30 })
  let turns = 0
  const count = (): void => {
    turns++
    next = setImmediate(count)
  }
  let next = setImmediate(count)
  const pieces = Array.from({ length: 5 }, () => Buffer.alloc(150_000)).values()
  await send(client as unknown as Outgoing, { status: 200, body: pieces }, 'GET')
  clearImmediate(next)
  const written = [64 * 1024, 64 * 1024, 150_000 - 128 * 1024]
  assert.deepEqual(client.lengths, Array.from({ length: 5 }, () => written).flat())
  assert.ok(turns >= client.lengths.length - 1, `${turns} turns`)
  assert.deepEqual(client.names, [])
})

test('nothing is made for nobody: HEAD', async () => {
  let made = 0
  function* pieces(): Generator<Buffer> {
    for (; made < 3; made++) yield Buffer.alloc(1)
  }
  const client = new Eager()
  await send(client as unknown as Outgoing, { status: 200, body: pieces() }, 'HEAD')
  assert.deepEqual([made, client.lengths, client.writableEnded], [0, [], true])
})
