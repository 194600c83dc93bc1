import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { compareElements, formatPath, keyElement, valueElement } from './element.ts'
import {
  decodeFields,
  difference,
  encodeFields,
  equals,
  intersection,
  isEmpty,
  pathsOf,
  setOf,
  union,
  without,
} from './fieldSet.ts'

const path = fc.array(fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1', 'i:0'), { minLength: 1, maxLength: 4 })
const set = fc.array(path, { maxLength: 12 }).map(setOf)

test('FieldsV1 marks members, and fields that have members', () => {
  const fields = setOf([
    ['f:spec', 'f:tags', 'k:{"name":"a"}'],
    ['f:spec', 'f:tags', 'k:{"name":"a"}', 'f:name'],
    ['f:kind'],
  ])
  assert.equal(
    JSON.stringify(encodeFields(fields)),
    '{"f:kind":{},"f:spec":{"f:tags":{"k:{\\"name\\":\\"a\\"}":{".":{},"f:name":{}}}}}',
  )
})

test('FieldsV1 comes back', () => {
  fc.assert(fc.property(set, (a) => assert.ok(equals(decodeFields(encodeFields(a))!, a))))
})

test('what is no FieldsV1 is none', () => {
  for (const fields of [
    null,
    'x',
    [],
    { a: {} },
    { 'f:a': 1 },
    { 'i:x': {} },
    { 'k:x': {} },
    { 'k:[]': {} },
    { 'f:a': { '?': {} } },
  ]) {
    assert.equal(decodeFields(fields), undefined, JSON.stringify(fields))
  }
  const deep: unknown = JSON.parse('{"f:a":'.repeat(5000) + '{}' + '}'.repeat(5000))
  assert.equal(decodeFields(deep), undefined)
})

test('the algebra of sets', () => {
  fc.assert(
    fc.property(set, set, (a, b) => {
      const [x, y] = [a, b].map((s) => new Set([...pathsOf(s)].map((p) => JSON.stringify(p)))) as [
        Set<string>,
        Set<string>,
      ]
      const texts = (s: typeof a) => [...pathsOf(s)].map((p) => JSON.stringify(p)).toSorted()
      assert.deepEqual(texts(union(a, b)), [...x.union(y)].toSorted())
      assert.deepEqual(texts(difference(a, b)), [...x.difference(y)].toSorted())
      assert.deepEqual(texts(intersection(a, b)), [...x.intersection(y)].toSorted())
      assert.ok(isEmpty(difference(a, a)))
      assert.ok(equals(union(a, b), union(b, a)))
      assert.equal(equals(a, b), x.symmetricDifference(y).size === 0)
    }),
  )
})

test('a path takes along what is below it', () => {
  const fields = setOf([['f:spec', 'f:a'], ['f:status'], ['f:status', 'f:b'], ['f:spec', 'f:c', 'f:d']])
  assert.deepEqual([...pathsOf(without(fields, [['f:status'], ['f:spec', 'f:c']]))], [['f:spec', 'f:a']])
})

test('elements', () => {
  assert.equal(
    keyElement([
      ['port', 80],
      ['name', 'a'],
    ]),
    'k:{"name":"a","port":80}',
  )
  assert.equal(
    formatPath([
      'f:spec',
      'f:ports',
      keyElement([
        ['port', 80],
        ['protocol', 'TCP'],
      ]),
      'f:x',
    ]),
    '.spec.ports[port=80,protocol="TCP"].x',
  )
  assert.equal(formatPath(['f:finalizers', valueElement('a/b')]), '.finalizers[="a/b"]')
  assert.equal(formatPath(['f:args', 'i:3']), '.args[3]')
  assert.deepEqual(['v:1', 'i:0', 'k:{}', 'f:b', 'f:a'].toSorted(compareElements), ['f:a', 'f:b', 'k:{}', 'v:1', 'i:0'])
})
