import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { decode, DecodeError } from './decode.ts'
import { checkDepth, MAX_DEPTH } from './error.ts'
import { listOf, objectMeta, typeMeta } from '../meta/objectMeta.ts'
import { any, bool, bytes, int32, int64, intOrString, list, map, microTime, nullable, object, opt } from '../schema.ts'
import { pointer, quantity, str, time, type TSchema } from '../schema.ts'

const Reference = object('com.example.v1.Reference', '', { kind: str(), name: opt(str()) })
const Tag = object('com.example.v1.TagReference', '', {
  name: str(),
  annotations: nullable(map(str())),
  from: opt(Reference),
  reference: opt(bool()),
  generation: nullable(int64()),
  policy: object('com.example.v1.Policy', '', { type: opt(str()) }),
})
const Spec = object('com.example.v1.StreamSpec', '', {
  tags: opt(list(Tag, '', { mergeKey: 'name' })),
  replicas: pointer(int32()),
  raw: opt(any()),
  port: opt(intOrString()),
  limits: opt(map(quantity())),
  data: opt(map(bytes())),
  at: opt(time()),
  exact: opt(microTime()),
  nested: opt(map(list(Reference))),
})
const Stream = object('com.example.v1.Stream', '', { metadata: objectMeta, spec: Spec, ...typeMeta })

/** Decodes `value` as the object's spec and gives that back as JSON. */
const spec = (value: unknown): string => JSON.stringify(decode(Stream, { spec: value }).object.spec)

test('an empty object becomes the canonical zero', () => {
  const { object, unknown } = decode(Stream, {})
  assert.equal(JSON.stringify(object), '{"metadata":{},"spec":{}}')
  assert.deepEqual(unknown, [])
})

test('properties follow the schema, kind, apiVersion and metadata lead', () => {
  const { object } = decode(Stream, {
    spec: { replicas: 1, tags: [] },
    metadata: { uid: 'u', name: 'n' },
    apiVersion: 'v1',
    kind: 'K',
  })
  assert.equal(
    JSON.stringify(object),
    '{"kind":"K","apiVersion":"v1","metadata":{"name":"n","uid":"u"},"spec":{"replicas":1}}',
  )
})

test('canonical values', () => {
  const zero = '"annotations":null,"generation":null,"policy":{}'
  const cases: [string, unknown, string][] = [
    ['required members are filled', { tags: [{}] }, `{"tags":[{"name":"",${zero}}]}`],
    ['null is absent', { tags: null, replicas: null, raw: null, at: null }, '{}'],
    ['a null item is its zero', { tags: [null] }, `{"tags":[{"name":"",${zero}}]}`],
    ['empty optionals vanish', { tags: [], limits: {}, data: {} }, '{}'],
    ['a false optional vanishes', { tags: [{ name: 'a', reference: false }] }, `{"tags":[{"name":"a",${zero}}]}`],
    [
      'an optional struct with members stays',
      { tags: [{ from: {} }] },
      '{"tags":[{"name":"","annotations":null,"from":{"kind":""},"generation":null,"policy":{}}]}',
    ],
    ['a zero pointer stays', { replicas: 0 }, '{"replicas":0}'],
    [
      'an empty nullable map is null',
      { tags: [{ annotations: {}, generation: 0 }] },
      '{"tags":[{"name":"","annotations":null,"generation":0,"policy":{}}]}',
    ],
    ['null in a map is the zero', { limits: { a: null } }, '{"limits":{"a":"0"}}'],
    ['any is kept', { raw: { b: [1, null, {}], a: '' } }, '{"raw":{"b":[1,null,{}],"a":""}}'],
    ['int or string', { port: 'http' }, '{"port":"http"}'],
    ['numbers are quantities', { limits: { cpu: 0.5, memory: '1Gi' } }, '{"limits":{"cpu":"500m","memory":"1Gi"}}'],
    ['times lose fraction and offset', { at: '2024-03-01T01:30:00.999+02:00' }, '{"at":"2024-02-29T23:30:00Z"}'],
    ['micro times keep six digits', { exact: '2024-01-01T00:00:00.1Z' }, '{"exact":"2024-01-01T00:00:00.100000Z"}'],
    ['base64 loses line breaks', { data: { a: 'aGFs\nbG8=' } }, '{"data":{"a":"aGFsbG8="}}'],
  ]
  for (const [name, value, expected] of cases) assert.equal(spec(value), expected, name)
})

