import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { freeze } from '../json/clone.ts'
import { deepEqual } from '../json/equal.ts'
import { any, list, map, object, opt, str } from '../schema.ts'
import { applyStrategicMergePatch } from './strategic.ts'

const Port = object('x.v1.Port', '', { port: str(), protocol: opt(str()) })
const Item = object('x.v1.Item', '', {
  name: str(),
  value: opt(str()),
  annotations: opt(map(str())),
  ports: opt(list(Port, '', { mergeKey: 'port' })),
})
const schema = object('x.v1.Thing', '', {
  items: opt(list(Item, '', { mergeKey: 'name' })),
  replaced: opt(list(Item, '', { mergeKey: 'name', patchStrategy: 'replace' })),
  finalizers: opt(list(str(), '', { patchStrategy: 'merge' })),
  args: opt(list(str())),
  labels: opt(map(str())),
  source: opt({ ...object('x.v1.Source', '', { git: opt(any()), image: opt(any()) }), patchStrategy: 'retainKeys' }),
  raw: opt({ ...any(), patchStrategy: 'replace' }),
  keyless: opt(list(Item, '', { patchStrategy: 'merge' })),
})

const apply = (original: unknown, patch: unknown): unknown =>
  applyStrategicMergePatch(schema, freeze(original), freeze(patch))
const item = (name: string, value?: string) => (value === undefined ? { name } : { name, value })
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => item(name)) as [object, object, object, object]

test('patches merge by the schema', () => {
  const cases: [string, unknown, unknown, unknown][] = [
    ['members merge', { labels: { a: '1' } }, { labels: { b: '2' } }, { labels: { a: '1', b: '2' } }],
    ['null deletes', { labels: { a: '1', b: '2' } }, { labels: { a: null } }, { labels: { b: '2' } }],
    ['null in what is new is nothing', {}, { labels: { a: null, b: '1' } }, { labels: { b: '1' } }],
    ['a plain list is replaced', { args: ['a', 'b'] }, { args: ['c'] }, { args: ['c'] }],
    [
      'a list merges by key',
      { items: [item('a', '1'), b] },
      { items: [item('b', '2')] },
      { items: [item('a', '1'), item('b', '2')] },
    ],
    ['a new item comes before what the patch does not name', { items: [a, b] }, { items: [c] }, { items: [c, a, b] }],
    [
      'an item keeps what the patch leaves out',
      { items: [{ name: 'a', value: '1', annotations: { x: '1' } }] },
      { items: [{ name: 'a', annotations: { y: '2' } }] },
      { items: [{ name: 'a', value: '1', annotations: { x: '1', y: '2' } }] },
    ],
    [
      'nested lists merge',
      { items: [{ name: 'a', ports: [{ port: '1', protocol: 'x' }] }] },
      { items: [{ name: 'a', ports: [{ port: '1', protocol: 'y' }] }] },
      { items: [{ name: 'a', ports: [{ port: '1', protocol: 'y' }] }] },
    ],
    ['$patch delete takes an item', { items: [a, b] }, { items: [{ $patch: 'delete', name: 'a' }] }, { items: [b] }],
    ['$patch delete of a missing item', { items: [a] }, { items: [{ $patch: 'delete', name: 'z' }] }, { items: [a] }],
    ['$patch delete where there is no list', {}, { items: [{ $patch: 'delete', name: 'z' }] }, { items: [] }],
    ['$patch replace replaces a list', { items: [a, b] }, { items: [{ $patch: 'replace' }, c] }, { items: [c] }],
    [
      '$patch replace replaces a map',
      { labels: { a: '1' } },
      { labels: { $patch: 'replace', b: '2' } },
      { labels: { b: '2' } },
    ],
    ['$patch delete empties a map', { labels: { a: '1' } }, { labels: { $patch: 'delete' } }, { labels: {} }],
    ['$patch delete of a missing map', {}, { labels: { $patch: 'delete' } }, {}],
    [
      '$patch merge is what happens anyway',
      { labels: { a: '1' } },
      { labels: { $patch: 'merge', b: '2' } },
      { labels: { a: '1', b: '2' } },
    ],
    ['a strategy replaces a list', { replaced: [a] }, { replaced: [b] }, { replaced: [b] }],
    ['a strategy replaces an object', { raw: { a: 1 } }, { raw: { b: 2 } }, { raw: { b: 2 } }],
    ['scalars unite', { finalizers: ['x', 'y'] }, { finalizers: ['y', 'z'] }, { finalizers: ['x', 'y', 'z'] }],
    [
      'scalars are deleted',
      { finalizers: ['x', 'y'] },
      { '$deleteFromPrimitiveList/finalizers': ['x'] },
      { finalizers: ['y'] },
    ],
    ['the order is set', { items: [a, b, c] }, { '$setElementOrder/items': [c, a] }, { items: [b, c, a] }],
    [
      'the order is set with a new item',
      { items: [a, b] },
      { '$setElementOrder/items': [a, c], items: [c] },
      { items: [a, c, b] },
    ],
    [
      'the order of scalars',
      { finalizers: ['x', 'y', 'z'] },
      { '$setElementOrder/finalizers': ['z', 'x'], '$deleteFromPrimitiveList/finalizers': ['y'] },
      { finalizers: ['z', 'x'] },
    ],
    ['an order for a new list', {}, { '$setElementOrder/items': [b, a], items: [b, a] }, { items: [b, a] }],
    ['an order for nothing', {}, { '$setElementOrder/items': [a] }, {}],
    [
      '$retainKeys drops the others',
      { source: { git: { x: 1 } } },
      { source: { $retainKeys: ['image'], image: { y: 1 } } },
      { source: { image: { y: 1 } } },
    ],
    [
      'an unknown field merges as JSON',
      { other: { a: [1], b: 1 } },
      { other: { a: [2] } },
      { other: { a: [2], b: 1 } },
    ],
    [
      'another type replaces',
      { items: null, labels: 'x' },
      { items: [a], labels: { a: '1' } },
      { items: [a], labels: { a: '1' } },
    ],
    ['an empty key is a key', { items: [item('', '1')] }, { items: [item('', '2')] }, { items: [item('', '2')] }],
    [
      'directives in what is new are dropped',
      {},
      { items: [{ name: 'a', '$setElementOrder/ports': [{ port: '1' }], ports: [{ port: '1' }] }] },
      { items: [{ name: 'a', ports: [{ port: '1' }] }] },
    ],
    ['deleting a list', { items: [a] }, { items: null, '$setElementOrder/items': [a] }, {}],
  ]
  for (const [name, original, patch, expected] of cases) assert.deepEqual(apply(original, patch), expected, name)
})

