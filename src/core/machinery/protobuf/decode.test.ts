import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  any,
  bool,
  bytes,
  field,
  int32,
  int64,
  intOrString,
  list,
  map,
  object,
  opt,
  quantity,
  str,
  time,
} from '../schema.ts'
import { decodeMessage, type NumberTables, openEnvelope } from './decode.ts'
import { fieldsOf, ProtobufError } from './reader.ts'

// A writer of just what the tests need.
const varint = (n: bigint): number[] => {
  const out: number[] = []
  let rest = BigInt.asUintN(64, n)
  for (; rest >= 0x80n; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80)
  return [...out, Number(rest)]
}
const number = (n: number, value: bigint | number): number[] => [...varint(BigInt(n << 3)), ...varint(BigInt(value))]
const chunk = (n: number, content: number[] | string): number[] => {
  const data = typeof content === 'string' ? [...Buffer.from(content)] : content
  return [...varint(BigInt((n << 3) | 2)), ...varint(BigInt(data.length)), ...data]
}
const message = (...parts: number[][]): Uint8Array => Uint8Array.from(parts.flat())

const part = object('x.Part', 'A part.', { name: str(), limits: opt(map(quantity())) })
const status = object('x.Status', 'A status.', { ready: int32() })
const thing = object('x.Thing', 'A thing.', {
  name: str(),
  count: opt(int64()),
  on: opt(bool()),
  when: opt(time()),
  port: opt(intOrString()),
  labels: opt(map(str())),
  data: opt(map(bytes())),
  parts: opt(list(field(part, 'Parts.'))),
  ids: opt(list(int64())),
  raw: opt(any()),
  inner: opt(str()),
  status: opt(field(status, 'Status.')),
})
const tables: NumberTables = {
  'x.Thing': {
    1: 'name',
    2: 'count',
    3: 'on',
    4: 'when',
    5: 'port',
    6: 'labels',
    7: 'parts',
    8: 'ids',
    9: { 1: 'inner' },
    10: 'raw',
    11: 'data',
    12: 'status',
  },
  'x.Part': { 1: 'name', 2: 'limits' },
}

const cases: [string, Uint8Array, object][] = [
  ['nothing', message(), {}],
  ['scalars', message(chunk(1, 'a'), number(2, -3n), number(3, 1)), { name: 'a', count: -3, on: true }],
  ['the last of a scalar', message(chunk(1, 'a'), chunk(1, 'b')), { name: 'b' }],
  [
    'a time',
    message(chunk(4, [...number(1, 1_700_000_000), ...number(2, 5)])),
    { when: '2023-11-14T22:13:20.000000005Z' },
  ],
  ['a time that was never set', message(chunk(4, [])), { when: undefined }],
  ['a number of intOrString', message(chunk(5, [...number(1, 0), ...number(2, 80)])), { port: 80 }],
  ['a text of intOrString', message(chunk(5, [...number(1, 1), ...number(2, 0), ...chunk(3, '25%')])), { port: '25%' }],
  [
    'maps',
    message(chunk(6, [...chunk(1, 'k'), ...chunk(2, 'v')]), chunk(6, chunk(1, 'empty'))),
    { labels: { k: 'v', empty: '' } },
  ],
  ['bytes', message(chunk(11, [...chunk(1, 'k'), ...chunk(2, [0xff, 0])])), { data: { k: '/wA=' } }],
  [
    'lists of messages with maps of messages',
    message(
      chunk(7, [...chunk(1, 'p'), ...chunk(2, [...chunk(1, 'cpu'), ...chunk(2, chunk(1, '5m'))])]),
      chunk(7, chunk(1, 'q')),
    ),
    { parts: [{ name: 'p', limits: { cpu: '5m' } }, { name: 'q' }] },
  ],
  ['lists of numbers', message(number(8, 7), number(8, 8)), { ids: [7, 8] }],
  ['a message that JSON has inline', message(chunk(9, chunk(1, 'deep'))), { inner: 'deep' }],
  ['embedded JSON', message(chunk(10, chunk(1, '{"a":[1]}'))), { raw: { a: [1] } }],
  ['fields without a number', message(chunk(99, 'x'), number(98, 1)), {}],
  ['types without numbers', message(chunk(12, number(1, 3))), { status: {} }],
]
for (const [what, bytes, wanted] of cases)
  test(`reads ${what}`, () => assert.deepEqual(decodeMessage(thing, tables, bytes), wanted))

test('a key "__proto__" is only a key', () => {
  const { labels } = decodeMessage(thing, tables, message(chunk(6, [...chunk(1, '__proto__'), ...chunk(2, 'v')]))) as {
    labels: object
  }
  assert.deepEqual(Object.keys(labels), ['__proto__'])
  assert.equal(Object.getPrototypeOf(labels), Object.prototype)
})

test('the envelope says what is inside', () => {
  const body = Uint8Array.from([
    ...Buffer.from('k8s\0'),
    ...chunk(1, [...chunk(1, 'v1'), ...chunk(2, 'Thing')]),
    ...chunk(2, chunk(1, 'a')),
  ])
  const { apiVersion, kind, raw } = openEnvelope(body)
  assert.deepEqual([apiVersion, kind, decodeMessage(thing, tables, raw)], ['v1', 'Thing', { name: 'a' }])
  assert.throws(() => openEnvelope(Buffer.from('{"kind":"Thing"}')), ProtobufError)
})

test('a type that has no numbers at all is refused', () => {
  assert.throws(() => decodeMessage(status, tables, message()), /send JSON/)
})

test('any bytes are read or refused, never worse', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      try {
        decodeMessage(thing, tables, noise)
        for (const _ of fieldsOf(noise)) void _
      } catch (error) {
        assert.ok(error instanceof ProtobufError, String(error))
      }
    }),
  )
})