test('errors have the words of Go', () => {
  const at = (field: string, struct: string) => `Go struct field ${struct}.${field} of type`
  const cases: [unknown, string, string][] = [
    [
      { spec: { tags: 'x' } },
      'type',
      `json: cannot unmarshal string into ${at('spec.tags', 'StreamSpec')} []v1.TagReference`,
    ],
    [{ spec: [] }, 'type', `json: cannot unmarshal array into ${at('spec', 'Stream')} v1.StreamSpec`],
    [[], 'type', 'json: cannot unmarshal array into Go value of type v1.Stream'],
    ['x', 'type', 'json: cannot unmarshal string into Go value of type v1.Stream'],
    [
      { spec: { tags: [{ name: 1 }] } },
      'type',
      `json: cannot unmarshal number into ${at('spec.tags.name', 'TagReference')} string`,
    ],
    [
      { metadata: { labels: { a: true } } },
      'type',
      `json: cannot unmarshal bool into ${at('metadata.labels', 'ObjectMeta')} string`,
    ],
    [
      { metadata: { labels: [] } },
      'type',
      `json: cannot unmarshal array into ${at('metadata.labels', 'ObjectMeta')} map[string]string`,
    ],
    [
      { spec: { replicas: 1.5 } },
      'range',
      `json: cannot unmarshal number 1.5 into ${at('spec.replicas', 'StreamSpec')} int32`,
    ],
    [
      { spec: { replicas: 2 ** 31 } },
      'range',
      `json: cannot unmarshal number 2147483648 into ${at('spec.replicas', 'StreamSpec')} int32`,
    ],
    [
      { metadata: { generation: 2 ** 53 } },
      'range',
      `json: cannot unmarshal number 9007199254740992 into ${at('metadata.generation', 'ObjectMeta')} int64`,
    ],
    [
      { metadata: { generation: 2 ** 63 } },
      'range',
      `json: cannot unmarshal number 9223372036854776000 into ${at('metadata.generation', 'ObjectMeta')} int64`,
    ],
    [{ spec: { port: 70000000000 } }, 'range', 'json: cannot unmarshal number 70000000000 into Go value of type int32'],
    [
      { spec: { raw: { a: [Infinity] } } },
      'range',
      'json: cannot unmarshal number Infinity into Go value of type float64',
    ],
    [{ spec: { at: 5 } }, 'type', 'json: cannot unmarshal number into Go value of type string'],
    [
      { spec: { at: 'now' } },
      'time',
      'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"',
    ],
    [{ spec: { at: '2021-02-29T00:00:00Z' } }, 'time', 'parsing time "2021-02-29T00:00:00Z": day out of range'],
    [{ spec: { data: { a: '?' } } }, 'base64', 'illegal base64 data'],
    [
      { spec: { limits: { cpu: 'many' } } },
      'quantity',
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
  ]
  for (const [value, code, message] of cases) {
    assert.throws(() => decode(Stream, value), { name: 'DecodeError', code, message })
  }
})

test('unknown fields are pruned and named by their path', () => {
  const { object, unknown } = decode(Stream, {
    spec: {
      foo: 1,
      tags: [{ name: 'a', bar: {} }, { from: { x: 1 } }],
      nested: { k: [{ kind: 'a', y: 2 }] },
      raw: { free: 1 },
    },
    extra: null,
    metadata: { labels: { any: 'thing' } },
  })
  assert.deepEqual(unknown, ['spec.tags[0].bar', 'spec.tags[1].from.x', 'spec.nested.k[0].y', 'spec.foo', 'extra'])
  assert.equal(JSON.stringify(object).includes('bar'), false)
})

test('the number of reported unknown fields is bounded', () => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`x${i}`, 1]))
  assert.equal(decode(Stream, many).unknown.length, 100)
})

test('hostile keys are plain keys', () => {
  const value: unknown = JSON.parse(
    '{"metadata":{"labels":{"__proto__":"p","constructor":"c"}},"__proto__":{"a":1},"spec":{"raw":{"__proto__":{"b":1}}}}',
  )
  const { object, unknown } = decode(Stream, value)
  assert.equal(
    JSON.stringify(object),
    '{"metadata":{"labels":{"__proto__":"p","constructor":"c"}},"spec":{"raw":{"__proto__":{"b":1}}}}',
  )
  assert.deepEqual(unknown, ['__proto__'])
  assert.equal(Object.getPrototypeOf(object), Object.prototype)
})

const nest = (depth: number): unknown => JSON.parse('{"a":'.repeat(depth) + '1' + '}'.repeat(depth))

test('deep nesting is refused, also far beyond the stack', () => {
  for (const depth of [MAX_DEPTH + 1, 100_000]) {
    assert.throws(() => decode(Stream, { spec: { raw: nest(depth) } }), { code: 'depth' })
    assert.throws(() => checkDepth(nest(depth)), { code: 'depth' })
    assert.throws(() => decode(Stream, { junk: nest(depth) }), { code: 'depth' })
  }
  assert.deepEqual(decode(Stream, { junk: nest(MAX_DEPTH - 10) }).unknown, ['junk'])
  assert.doesNotThrow(() => decode(Stream, { spec: { raw: nest(MAX_DEPTH - 10) } }))
  assert.doesNotThrow(() => checkDepth(nest(MAX_DEPTH - 10)))
})

test('a list type', () => {
  const StreamList = listOf('com.example.v1.StreamList', Stream)
  const { object } = decode(StreamList, { items: [{}], metadata: { remainingItemCount: 0 } })
  assert.equal(JSON.stringify(object), '{"metadata":{"remainingItemCount":0},"items":[{"metadata":{},"spec":{}}]}')
})

const anySpec = fc.record(
  {
    tags: fc.array(
      fc.record(
        { name: fc.string(), annotations: fc.dictionary(fc.string(), fc.string()), reference: fc.boolean() },
        { requiredKeys: [] },
      ),
    ),
    replicas: fc.option(fc.integer()),
    raw: fc.jsonValue(),
    at: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }).map((d) => d.toISOString()),
  },
  { requiredKeys: [] },
)

test('decoding is idempotent and leaves its argument alone', () => {
  fc.assert(
    fc.property(anySpec, (value) => {
      const before = JSON.stringify(value)
      const once = decode(Stream, { spec: value }).object
      assert.equal(JSON.stringify(decode(Stream, once).object), JSON.stringify(once))
      assert.equal(JSON.stringify(value), before)
    }),
  )
})

test('any JSON either decodes or gives a DecodeError', () => {
  const schemas: TSchema[] = [Stream, listOf('x.v1.L', Stream), objectMeta]
  fc.assert(
    fc.property(fc.constantFrom(...schemas), fc.jsonValue(), (schema, value) => {
      try {
        decode(schema, { spec: value, metadata: value, items: value, labels: value })
      } catch (error) {
        assert.ok(error instanceof DecodeError)
      }
    }),
  )
})
