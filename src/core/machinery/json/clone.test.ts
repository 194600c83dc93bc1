import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { clone, freeze } from './clone.ts'
import { deepEqual } from './equal.ts'

const parse = (text: string): unknown => JSON.parse(text)

test('a clone is equal and shares nothing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const copy = clone(freeze(value))
      assert.ok(deepEqual(copy, value))
      assert.equal(JSON.stringify(copy), JSON.stringify(value))
      if (typeof value === 'object' && value !== null) assert.notEqual(copy, value)
    }),
  )
})

test('a key called __proto__ is copied as a key and never becomes the prototype', () => {
  const copy = clone(parse('{"a":{"__proto__":{"admin":true}}}')) as { a: Record<string, unknown> }
  assert.equal(JSON.stringify(copy), '{"a":{"__proto__":{"admin":true}}}')
  assert.equal(Object.getPrototypeOf(copy.a), Object.prototype)
  assert.equal(copy.a.admin, undefined)
})

test('deep equality', () => {
  const cases: [string, string, boolean][] = [
    ['{"a":1,"b":[1,{}]}', '{"b":[1,{}],"a":1}', true],
    ['{"a":1}', '{"a":1,"b":2}', false],
    ['{"a":1,"b":2}', '{"a":1}', false],
    ['[1,2]', '[2,1]', false],
    ['[]', '{}', false],
    ['null', '{}', false],
    ['{"__proto__":{}}', '{"b":1}', false],
    ['{"__proto__":{}}', '{}', false],
    ['{}', '{"__proto__":{}}', false],
    ['{"__proto__":{"x":1}}', '{"__proto__":{"x":1}}', true],
    ['{"constructor":"x"}', '{"constructor":"x"}', true],
  ]
  for (const [a, b, expected] of cases) assert.equal(deepEqual(parse(a), parse(b)), expected, `${a} ${b}`)
  assert.ok(deepEqual({ a: 1, b: undefined }, { a: 1 }))
  assert.ok(deepEqual({ a: 1 }, { a: 1, b: undefined }))
})
