import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ManagedFieldsEntry } from '../object.ts'
import { fieldElement } from './element.ts'
import { lend, takeBack, type SharedField } from './lend.ts'

const shared: SharedField = {
  path: [fieldElement('spec'), fieldElement('replicas')],
  parent: 'apps/v1',
  child: 'autoscaling/v1',
}
const REPLICAS = { 'f:spec': { 'f:replicas': {} } }
const BOTH = { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } }
const REST = { 'f:spec': { 'f:paused': {} } }

const entry = (manager: string, fieldsV1: object, more: Partial<ManagedFieldsEntry> = {}): ManagedFieldsEntry => ({
  manager,
  operation: 'Apply',
  apiVersion: 'apps/v1',
  time: '2026-01-01T00:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1: fieldsV1 as Record<string, unknown>,
  ...more,
})
const scaler: Partial<ManagedFieldsEntry> = { operation: 'Update', subresource: 'scale', time: '2026-01-02T00:00:00Z' }

test('only holders of the field are lent, in the words of the subresource', () => {
  const entries = [entry('a', BOTH), entry('b', REST)]
  assert.deepEqual(lend(entries, shared), [entry('a', REPLICAS, { apiVersion: 'autoscaling/v1' })])
  assert.equal(lend([entry('b', REST)], shared), undefined)
  assert.equal(lend(undefined, shared), undefined)
})

test('what comes back unchanged changes nothing', () => {
  const entries = [entry('a', BOTH), entry('b', REST), entry('c', REPLICAS, scaler)]
  assert.deepEqual(takeBack(entries, lend(entries, shared), shared), entries)
})

test('a new holder takes the field, and nothing else, from those who lost it', () => {
  const lent = [entry('kubectl', REPLICAS, { ...scaler, apiVersion: 'autoscaling/v1' })]
  const expected = [entry('a', REST), entry('kubectl', REPLICAS, scaler)]
  assert.deepEqual(takeBack([entry('a', BOTH), entry('b', REPLICAS)], lent, shared), expected)
})

test('a holder that writes again stays one entry, with the new time', () => {
  const lent = [entry('kubectl', REPLICAS, { ...scaler, apiVersion: 'autoscaling/v1', time: '2026-01-03T00:00:00Z' })]
  const expected = [entry('kubectl', REPLICAS, { ...scaler, time: '2026-01-03T00:00:00Z' })]
  assert.deepEqual(takeBack([entry('kubectl', REPLICAS, scaler)], lent, shared), expected)
})
