import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { freeze } from '../json/clone.ts'
import { decode } from '../decode/decode.ts'
import { deepEqual } from '../json/equal.ts'
import { ApiError } from '../status.ts'
import { apply, type ApplyOptions } from './apply.ts'
import { config, owners, Thing } from './apply.fixture.ts'
import { trackUpdate } from './track.ts'

const API = 'example.com/v1'
const NOW = '2024-01-01T00:00:00Z'
const LATER = '2024-01-01T00:01:00Z'

/** Applies as the server does: the result is canonical, and shared. */
function by(manager: string, live: Thing | undefined, wanted: unknown, options: Partial<ApplyOptions> = {}): Thing {
  const result = apply(Thing, live, freeze(wanted), { manager, apiVersion: API, now: NOW, force: false, ...options })
  return freeze(decode(Thing, result).object)
}

const from = (name: string) => ({ kind: 'Image', name })
const tag = (name: string, more: object = {}) => ({ name, from: from(name), reference: true, ...more })
const names = (thing: Thing) => (thing.spec.tags ?? []).map((t) => t.name)

function conflictOf(run: () => unknown): { message: string; causes: unknown } {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof ApiError, String(error))
    assert.equal(error.code, 409)
    assert.equal(error.reason, 'Conflict')
    assert.deepEqual(Object.keys(error.status.details ?? {}), ['causes'])
    return { message: error.message, causes: error.status.details?.causes }
  }
  throw new Error('no conflict')
}

test('two managers and one object: the recorded story', () => {
  const created = by('one', undefined, config({ tags: [tag('a'), tag('b')] }))
  assert.deepEqual(names(created), ['a', 'b'])
  const { message, causes } = conflictOf(() => by('two', created, config({ tags: [tag('a', { reference: false })] })))
  assert.equal(message, 'Apply failed with 1 conflict: conflict with "one": .spec.tags[name="a"].reference')
  assert.deepEqual(causes, [
    { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.spec.tags[name="a"].reference' },
  ])
  const forced = by('two', created, config({ tags: [tag('a', { annotations: { owner: 'two' } })] }), { force: true })
  assert.deepEqual(forced.spec.tags?.[0]?.annotations, { owner: 'two' })
  const rest = by('one', forced, config({ tags: [tag('c')] }), { force: true })
  assert.deepEqual(names(rest), ['a', 'c'])
  assert.deepEqual(rest.spec.tags?.[0], { ...tag('a'), annotations: { owner: 'two' } })
  assert.deepEqual(Object.keys(owners(rest)).toSorted(), ['one Apply', 'two Apply'])
})

test('the bookkeeping names exactly what was applied', () => {
  const thing = by(
    'one',
    undefined,
    config({ tags: [tag('a')], policy: { local: false } }, { labels: { l: 'x' }, finalizers: ['a/b'] }),
  )
  assert.deepEqual(thing.metadata.managedFields, [
    {
      manager: 'one',
      operation: 'Apply',
      apiVersion: API,
      time: NOW,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:finalizers': { 'v:"a/b"': {} }, 'f:labels': { 'f:l': {} } },
        'f:spec': {
          'f:policy': { 'f:local': {} },
          'f:tags': { 'k:{"name":"a"}': { '.': {}, 'f:from': {}, 'f:name': {}, 'f:reference': {} } },
        },
      },
    },
  ])
})

test('several conflicts are listed by manager', () => {
  const one = by('one', undefined, config({ replicas: 1, policy: { mode: 'x' } }))
  const two = by('two', one, config({ args: ['a'] }), { subresource: 'scale' })
  const { message, causes } = conflictOf(() =>
    by('three', two, config({ replicas: 2, policy: { mode: 'y' }, args: ['b'] })),
  )
  assert.equal(
    message,
    'Apply failed with 3 conflicts: conflicts with "one":\n- .spec.policy.mode\n- .spec.replicas\nconflicts with "two" with subresource "scale":\n- .spec.args',
  )
  assert.equal((causes as unknown[]).length, 3)
})

test('the same value is shared, not contested', () => {
  const both = by('two', by('one', undefined, config({ replicas: 1 })), config({ replicas: 1 }))
  assert.deepEqual(owners(both), {
    'one Apply': { 'f:spec': { 'f:replicas': {} } },
    'two Apply': { 'f:spec': { 'f:replicas': {} } },
  })
  // One lets go, the other still holds it.
  assert.equal(by('one', both, config({})).spec.replicas, 1)
  assert.equal(by('two', by('one', both, config({})), config({})).spec.replicas, undefined)
})

