import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { freeze } from '../json/clone.ts'
import { deepEqual } from '../json/equal.ts'
import { ApiError } from '../status.ts'
import { applyJsonPatch } from './json.ts'

const apply = (object: string, patch: unknown): string =>
  JSON.stringify(applyJsonPatch(freeze(JSON.parse(object)), patch))

test('operations', () => {
  const cases: [string, object[], string][] = [
    ['{"a":1}', [{ op: 'add', path: '/b', value: 2 }], '{"a":1,"b":2}'],
    ['{"a":1}', [{ op: 'add', path: '/a', value: 2 }], '{"a":2}'],
    ['{"a":[1,3]}', [{ op: 'add', path: '/a/1', value: 2 }], '{"a":[1,2,3]}'],
    ['{"a":[1]}', [{ op: 'add', path: '/a/-', value: 2 }], '{"a":[1,2]}'],
    ['{"a":[1]}', [{ op: 'add', path: '/a/1', value: 2 }], '{"a":[1,2]}'],
    ['{"a":1}', [{ op: 'add', path: '', value: { b: 1 } }], '{"b":1}'],
    ['{"a":1,"b":2}', [{ op: 'remove', path: '/a' }], '{"b":2}'],
    ['{"a":[1,2]}', [{ op: 'remove', path: '/a/0' }], '{"a":[2]}'],
    ['{"a":null}', [{ op: 'remove', path: '/a' }], '{}'],
    ['{"a":[1,2]}', [{ op: 'replace', path: '/a/1', value: null }], '{"a":[1,null]}'],
    ['{"a":{}}', [{ op: 'replace', path: '/a/b', value: 1 }], '{"a":{"b":1}}'],
    ['{"a":{"b":1},"c":{}}', [{ op: 'move', from: '/a/b', path: '/c/d' }], '{"a":{},"c":{"d":1}}'],
    ['{"a":[1,2,3]}', [{ op: 'move', from: '/a/0', path: '/a/2' }], '{"a":[2,3,1]}'],
    [
      '{"a":{"b":1}}',
      [
        { op: 'copy', from: '/a', path: '/c' },
        { op: 'add', path: '/c/b', value: 2 },
      ],
      '{"a":{"b":1},"c":{"b":2}}',
    ],
    ['{"a~/b":{"":1}}', [{ op: 'replace', path: '/a~0~1b/', value: 2 }], '{"a~/b":{"":2}}'],
    ['{"a":{"x":1,"y":[{}]}}', [{ op: 'test', path: '/a', value: { y: [{}], x: 1 } }], '{"a":{"x":1,"y":[{}]}}'],
    ['{}', [{ op: 'test', path: '/a', value: null }], '{}'],
    [
      '{"constructor":{"prototype":1}}',
      [{ op: 'replace', path: '/constructor/prototype', value: 2 }],
      '{"constructor":{"prototype":2}}',
    ],
  ]
  for (const [object, patch, expected] of cases) assert.equal(apply(object, patch), expected, JSON.stringify(patch))
})

test('operations that do not apply are 422', () => {
  const cases: [object, string][] = [
    [{ op: 'test', path: '/a/0', value: 2 }, 'testing value /a/0 failed: test failed'],
    [{ op: 'test', path: '/s', value: null }, 'testing value /s failed: test failed'],
    [
      { op: 'replace', path: '/nosuch/x', value: 1 },
      'replace operation does not apply: doc is missing path: /nosuch/x: missing value',
    ],
    [
      { op: 'replace', path: '/a/-', value: 1 },
      'replace operation does not apply: doc is missing path: /a/-: missing value',
    ],
    [{ op: 'remove', path: '/a/1' }, 'remove operation does not apply: doc is missing path: /a/1: missing value'],
    [
      { op: 'remove', path: '/toString' },
      'remove operation does not apply: doc is missing path: /toString: missing value',
    ],
    [{ op: 'add', path: '/a/2', value: 1 }, 'add operation does not apply: doc is missing path: /a/2: missing value'],
    [{ op: 'add', path: '/a/00', value: 1 }, 'add operation does not apply: doc is missing path: /a/00: missing value'],
    [
      { op: 'add', path: '/s/length', value: 1 },
      'add operation does not apply: doc is missing path: /s/length: missing value',
    ],
    [
      { op: 'add', path: '/__proto__/x', value: 1 },
      'add operation does not apply: doc is missing path: /__proto__/x: missing value',
    ],
    [{ op: 'add', path: 'a', value: 1 }, 'add operation does not apply: doc is missing path: a: missing value'],
    [
      { op: 'move', from: '/o', path: '/o/p' },
      'move operation does not apply: doc is missing path: /o/p: missing value',
    ],
    [{ op: 'copy', from: '/x', path: '/y' }, 'copy operation does not apply: doc is missing path: /x: missing value'],
    [{ op: 'jump', path: '/a' }, 'unexpected kind: jump'],
  ]
  for (const [operation, message] of cases) {
    assert.throws(
      () => apply('{"a":[1],"s":"text","o":{}}', [operation]),
      (error) => {
        assert.ok(error instanceof ApiError)
        assert.deepEqual([error.code, error.reason, error.message, error.status.details], [422, 'Invalid', message, {}])
        return true
      },
    )
  }
})

