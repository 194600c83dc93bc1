import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { freeze } from '../json/clone.ts'
import { deepEqual } from '../json/equal.ts'
import { applyMergePatch } from './merge.ts'

test('the examples of RFC 7386', () => {
  const cases: [string, string, string][] = [
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '{"a":"b"}', '{"a":"b"}'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
    ['{"a":1}', '{"__proto__":{"b":1}}', '{"a":1,"__proto__":{"b":1}}'],
    ['{}', '{"constructor":{"x":1}}', '{"constructor":{"x":1}}'],
  ]
  for (const [object, patch, expected] of cases) {
    const result = applyMergePatch(freeze(JSON.parse(object)), freeze(JSON.parse(patch)))
    assert.equal(JSON.stringify(result), expected, patch)
    assert.equal(Object.getPrototypeOf(result), Object.prototype)
  }
})

test('what is no object is no patch', () => {
  for (const patch of [[], null, 'x', 1]) assert.throws(() => applyMergePatch({}, patch), { code: 400 })
  const deep: unknown = JSON.parse('{"a":'.repeat(5000) + '1' + '}'.repeat(5000))
  assert.throws(() => applyMergePatch({}, deep), {
    code: 400,
    message: 'error decoding patch: json: exceeded max depth',
  })
})

test('an empty patch changes nothing, and twice is once', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue())
  fc.assert(
    fc.property(object, object, (before, patch) => {
      assert.ok(deepEqual(applyMergePatch(before, {}), before))
      const once = applyMergePatch(before, patch)
      assert.ok(deepEqual(applyMergePatch(once, patch), once))
    }),
  )
})
