import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describe } from '../fieldError.ts'
import { validateManager, validateMetadata, type MetadataRules } from './metadata.ts'
import type { ObjectMeta } from '../object.ts'

const texts = (meta: ObjectMeta, rules: Partial<MetadataRules> = {}): string[] =>
  validateMetadata(meta, { namespaced: true, ...rules }).map(describe)

const good: ObjectMeta = { name: 'a', namespace: 'n' }
const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd', uid: 'u' }

test('good metadata has no errors', () => {
  assert.deepEqual(
    texts({
      ...good,
      generateName: 'a-',
      labels: { 'example.com/app': 'x', empty: '' },
      annotations: { 'Example.com/Any': 'anything at all' },
      ownerReferences: [
        { ...owner, controller: true },
        { ...owner, uid: 'w' },
      ],
      finalizers: ['example.com/wait'],
      managedFields: [{ manager: 'kubectl', operation: 'Apply', fieldsType: 'FieldsV1' }],
    }),
    [],
  )
})

test('errors on create', () => {
  const cases: [ObjectMeta, RegExp][] = [
    [{ namespace: 'n' }, /^metadata.name: Required value: name or generateName is required$/],
    [{ ...good, name: 'A' }, /^metadata.name: Invalid value: "A": a lowercase RFC 1123 subdomain must/],
    [{ ...good, generateName: 'A-' }, /^metadata.generateName: Invalid value: "A-": a lowercase/],
    [{ name: 'a' }, /^metadata.namespace: Required value$/],
    [{ name: 'a', namespace: 'a.b' }, /^metadata.namespace: Invalid value: "a.b": must not contain dots$/],
    [{ ...good, labels: { 'a b': 'c' } }, /^metadata.labels: Invalid value: "a b": name part must consist of/],
    [{ ...good, labels: { a: 'b c' } }, /^metadata.labels: Invalid value: "b c": a valid label must be/],
    [{ ...good, annotations: { 'a b': '' } }, /^metadata.annotations: Invalid value: "a b": name part/],
    [
      { ...good, annotations: { a: 'x'.repeat(262144) } },
      /^metadata.annotations: Too long: may not be more than 262144 bytes$/,
    ],
    [
      { ...good, ownerReferences: [{ ...owner, uid: '' }] },
      /^metadata.ownerReferences.uid: Invalid value: "": must not be empty$/,
    ],
    [
      { ...good, ownerReferences: [{ ...owner, apiVersion: 'apps/' }] },
      /apiVersion: Invalid value: "apps\/": version must not be empty$/,
    ],
    [
      { ...good, ownerReferences: [{ ...owner, apiVersion: 'v1', kind: 'Event' }] },
      /is disallowed from being an owner$/,
    ],
    [
      {
        ...good,
        ownerReferences: [
          { ...owner, controller: true },
          { ...owner, name: 'e', controller: true },
        ],
      },
      /Found "true" in references for Deployment\/d and Deployment\/e$/,
    ],
    [{ ...good, finalizers: ['a b'] }, /^metadata.finalizers: Invalid value: "a b": name part/],
    [
      { ...good, finalizers: ['orphan', 'foregroundDeletion'] },
      /finalizer orphan and foregroundDeletion cannot be both set$/,
    ],
    [
      { ...good, managedFields: [{ manager: 'a' }] },
      /^metadata.managedFields\[0\].operation: .* must be `Apply` or `Update`$/,
    ],
  ]
  for (const [meta, expected] of cases) {
    const found = texts(meta)
    assert.equal(found.length, 1, found.join('\n'))
    assert.match(found[0]!, expected)
  }
})

test('cluster-scoped objects have no namespace', () => {
  assert.deepEqual(texts({ name: 'a' }, { namespaced: false }), [])
  assert.deepEqual(texts(good, { namespaced: false }), ['metadata.namespace: Forbidden: not allowed on this type'])
})

test('a resource has a grammar of its own', () => {
  const validateName = (name: string, prefix: boolean) => (prefix ? ['prefix'] : [`no ${name}`])
  assert.deepEqual(texts({ ...good, generateName: 'g' }, { validateName }), [
    'metadata.generateName: Invalid value: "g": prefix',
    'metadata.name: Invalid value: "a": no a',
  ])
})

test('updates keep what the server owns', () => {
  const old: ObjectMeta = {
    ...good,
    uid: 'u',
    resourceVersion: '1',
    generation: 2,
    creationTimestamp: '2024-01-01T00:00:00Z',
  }
  assert.deepEqual(texts(old, { old }), [])
  assert.deepEqual(texts({ ...old, name: 'b', uid: 'v', generation: 1 }, { old }), [
    'metadata.generation: Invalid value: 1: must not be decremented',
    'metadata.name: Invalid value: "b": field is immutable',
    'metadata.uid: Invalid value: "v": field is immutable',
  ])
  const { uid: _uid, resourceVersion: _version, ...bare } = old
  assert.deepEqual(texts(bare, { old }), [
    'metadata.resourceVersion: Invalid value: "": must be specified for an update',
    'metadata.uid: Invalid value: "": field is immutable',
  ])
})

test('names that today would be refused can still be updated', () => {
  const old: ObjectMeta = { name: 'Old_Name', namespace: 'n', resourceVersion: '1' }
  assert.deepEqual(texts(old, { old }), [])
})

test('an object that is being deleted takes no new finalizers', () => {
  const old: ObjectMeta = {
    ...good,
    resourceVersion: '1',
    deletionTimestamp: '2024-01-01T00:00:00Z',
    finalizers: ['a/b'],
  }
  assert.deepEqual(texts({ ...old, finalizers: [] }, { old }), [])
  assert.deepEqual(texts({ ...old, finalizers: ['a/b', 'c/d'] }, { old }), [
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"c/d"}',
  ])
})

test('managers are short and printable', () => {
  assert.deepEqual(validateManager('kubectl-client-side-apply é', 'fieldManager'), [])
  assert.deepEqual(validateManager('x'.repeat(129), 'fieldManager').map(describe), [
    'fieldManager: Too long: may not be more than 128 bytes',
  ])
  assert.deepEqual(validateManager('é\n', 'fieldManager').map(describe), [
    'fieldManager: Invalid value: "é\\n": invalid character U+000A (at position 2)',
  ])
})

test('many owners that all control are one error; many finalizers are compared at once', () => {
  const many = Array.from({ length: 30_000 }, (_, i) => ({ ...owner, name: `n${i}`, controller: true }))
  const errors = validateMetadata({ ...good, ownerReferences: many }, { namespaced: true })
  assert.equal(errors.length, 1)
  assert.match(errors[0]!.message, /in references for \S+n0 and \S+n1$/)
  const finalizers = Array.from({ length: 100_000 }, (_, i) => `a/${i}`)
  const old = { ...good, deletionTimestamp: '2024-01-01T00:00:00Z', finalizers }
  const next = { ...old, finalizers: finalizers.map((f) => `${f}x`) }
  const started = performance.now()
  validateMetadata(next, { namespaced: true, old })
  // Each with each would take a minute.
  assert.ok(performance.now() - started < 10_000)
})