test('what is no patch is 400', () => {
  const cases: unknown[] = [
    {},
    null,
    'x',
    [1],
    [{ op: 'add' }],
    [{ op: 'add', path: '/a' }],
    [{ op: 'move', path: '/a' }],
  ]
  for (const patch of cases) assert.throws(() => apply('{}', patch), { code: 400 }, JSON.stringify(patch))
})

test('a patch is bounded', () => {
  const many = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '', value: {} }))
  assert.throws(() => apply('{}', many), {
    code: 413,
    message: 'The allowed maximum operations in a JSON patch is 10000, got 10001',
  })
  const doubling = Array.from({ length: 100 }, (_, i) => ({ op: 'copy', from: '/a', path: `/a/k${i}` }))
  assert.throws(() => apply('{"a":{"x":"0123456789"}}', doubling), { code: 413 })
  const deepening = Array.from({ length: 50 }, () => ({ op: 'copy', from: '/a', path: `/a/b` }))
  assert.throws(() => apply('{"a":{}}', [...deepening, ...deepening, ...deepening, ...deepening, ...deepening]), {
    code: 422,
  })
  assert.throws(() => apply('{}', [{ op: 'add', path: '/a'.repeat(1000), value: 1 }]), { code: 422 })
})

test('a patch that works hard on a large object is refused, soon', () => {
  const large = { a: Array.from({ length: 100_000 }, (_, i) => ({ i })), b: {} }
  const there = { op: 'move', from: '/a', path: '/b/a' }
  const back = { op: 'move', from: '/b/a', path: '/a' }
  const cases: [object[], RegExp][] = [
    [[there, back], /move operations of a JSON patch may move 2000000 values at most/],
    [[{ op: 'add', path: '/a/0', value: 1 }], /insert and remove too much in long lists/],
    [[{ op: 'move', from: '/a/0', path: '/a/1' }], /insert and remove too much in long lists/],
  ]
  for (const [operations, message] of cases) {
    const started = performance.now()
    const patch = Array.from({ length: 10_000 }, (_, i) => operations[i % operations.length])
    assert.throws(() => applyJsonPatch(large, patch), { code: 413, message })
    // All of it would take minutes.
    assert.ok(performance.now() - started < 10_000)
  }
  const first = Array.from({ length: 5000 }, () => ({ op: 'add', path: '/a/0', value: 1 }))
  assert.equal((applyJsonPatch({ a: [] }, first) as typeof large).a.length, 5000)
  const last = Array.from({ length: 10_000 }, () => ({ op: 'add', path: '/a/-', value: 1 }))
  assert.equal((applyJsonPatch(large, last) as typeof large).a.length, 110_000)
})

test('a key called __proto__ is a key', () => {
  assert.equal(apply('{"a":{}}', [{ op: 'add', path: '/a/__proto__', value: { x: 1 } }]), '{"a":{"__proto__":{"x":1}}}')
  assert.equal(({} as { x?: number }).x, undefined)
})

test('an empty patch changes nothing; what was added can be tested and removed', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.jsonValue(), (object, key, value) => {
      assert.ok(deepEqual(applyJsonPatch(object, []), object))
      const path = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const { [key]: _old, ...without } = object
      const steps = [
        { op: 'add', path, value },
        { op: 'test', path, value },
        { op: 'remove', path },
      ]
      assert.ok(deepEqual(applyJsonPatch(object, steps), without))
    }),
  )
})

test('anything is either applied or an ApiError', () => {
  const token = fc.constantFrom('a', 'b', '0', '1', '-', '__proto__', 'constructor', '')
  const path = fc.array(token, { maxLength: 3 }).map((tokens) => tokens.map((t) => `/${t}`).join(''))
  const op = fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test')
  const operation = fc.record({ op, path, from: path, value: fc.jsonValue({ maxDepth: 2 }) })
  fc.assert(
    fc.property(fc.array(operation), (patch) => {
      try {
        applyJsonPatch({ a: [1, { b: {} }], b: { a: 'x' } }, patch)
      } catch (error) {
        assert.ok(error instanceof ApiError, String(error))
      }
      assert.deepEqual(Object.keys(Object.prototype), [])
    }),
  )
})
