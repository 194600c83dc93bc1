import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { assertLinear, repeated } from '../../../../test/support/linearTime.ts'
import { findDuplicateKeys } from './duplicates.ts'

test('repeated keys are found', () => {
  const cases: [string, string[]][] = [
    ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}', []],
    ['{"a":1,"a":2}', ['a']],
    ['{"a":1,"a":2,"a":3}', ['a']],
    ['{"spec":{"tags":[{"name":"x"},{"name":"a","name":"b"}]}}', ['spec.tags[1].name']],
    ['{"spec": {"tags" :[ [1,2], {"name":"a", "name" : "b"} ], "tags":[]}}', ['spec.tags[1].name', 'spec.tags']],
    [String.raw`{"a":"\",\"a\":","\u0061":2}`, ['a']],
    [String.raw`{"a\\":1,"a":2,"b":"\\"}`, []],
    ['{"a":"a","b":["a","a"]}', []],
    ['{"__proto__":1,"__proto__":2,"constructor":1}', ['__proto__']],
    ['{"a":{},"b":[],"a":0}', ['a']],
    ['"text"', []],
    ['[]', []],
  ]
  for (const [text, expected] of cases) assert.deepEqual(findDuplicateKeys(text), expected, text)
})

test('what JSON.stringify writes has none', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => assert.deepEqual(findDuplicateKeys(JSON.stringify(value, null, 1)), [])),
  )
})

test('a repeated object reports each member once', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { minKeys: 1 }), (object) => {
      const inner = JSON.stringify(object).slice(1, -1)
      assert.equal(findDuplicateKeys(`{${inner},${inner}}`).length, Object.keys(object).length)
    }),
  )
})

test('any text is scanned in linear time', () => {
  for (const piece of ['{"a":', '[', '[{"a":', '"a":1,', '\\', '\\"', '"', '{"a":1,"a":1},', '"k', ','])
    for (const end of ['', '"'])
      for (const start of ['', '{"a":"', '{"a":{'])
        assertLinear(start + piece, findDuplicateKeys, repeated(piece, end, start))
})

test('what is found stays small, however deep or long the keys are', () => {
  const n = 300_000
  assert.deepEqual(findDuplicateKeys('[{"a":'.repeat(n) + '1,"a":2' + '}]'.repeat(n)), [])
  assert.equal(findDuplicateKeys(`{${Array.from({ length: n }, (_, i) => `"k${i >> 1}":1`).join()}}`).length, 100)
  const pairs = Array.from({ length: 1000 }, (_, i) => `"k${i}":1,"k${i}":2`).join()
  const found = findDuplicateKeys(`{"${'x'.repeat(1_000_000)}":{${pairs}}}`)
  assert.ok(found.length > 0 && found.length <= 100)
  assert.ok(found.join().length < 200_000, `${found.join().length}`)
})
