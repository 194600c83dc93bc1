import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freeze } from '../core/machinery/json/clone.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { encodeObject, encodeSequence, sequenceOf } from './encode.ts'

const as = { group: 'g.example', version: 'v1', kind: 'Widget' }
const textOf = (items: KubeObject[]) =>
  [...encodeSequence(sequenceOf({ metadata: { resourceVersion: '7' }, items }, as))].join('')
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
  textOf([counted])
  assert.equal(reads, 1)
})

test('items of a list say no kind', () => {
  assert.equal(
    textOf([object('a'), object('b')]),
    '{"kind":"WidgetList","apiVersion":"g.example/v1","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}',
  )
})

test('an element is made when it is its turn', () => {
  const made: string[] = []
  const named = (name: string) => ({ metadata: { name, toJSON: () => void made.push(name) } })
  const texts = encodeSequence(sequenceOf({ metadata: {}, items: [named('a'), named('b')] }, as))
  const seen = Array.from({ length: 4 }, () => [texts.next().value, made.length])
  assert.deepEqual(seen.slice(1), [
    ['{}', 1],
    [',{}', 2],
    [']}', 2],
  ])
})

test('the JSON of a long list pushes nothing out', () => {
  let reads = 0
  const counted = freeze({ metadata: { toJSON: () => void reads++ } }) as unknown as { metadata: { name: string } }
  encodeObject(counted, as)
  textOf(Array.from({ length: 1_001 }, (_, i) => freeze({ metadata: { name: `${i}`, uid: 'x'.repeat(30_000) } })))
  encodeObject(counted, as)
  assert.equal(reads, 1)
})

test('only so much JSON is remembered', () => {
  let reads = 0
  const counted = freeze({ metadata: { toJSON: () => void reads++ } }) as unknown as { metadata: { name: string } }
  encodeObject(counted, as)
  for (let i = 0; i < 30; i++) encodeObject(freeze({ metadata: { name: `${i}`, uid: 'x'.repeat(1 << 20) } }), as)
  encodeObject(counted, as)
  assert.equal(reads, 2)
})
