import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { pairs, type SchemaNode } from '../../../../test/support/fromSchema.ts'
import { Widget } from '../../../../test/support/widgets.ts'
import { Image, ImageStream } from '../../image/types.ts'
import { any, bool, int32, intOrString, list, map, nullable, object, opt, str, time } from '../schema.ts'
import { conformer } from './conforms.ts'
import { decode } from './decode.ts'

const Inner = object('x.v1.Inner', '', { z: str(), a: opt(str()) })
const Outer = object('x.v1.Outer', '', {
  inner: opt(Inner),
  items: opt(list(Inner)),
  named: opt(map(Inner)),
  yes: opt(bool()),
  count: opt(int32()),
  either: opt(intOrString()),
  at: opt(time()),
  raw: opt(any()),
  none: nullable(list(str())),
})

test('a value conforms when each part of it is of its kind, and all is there that has to be', () => {
  const conforms = conformer(Outer)
  const none = { none: null }
  const yes: unknown[] = [
    none,
    { none: [] },
    { ...none, inner: { z: '' }, items: [], named: {}, yes: true, count: 1, either: 1, at: null, raw: null },
    { ...none, items: [{ z: '1', a: '2' }], named: { x: { z: '' } }, either: '5%', at: '2026-01-01T00:00:00Z' },
    { ...none, unknown: { anything: [null] }, raw: { deep: [1] } },
    { ...none, inner: undefined },
  ]
  const wrong: [name: string, values: unknown[]][] = [
    ['inner', [{}, { a: '1' }, null, 'x', []]],
    ['items', [{}, null, 'x', [{}], [null], ['x']]],
    ['named', [[], null, 'x', { x: {} }, { x: null }]],
    ['yes', [1]],
    ['count', ['1']],
    ['either', [true]],
    ['at', [1]],
    ['none', [{}]],
  ]
  const no: unknown[] = [null, undefined, 'x', 1, [], {}]
  for (const [name, values] of wrong) for (const value of values) no.push({ ...none, [name]: value })
  for (const value of yes) assert.equal(conforms(value), true, JSON.stringify(value))
  for (const value of no) assert.equal(conforms(value), false, JSON.stringify(value))
})

test('property: whatever was decoded conforms', () => {
  for (const schema of [Widget, ImageStream, Image]) {
    const conforms = conformer(schema)
    fc.assert(fc.property(pairs(schema as SchemaNode, 6), ([value]) => conforms(decode(schema, value).object)))
  }
})
