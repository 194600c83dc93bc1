import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freeze } from '../core/machinery/json/clone.ts'
import { encodeList, encodeObject } from './encode.ts'

const as = { group: 'g.example', version: 'v1', kind: 'Widget' }
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
    encodeList({ metadata: { resourceVersion: '7' }, items: [object('a'), object('b')] }, as),
    '{"kind":"WidgetList","apiVersion":"g.example/v1","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}',
  )
})
