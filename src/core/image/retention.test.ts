import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { event, stream } from '../../../test/support/imageObjects.ts'
import { clone } from '../machinery/json/clone.ts'
import { KEPT, MAX_STREAM, retain } from './retention.ts'
import type { ImageStream, TagEvent } from './types.ts'

const history = (length: number): TagEvent[] =>
  Array.from({ length }, (_, i) => event(i % 2 ? 'a' : 'b', { generation: length - i }))
const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))
const lengths = ({ status }: ImageStream): Record<string, number> =>
  Object.fromEntries((status.tags ?? []).map(({ tag, items }) => [tag, items?.length ?? 0]))

test('5,000 events are kept', () => {
  const s = stream([], { v1: history(5_000) })
  assert.equal(retain(s), 0)
  assert.equal(lengths(s)['v1'], 5_000)
})

test('of a stream that is too large the longest history gives way, as little as is needed', () => {
  const s = stream([], { busy: history(20_000), calm: history(40) })
  const before = clone(s)
  const forgotten = retain(s)
  assert.equal(lengths(s)['busy'], 20_000 - forgotten)
  assert.equal(lengths(s)['calm'], 40)
  assert.ok(bytes(s) <= MAX_STREAM)
  assert.ok(bytes(s) > MAX_STREAM - 2 * bytes(event('a')))
  const kept = s.status.tags![0]!.items!
  assert.deepEqual(kept, before.status.tags![0]!.items!.slice(0, kept.length), 'the newest are kept')
})

test('every tag keeps its newest events, however large the rest is', () => {
  const s = stream([], { a: history(1_000), b: history(KEPT), c: history(1) })
  s.metadata.annotations = { large: 'x'.repeat(2 * MAX_STREAM) }
  assert.equal(retain(s), 1_000 - KEPT)
  assert.deepEqual(lengths(s), { a: KEPT, b: KEPT, c: 1 })
})

test('a stream of many small histories is left alone', () => {
  const s = stream([], Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`v${i}`, history(2)])))
  assert.equal(retain(s), 0)
})

test('property: what is left is small enough or has no more to give, and doing it again changes nothing', () => {
  const lists = fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(lists, (counts) => {
      const s = stream([], Object.fromEntries(counts.map((n, i) => [`v${i}`, history(n)])))
      const total = counts.reduce((sum, n) => sum + n, 0)
      const forgotten = retain(s)
      const left = Object.values(lengths(s))
      assert.equal(
        left.reduce((sum, n) => sum + n, 0),
        total - forgotten,
      )
      assert.ok(bytes(s) <= MAX_STREAM || left.every((n) => n <= KEPT))
      assert.equal(retain(s), 0)
    }),
    { numRuns: 30 },
  )
})
