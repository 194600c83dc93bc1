import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manifests } from '../../install/manifests.ts'
import { DEFAULTS, type Settings } from '../../install/settings.ts'
import { TRUSTING } from './trusting.ts'

const places = (certificates: Settings['certificates']) => {
  const objects = manifests({ ...DEFAULTS, namespace: 'tools', image: 'i', version: '1', certificates })
  return TRUSTING.map(({ name, places }) => places(objects.find(({ metadata }) => metadata.name === name)!).length)
}

test('the aggregator is told of our authority, but where cert-manager still tells it of another', () => {
  assert.deepEqual(places('own'), [1, 1])
  assert.deepEqual(places('cert-manager'), [0, 0])
})