test('errors', () => {
  const cases: [unknown, unknown, number, string | RegExp][] = [
    [{}, [], 400, 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}'],
    [{ items: [a] }, { items: [{ value: 'x' }] }, 422, 'map: map[value:x] does not contain declared merge key: name'],
    [
      { items: [a] },
      { items: [{ $patch: 'delete' }] },
      422,
      'map: map[$patch:delete] does not contain declared merge key: name',
    ],
    [{ items: [a] }, { items: ['x'] }, 422, 'list element types are not identical: [map[name:a] x]'],
    [{ items: ['y'] }, { items: ['x'] }, 422, 'expected a map[string]interface {}, but received a string'],
    [{ finalizers: ['a'] }, { finalizers: [['x']] }, 422, 'lists of lists are not supported'],
    [{ keyless: [a] }, { keyless: [b] }, 422, 'cannot merge lists without merge key'],
    [{ labels: {} }, { labels: { $patch: 'burn' } }, 422, 'unknown patch type: burn in map: map[]'],
    [
      { items: [a] },
      { items: [{ $patch: 'burn', name: 'a' }] },
      422,
      'unknown patch type: burn in map: map[$patch:burn name:a]',
    ],
    [
      { items: [a] },
      { items: [{ $patch: 'merge', name: 'a' }] },
      422,
      'merging lists cannot yet be specified in the patch',
    ],
    [{ source: {} }, { source: { $retainKeys: ['git'], image: {} } }, 400, 'invalid patch format of retainKeys'],
    [{ source: {} }, { source: { $retainKeys: 'git' } }, 400, 'invalid patch format of retainKeys'],
    [{}, { '$setElementOrder/items': {} }, 400, 'invalid patch format of setElementOrder list'],
    [{ finalizers: [] }, { '$deleteFromPrimitiveList/finalizers': 'x' }, 400, 'invalid patch format of primitive list'],
    [
      { items: [a] },
      { '$setElementOrder/items': [a, b], items: [b, a] },
      422,
      /^The order in patch list:\n\[map\[name:b\]/,
    ],
  ]
  for (const [original, patch, code, message] of cases) {
    assert.throws(() => apply(original, patch), { code, message }, JSON.stringify(patch))
  }
})

test('prototypes stay what they are', () => {
  const patch: unknown = JSON.parse('{"labels":{"__proto__":"x","constructor":"y"},"__proto__":{"z":1}}')
  const result = apply({ labels: { a: '1' } }, patch) as { labels: object }
  assert.equal(JSON.stringify(result), '{"labels":{"a":"1","__proto__":"x","constructor":"y"},"__proto__":{"z":1}}')
  assert.equal(Object.getPrototypeOf(result.labels), Object.prototype)
})

const items = fc.uniqueArray(fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd', 'e'), value: fc.string() }), {
  selector: (x) => x.name,
})
const thing = fc.record(
  {
    items,
    args: fc.array(fc.string()),
    labels: fc.dictionary(fc.string(), fc.string()),
    finalizers: fc.uniqueArray(fc.string()),
  },
  { requiredKeys: [] },
)

test('an empty patch changes nothing, and twice is once', () => {
  fc.assert(
    fc.property(thing, thing, (original, patch) => {
      assert.ok(deepEqual(apply(original, {}), original))
      const once = apply(original, patch)
      assert.deepEqual(apply(once, patch), once)
    }),
  )
})

test('a patched list has every item of both once, with the values of the patch', () => {
  fc.assert(
    fc.property(items, items, (before, changes) => {
      const after = (apply({ items: before }, { items: changes }) as { items?: { name: string; value: string }[] })
        .items
      const expected = new Map<string, string>([...before, ...changes].map((x) => [x.name, x.value]))
      assert.equal(after?.length, expected.size)
      for (const { name, value } of after) assert.equal(value, expected.get(name))
    }),
  )
})

test('the set order wins among the items that it names', () => {
  fc.assert(
    fc.property(items, fc.shuffledSubarray([a, b, c, d]), (before, order) => {
      const patch = { '$setElementOrder/items': order }
      const after = (apply({ items: before }, patch) as { items: { name: string }[] }).items
      const named = order.map((x) => (x as { name: string }).name)
      const seen = after.map((x) => x.name).filter((name) => named.includes(name))
      assert.deepEqual(
        seen,
        named.filter((name) => seen.includes(name)),
      )
      assert.equal(after.length, before.length)
    }),
  )
})
