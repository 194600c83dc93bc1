import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { diff } from './diff.ts'
import { applyJsonPatch } from './json.ts'

const table: [string, unknown, unknown, unknown[]][] = [
  ['nothing', { a: 1 }, { a: 1 }, []],
  ['a member', { a: 1 }, { a: 2 }, [{ op: 'replace', path: '/a', value: 2 }]],
  [
    'keys that are escaped',
    { 'a/b': 1 },
    { 'a~b': 1 },
    [
      { op: 'remove', path: '/a~1b' },
      { op: 'add', path: '/a~0b', value: 1 },
    ],
  ],
  ['an item of a list', { a: [{ b: 1 }, 2] }, { a: [{ b: 3 }, 2] }, [{ op: 'replace', path: '/a/0/b', value: 3 }]],
  ['a list that grows', { a: [1] }, { a: [1, 2] }, [{ op: 'replace', path: '/a', value: [1, 2] }]],
  ['another type', { a: [] }, { a: {} }, [{ op: 'replace', path: '/a', value: {} }]],
  ['an inherited name', {}, { constructor: 1 }, [{ op: 'add', path: '/constructor', value: 1 }]],
]
for (const [what, before, after, operations] of table) {
  test(`diff: ${what}`, () => assert.deepEqual(diff(before, after), operations))
}

test('property: the patch makes the one into the other', () => {
  const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<unknown>
  fc.assert(
    fc.property(json, json, (before, after) => {
      assert.deepEqual(applyJsonPatch(before, diff(before, after)), after)
    }),
    { numRuns: 500 },
  )
})
