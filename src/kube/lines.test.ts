import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { LineTooLong, lines } from './lines.ts'

async function* cut(data: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0
  for (const size of sizes) {
    yield data.subarray(at, at + size)
    at += size
  }
  yield data.subarray(at)
}

test('lines survive any chunking, also inside a multi-byte character', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'binary', minLength: 1 }), { maxLength: 8 }),
      fc.array(fc.nat(7), { maxLength: 40 }),
      async (values, sizes) => {
        const expected = values.map((value) => JSON.stringify(value))
        const data = Buffer.from(expected.map((line) => `${line}\n`).join(''))
        assert.deepEqual(await Array.fromAsync(lines(cut(data, sizes), 1000)), expected)
      },
    ),
  )
})

test('empty lines are skipped and the rest after the last newline counts', async () => {
  assert.deepEqual(await Array.fromAsync(lines(cut(Buffer.from('a\n\r\n\nb'), [1, 1]), 10)), ['a', 'b'])
})

test('a line beyond the limit ends the reading', async () => {
  await assert.rejects(Array.fromAsync(lines(cut(Buffer.alloc(50, 'x'), [20, 20]), 30)), LineTooLong)
})
