import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freeze } from '../core/machinery/json/clone.ts'
import type { KubeObject, ObjectList } from '../core/machinery/object.ts'
import { encodeList, encodeObject } from './encode.ts'

const as = { group: 'g.example', version: 'v1', kind: 'Widget' }
const piecesOf = (list: ObjectList): Buffer[] => {
  const encoded = encodeList(list, as)
  return Buffer.isBuffer(encoded) ? [encoded] : [...encoded]
}
const textOf = (items: KubeObject[]) => piecesOf({ metadata: { resourceVersion: '7' }, items }).join('')
const object = (name: string) => ({ metadata: { name } })

test('an object without a kind gets the kind that is spoken, in front', () => {
  assert.equal(encodeObject(object('a'), as), '{"kind":"Widget","apiVersion":"g.example/v1","metadata":{"name":"a"}}')
})

test('an object that names its kind keeps it', () => {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {} }
  assert.equal(encodeObject(status, as), JSON.stringify(status))
})

test('the JSON of a frozen object is made once', () => {
  let reads = 0
  const counted = freeze({
    metadata: {
      toJSON: () => {
        reads++
        return { name: 'a' }
      },
    },
  }) as unknown as { metadata: { name: string } }
  for (let i = 0; i < 3; i++) encodeObject(counted, as)
  encodeList({ metadata: {}, items: [counted] }, as)
  assert.equal(reads, 1)
})

test('items of a list say no kind', () => {
  assert.equal(
    textOf([object('a'), object('b')]),
    '{"kind":"WidgetList","apiVersion":"g.example/v1","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}\n',
  )
})

test('a long list is the same in pieces, none of which cuts a character', () => {
  const items = Array.from({ length: 3_000 }, (_, i) => freeze({ metadata: { name: `ä${i}`, uid: 'ö'.repeat(500) } }))
  const pieces = piecesOf({ metadata: {}, items })
  assert.ok(pieces.length > 3)
  assert.ok(pieces.every((piece) => Buffer.from(piece.toString()).equals(piece)))
  assert.deepEqual((JSON.parse(Buffer.concat(pieces).toString()) as { items: object[] }).items, items)
})

test('only so much JSON is remembered', () => {
  let reads = 0
  const counted = freeze({ metadata: { toJSON: () => void reads++ } }) as unknown as { metadata: { name: string } }
  encodeObject(counted, as)
  for (let i = 0; i < 30; i++) encodeObject(freeze({ metadata: { name: `${i}`, uid: 'x'.repeat(1 << 20) } }), as)
  encodeObject(counted, as)
  assert.equal(reads, 2)
})
