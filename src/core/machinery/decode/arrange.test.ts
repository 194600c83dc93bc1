import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { pairs, type SchemaNode } from '../../../../test/support/fromSchema.ts'
import { Widget } from '../../../../test/support/widgets.ts'
import { Image, ImageStream } from '../../image/types.ts'
import { clone } from '../json/clone.ts'
import { isObject } from '../json/jsonObject.ts'
import { any, list, map, object, opt, str } from '../schema.ts'
import { arranger } from './arrange.ts'
import { decode } from './decode.ts'

/** As a cluster gives objects back. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}

const Inner = object('x.v1.Inner', '', { z: str(), a: opt(str()) })
const Outer = object('x.v1.Outer', '', {
  spec: opt(Inner),
  metadata: opt(Inner),
  items: opt(list(Inner)),
  named: opt(map(Inner)),
  plain: opt(map(str())),
  raw: opt(any()),
})

test('fields come in the order of their type, those that it does not know behind, and maps as they are', () => {
  const arrange = arranger(Outer)
  const cases: [value: unknown, json: string][] = [
    [
      { spec: { a: '1', z: '2' }, metadata: { a: '1', z: '2' } },
      '{"metadata":{"z":"2","a":"1"},"spec":{"z":"2","a":"1"}}',
    ],
    [{ items: [{ a: '1', z: '2' }, {}, null] }, '{"items":[{"z":"2","a":"1"},{},null]}'],
    [{ named: { y: { a: '1', z: '2' }, b: null } }, '{"named":{"y":{"z":"2","a":"1"},"b":null}}'],
    [{ raw: { z: 1, a: 2 }, plain: { z: '', a: '' } }, '{"plain":{"z":"","a":""},"raw":{"z":1,"a":2}}'],
    [{ new: { z: 1, a: 2 }, constructor: 1, spec: {} }, '{"spec":{},"new":{"z":1,"a":2},"constructor":1}'],
    [{ spec: null, items: {}, named: [], metadata: 'x' }, '{"metadata":"x","spec":null,"items":{},"named":[]}'],
    [
      JSON.parse('{"__proto__":{"a":1},"spec":{"__proto__":2,"z":""}}'),
      '{"spec":{"z":"","__proto__":2},"__proto__":{"a":1}}',
    ],
    [null, 'null'],
    [[], '[]'],
    ['x', '"x"'],
  ]
  for (const [value, json] of cases) assert.equal(JSON.stringify(arrange(value)), json)
})

test('property: what was decoded and has been sorted since looks as if it never was', () => {
  for (const schema of [Widget, ImageStream, Image]) {
    const arrange = arranger(schema)
    fc.assert(
      fc.property(pairs(schema as SchemaNode, 6), ([value]) => {
        const { object: decoded } = decode(schema, sorted(value))
        const stored = sorted(clone(decoded))
        assert.equal(JSON.stringify(arrange(stored)), JSON.stringify(decoded))
      }),
    )
  }
})

test('property: nothing is changed, whatever it is', () => {
  const arrange = arranger(ImageStream)
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const whole of [value, { spec: value, x: value }, { spec: { tags: value }, status: { tags: [value] } }]) {
        const json = JSON.stringify(whole)
        const given: unknown = JSON.parse(json)
        assert.deepEqual(arrange(given), JSON.parse(json))
        assert.equal(JSON.stringify(given), json)
      }
    }),
  )
})
