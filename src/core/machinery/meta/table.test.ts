import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ageOf } from '../scalar/duration.ts'
import type { KubeObject } from '../object.ts'
import type { Column } from '../resource.ts'
import { partialListHead, partialMetadata, tableHead, tableRow, type TableOptions } from './table.ts'

const columns: Column<KubeObject>[] = [
  { name: 'Name', type: 'string', format: 'name', description: 'The name.', cell: (o) => o.metadata.name ?? '' },
  { name: 'Age', type: 'string', priority: 1, cell: (o, now) => ageOf(o.metadata.creationTimestamp, now) },
]
const metadata = { name: 'a', creationTimestamp: '2024-01-01T00:00:00Z' }
const object = { kind: 'Stream', apiVersion: 'example.com/v1', metadata, spec: {} }
const now = new Date('2024-01-01T03:00:00Z')

const options: TableOptions = { includeObject: 'Metadata', now, version: 'v1', metadata: { resourceVersion: '7' } }

test('a table says its columns, and objects become rows', () => {
  assert.deepEqual(tableHead(columns, options), {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: '7' },
    columnDefinitions: [
      { name: 'Name', type: 'string', format: 'name', description: 'The name.', priority: 0 },
      { name: 'Age', type: 'string', format: '', description: '', priority: 1 },
    ],
  })
  assert.deepEqual(tableRow(columns, object, options), {
    cells: ['a', '3h'],
    object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata },
  })
})

test('rows carry what was asked for', () => {
  const row = (includeObject: 'None' | 'Metadata' | 'Object') =>
    tableRow(columns, object, { includeObject, now, version: 'v1beta1' }).object
  assert.equal(row('None'), null)
  assert.equal(row('Object'), object)
  assert.deepEqual(row('Metadata'), { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1beta1', metadata })
})

test('later events of a watch have no columns', () => {
  assert.equal(tableHead(columns, { ...options, headless: true }).columnDefinitions, null)
})

test('bare metadata', () => {
  assert.deepEqual(partialMetadata(object, 'v1'), {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
  })
  assert.deepEqual(partialListHead({ metadata: { continue: 'x' }, items: [object] }, 'v1'), {
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { continue: 'x' },
  })
})
