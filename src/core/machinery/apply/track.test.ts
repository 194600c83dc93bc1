import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode } from '../decode/decode.ts'
import type { ManagedFieldsEntry } from '../object.ts'
import { owners, Thing } from './apply.fixture.ts'
import { managerName, trackUpdate, type Writer } from './track.ts'

const apiVersion = 'example.com/v1'
const at = (minute: number): string => `2024-01-01T00:${String(minute).padStart(2, '0')}:00Z`

/** A thing with this spec, and the bookkeeping of `previous`. */
function thing(spec: object, previous?: Thing, metadata: object = {}): Thing {
  const { managedFields } = previous?.metadata ?? {}
  return decode(Thing, {
    metadata: { name: 'x', uid: 'u', ...(managedFields && { managedFields }), ...metadata },
    spec,
  }).object
}

function write(manager: string, before: Thing | undefined, after: Thing, options: Partial<Writer> = {}): Thing {
  const managedFields = trackUpdate(Thing, before, after, { manager, apiVersion, now: at(0), ...options })
  const { managedFields: _, ...metadata } = after.metadata
  return { ...after, metadata: managedFields ? { ...metadata, managedFields } : metadata }
}

test('a creator owns what it sets', () => {
  const created = write('me', undefined, thing({ replicas: 1 }, undefined, { labels: { a: '1' } }))
  assert.deepEqual(created.metadata.managedFields, [
    {
      manager: 'me',
      operation: 'Update',
      apiVersion,
      time: at(0),
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } }, 'f:spec': { 'f:replicas': {} } },
    },
  ])
})

test('who makes a list or a map owns it, too; what is always there is not made', () => {
  const tags = [{ name: 't', from: { kind: 'K' }, ports: [{ port: 1 }] }]
  const created = write('me', undefined, thing({ tags, policy: { local: true } }))
  const ports = { '.': {}, 'k:{"port":1,"protocol":"TCP"}': { '.': {}, 'f:port': {} } }
  const item = { '.': {}, 'f:annotations': {}, 'f:from': {}, 'f:name': {}, 'f:ports': ports }
  const fields = { 'f:policy': { 'f:local': {} }, 'f:tags': { '.': {}, 'k:{"name":"t"}': item } }
  assert.deepEqual(owners(created)['me Update'], { 'f:spec': fields })
  const labelled = write('you', created, thing({ tags }, created, { labels: { a: '1' } }))
  const again = write('they', labelled, thing({ tags }, labelled, { labels: { a: '1', b: '2' } }))
  assert.deepEqual(owners(again)['you Update'], { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } } })
  assert.deepEqual(owners(again)['they Update'], { 'f:metadata': { 'f:labels': { 'f:b': {} } } })
  assert.deepEqual(Object.keys(owners(write('me', again, thing({ tags }, again)))), ['me Update'])
})

test('who changes a field owns it', () => {
  const created = write('me', undefined, thing({ replicas: 1, args: ['a'] }))
  const changed = write('you', created, thing({ replicas: 2, args: ['a'] }, created), { now: at(1) })
  assert.deepEqual(owners(changed)['you Update'], { 'f:spec': { 'f:replicas': {} } })
  assert.equal(JSON.stringify(owners(changed)['me Update']).includes('f:replicas'), false)
  const removed = write('they', changed, thing({ args: ['a'] }, changed), { now: at(2) })
  assert.deepEqual(Object.keys(owners(removed)), ['me Update'])
})

test('the time changes only with the set or the value', () => {
  const created = write('me', undefined, thing({ replicas: 1 }))
  const same = write('me', created, thing({ replicas: 1 }, created), { now: at(5) })
  assert.deepEqual(same, created)
  const changed = write('me', created, thing({ replicas: 2 }, created), { now: at(5) })
  assert.equal(changed.metadata.managedFields?.[0]?.time, at(5))
  assert.equal(changed.metadata.managedFields?.length, 1)
})

test('subresources are kept apart, and ignored fields are not owned', () => {
  const created = write('me', undefined, { ...thing({ replicas: 1 }), status: { phase: 'x' } }, { ignored: ['status'] })
  assert.equal(JSON.stringify(owners(created)).includes('f:status'), false)
  const status = write(
    'me',
    created,
    { ...created, status: { phase: 'y' } },
    { subresource: 'status', ignored: ['spec'], now: at(1) },
  )
  assert.deepEqual(
    status.metadata.managedFields?.map((m) => m.subresource),
    [undefined, 'status'],
  )
})

test('an object that was never tracked stays so', () => {
  assert.equal(
    trackUpdate(Thing, thing({}), thing({ replicas: 1 }), { manager: 'me', apiVersion, now: at(0) }),
    undefined,
  )
})

test('a client can end the bookkeeping, but not by way of a subresource, and nonsense does not', () => {
  const created = write('me', undefined, thing({ replicas: 1, args: ['a'] }))
  const edited = (managedFields: ManagedFieldsEntry[]) =>
    thing({ replicas: 2, args: ['a'] }, undefined, { managedFields })
  assert.equal(write('you', created, edited([{}])).metadata.managedFields, undefined)
  const scaled = write('you', created, edited([{}]), { subresource: 'scale' })
  assert.deepEqual(Object.keys(owners(scaled)), ['me Update', 'you Update'])
  const nonsense = {
    manager: 'z',
    operation: 'Update',
    apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: { x: 1 },
  } as const
  assert.deepEqual(Object.keys(owners(write('you', created, edited([nonsense])))), ['me Update', 'you Update'])
})

test('a creator owns what it sets, whoever did before in what it was exported from', () => {
  const mine = { 'me Update': { 'f:spec': { 'f:replicas': {} } } }
  for (const operation of ['Apply', 'Update'] as const) {
    const fieldsV1 = { 'f:spec': { 'f:replicas': {} } }
    const entry = { manager: 'you', operation, apiVersion, time: at(0), fieldsType: 'FieldsV1', fieldsV1 } as const
    assert.deepEqual(
      owners(write('me', undefined, thing({ replicas: 1 }, undefined, { managedFields: [entry] }))),
      mine,
    )
  }
  assert.deepEqual(owners(write('me', undefined, thing({ replicas: 1 }, undefined, { managedFields: [{}] }))), mine)
})

test('the oldest of many updaters become one', () => {
  let current = write('m0', undefined, thing({}, undefined, { labels: { l0: '' } }))
  for (let i = 1; i < 30; i++) {
    const labels = { ...current.metadata.labels, [`l${i}`]: '' }
    current = write(`m${i}`, current, thing({}, current, { labels }), { now: at(i) })
  }
  const managers = Object.keys(owners(current))
  assert.equal(managers.length, 10)
  assert.ok(managers.includes('ancient-changes Update'))
  assert.ok(managers.includes('m29 Update'))
  const owned = JSON.stringify(owners(current))
  for (let i = 0; i < 30; i++) assert.ok(owned.includes(`"f:l${i}"`))
})

test('the name of a manager', () => {
  assert.equal(managerName('me', 'kubectl/v1.33'), 'me')
  assert.equal(managerName(null, 'kubectl/v1.33 (linux/amd64)'), 'kubectl')
  assert.equal(managerName('', undefined), 'unknown')
  assert.equal(managerName('', 'x'.repeat(500)).length, 128)
})
