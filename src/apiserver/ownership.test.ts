import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubeObject, ManagedFieldsEntry } from '../core/machinery/object.ts'
import { keepTimes } from './ownership.ts'

const owner = (manager: string, second: number, field = 'f:spec'): ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  time: `2024-01-01T00:00:0${second}Z`,
  fieldsType: 'FieldsV1',
  fieldsV1: { [field]: {} },
})
const object = (managedFields: ManagedFieldsEntry[], more: object = {}): KubeObject => ({
  metadata: { name: 'a', managedFields },
  ...more,
})

const old = object([owner('kubectl', 1), owner('controller', 2, 'f:status')])

test('times stay where nothing else differs, also where a newer time moves its entry behind others', () => {
  const again = object([owner('controller', 2, 'f:status'), owner('kubectl', 3)])
  assert.deepEqual(keepTimes(again, old), old)
})

test('times are new where something differs: the object, or who owns what', () => {
  for (const next of [
    object([owner('controller', 2, 'f:status'), owner('kubectl', 3)], { spec: {} }),
    object([owner('controller', 2, 'f:status'), owner('kubectl', 3, 'f:data')]),
    object([owner('controller', 2, 'f:status'), owner('other', 3)]),
    object([owner('kubectl', 3)]),
  ])
    assert.equal(keepTimes(next, old), next)
})
