import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { findDuplicateKeys } from './duplicates.ts'

const cases: [string, string[]][] = [
  ['{"a":1,"b":{"a":2}}', []],
  ['{"a":1,"a":2}', ['a']],
  ['{"spec":{"tags":[{"name":"x"},{"name":"y" , "name":"z"}]}}', ['spec.tags[1].name']],
  ['{"a":"\\"a\\":1","a\\u0061":1,"aa":2}', ['aa']],
  ['{"a":["a","a",{"b":1,"b":2}]}', ['a[2].b']],
  ['{"__proto__":1,"__proto__":2}', ['__proto__']],
  ['["x","x"]', []],
  ['"x"', []],
]
for (const [json, wanted] of cases)
  test(`duplicates in ${json}`, () => assert.deepEqual(findDuplicateKeys(json), wanted))

test('JSON that a program wrote has none', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => assert.deepEqual(findDuplicateKeys(JSON.stringify(value)), [])))
})

test('a long and deep body takes linear time', () => {
  const json = `${'{"a":['.repeat(100_000)}1${']}'.repeat(100_000)}`
  assert.deepEqual(findDuplicateKeys(json), [])
})