test('null for a list or a map takes out what its manager put there, and leaves what others did', () => {
  const labels = (value: object | null) => config({}, { labels: value })
  const one = by('one', undefined, config({ tags: [tag('a'), tag('b')] }, { labels: { a: '1', b: '1' } }))
  const both = by('two', one, config({ tags: [tag('a')] }, { labels: { a: '1' } }))
  const left = by('one', both, { ...(labels(null) as object), spec: { tags: null } })
  assert.deepEqual([left.metadata.labels, names(left)], [{ a: '1' }, ['a']])
  assert.deepEqual(by('two', left, labels(null)).metadata.labels, undefined)
})

test('a map that only makes sense as a whole is contested, and replaced, as a whole', () => {
  const one = by('one', undefined, config({ nodes: { disk: 'ssd' } }))
  assert.deepEqual(owners(one), { 'one Apply': { 'f:spec': { 'f:nodes': {} } } })
  const { message } = conflictOf(() => by('two', one, config({ nodes: { zone: 'a' } })))
  assert.match(message, /conflict with "one": \.spec\.nodes$/)
  assert.deepEqual(by('two', one, config({ nodes: { zone: 'a' } }), { force: true }).spec.nodes, { zone: 'a' })
})

test('a forced apply takes the fields', () => {
  const taken = by('two', by('one', undefined, config({ replicas: 1, args: ['a'] })), config({ replicas: 2 }), {
    force: true,
  })
  assert.equal(taken.spec.replicas, 2)
  assert.deepEqual(owners(taken), {
    'one Apply': { 'f:spec': { 'f:args': {} } },
    'two Apply': { 'f:spec': { 'f:replicas': {} } },
  })
})

test('what a manager leaves out goes, and what it never had stays', () => {
  const one = by(
    'one',
    undefined,
    config({ replicas: 1, policy: { mode: 'x' }, tags: [tag('a')] }, { labels: { a: '1', b: '2' } }),
  )
  const two = by('two', one, config({ tags: [tag('z')] }, { labels: { c: '3' } }))
  const less = by('one', two, config({ replicas: 1 }, { labels: { b: '2' } }))
  assert.deepEqual(less.metadata.labels, { b: '2', c: '3' })
  assert.deepEqual(less.spec, { tags: [{ ...tag('z'), annotations: null }], replicas: 1, policy: {} })
  assert.equal(less.metadata.name, 'x')
})

test('an object that nobody tracked has a first owner', () => {
  const live = decode(Thing, { metadata: { name: 'x' }, spec: { replicas: 1, args: ['a'] } }).object
  assert.match(
    conflictOf(() => by('one', live, config({ replicas: 2 }))).message,
    /conflict with "before-first-apply" using example.com\/v1: .spec.replicas$/,
  )
  const applied = by('one', live, config({ replicas: 1 }))
  assert.deepEqual(Object.keys(owners(applied)), ['one Apply', 'before-first-apply Update'])
  assert.deepEqual(applied.spec.args, ['a'])
})

test('list items keep the order of the configuration', () => {
  const live = by('one', undefined, config({ tags: [tag('a'), tag('b'), tag('c')] }))
  assert.deepEqual(names(by('two', live, config({ tags: [tag('d')] }))), ['a', 'b', 'c', 'd'])
  assert.deepEqual(names(by('two', live, config({ tags: [tag('c'), tag('a')] }))), ['b', 'c', 'a'])
})

test('keys have defaults', () => {
  const live = by('one', undefined, config({ tags: [{ name: 'a', ports: [{ port: 1, protocol: 'TCP', name: 'x' }] }] }))
  const both = by('two', live, config({ tags: [{ name: 'a', ports: [{ port: 1, name: 'x' }] }] }))
  assert.equal(both.spec.tags?.[0]?.ports?.length, 1)
})

test('equal times are no conflict, whatever their text', () => {
  const live = by('one', undefined, config({ at: '2024-01-01T00:00:00Z' }))
  assert.equal(by('two', live, config({ at: '2024-01-01T01:00:00+01:00' })).spec.at, '2024-01-01T00:00:00Z')
})

test('an atomic type is owned as a whole', () => {
  const live = by('one', undefined, config({ tags: [tag('a')] }))
  const { message } = conflictOf(() => by('two', live, config({ tags: [{ name: 'a', from: from('other') }] })))
  assert.match(message, /: .spec.tags\[name="a"\].from$/)
})

test('fields of another endpoint are neither owned nor contested', () => {
  const live = by(
    'one',
    undefined,
    { ...(config({ replicas: 1 }) as object), status: { phase: 'x' } },
    { ignored: ['status'] },
  )
  assert.deepEqual(owners(live), { 'one Apply': { 'f:spec': { 'f:replicas': {} } } })
})

test('configurations that do not fit are bad requests', () => {
  const cases: [unknown, RegExp][] = [
    ['x', /must be an object/],
    [
      { apiVersion: 'v2' },
      /^Incorrect version specified in apply patch. Specified patch version: v2, expected: example.com\/v1$/,
    ],
    [config({}, { managedFields: [] }), /^metadata.managedFields must be nil$/],
    [config({ nosuch: 1 }), /\.spec\.nosuch: field not declared in schema$/],
    [config({ tags: 'x' }), /cannot unmarshal string into Go struct field ThingSpec.spec.tags/],
    [
      config({ tags: [{ from: from('a') }] }),
      /\.spec\.tags: element 0: associative list with keys has an element that omits key field "name"/,
    ],
    [config({ tags: [tag('a'), tag('a')] }), /\.spec\.tags: duplicate entries for key \[name="a"\]$/],
    [config({}, { finalizers: ['a/b', 'a/b'] }), /\.metadata\.finalizers: duplicate entries for key \[="a\/b"\]$/],
  ]
  for (const [wanted, message] of cases) assert.throws(() => by('one', undefined, wanted), { code: 400, message })
})

const someTags = fc.uniqueArray(
  fc.record(
    {
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      reference: fc.boolean(),
      annotations: fc.dictionary(fc.constantFrom('x', 'y'), fc.string()),
    },
    { requiredKeys: ['name'] },
  ),
  { selector: (t) => t.name },
)
const someSpec = fc.record(
  {
    tags: someTags,
    replicas: fc.nat(3),
    args: fc.array(fc.string()),
    policy: fc.record({ mode: fc.string() }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
)

test('to apply twice is to apply once, also in the bookkeeping', () => {
  fc.assert(
    fc.property(someSpec, someSpec, (first, second) => {
      const live = by('one', undefined, config(first))
      const once = by('two', live, config(second), { force: true })
      assert.ok(deepEqual(by('two', once, config(second), { now: LATER }), once))
    }),
  )
})

test('what is applied by force is there', () => {
  fc.assert(
    fc.property(someSpec, someSpec, (first, second) => {
      const spec = by('two', by('one', undefined, config(first)), config(second), { force: true }).spec
      if (second.replicas !== undefined) assert.equal(spec.replicas, second.replicas)
      for (const { name } of second.tags ?? []) assert.ok(spec.tags?.some((t) => t.name === name))
      for (const { name } of first.tags ?? []) assert.ok(spec.tags?.some((t) => t.name === name))
    }),
  )
})

test('a manager alone gets what it applies, whatever it applied before', () => {
  fc.assert(
    fc.property(someSpec, someSpec, (first, second) => {
      const changed = by('one', by('one', undefined, config(first)), config(second))
      const fresh = by('one', undefined, config(second))
      assert.deepEqual(changed, fresh)
    }),
  )
})

test('managers of different fields never conflict', () => {
  fc.assert(
    fc.property(someTags, someTags, fc.nat(), (mine, theirs, replicas) => {
      const prefixed = theirs.map((t) => ({ ...t, name: `other-${t.name}` }))
      const one = by('one', undefined, config({ tags: mine }))
      const two = by('two', one, config({ tags: prefixed, replicas }))
      assert.equal(two.spec.tags?.length ?? 0, mine.length + theirs.length)
      const gone = by('one', two, config({}))
      assert.deepEqual(names(gone).toSorted(), prefixed.map((t) => t.name).toSorted())
    }),
  )
})

test('fields that someone edits are theirs', () => {
  const live = by('one', undefined, config({ replicas: 1, args: ['a'] }))
  const edited = { ...live, spec: { ...live.spec, replicas: 5 } }
  const managedFields = trackUpdate(Thing, live, edited, { manager: 'kubectl-edit', apiVersion: API, now: LATER })!
  const next = { ...edited, metadata: { ...edited.metadata, managedFields } }
  assert.deepEqual(owners(next), {
    'one Apply': { 'f:spec': { 'f:args': {} } },
    'kubectl-edit Update': { 'f:spec': { 'f:replicas': {} } },
  })
  const { message } = conflictOf(() => by('one', next, config({ replicas: 1, args: ['a'] })))
  assert.equal(
    message,
    'Apply failed with 1 conflict: conflict with "kubectl-edit" using example.com/v1: .spec.replicas',
  )
})
