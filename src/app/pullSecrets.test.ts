import assert from 'node:assert/strict'
import { it } from 'node:test'
import { openMemory } from '../store/memory.ts'
import { keyOf } from '../store/store.ts'
import { pullSecretList, pullSecrets } from './pullSecrets.ts'

it('only pull secrets of the namespace are given away, by name, and none that says no', async () => {
  const store = openMemory()
  for (const [namespace, name, type, exclude] of [
    ['a', 'z-config', 'kubernetes.io/dockerconfigjson'],
    ['a', 'old', 'kubernetes.io/dockercfg'],
    ['a', 'hidden', 'kubernetes.io/dockercfg', 'true'],
    ['a', 'nothidden', 'kubernetes.io/dockercfg', 'false'],
    ['a', 'opaque', 'Opaque'],
    ['a', 'tls', 'kubernetes.io/tls'],
    ['b', 'other', 'kubernetes.io/dockerconfigjson'],
  ] as const) {
    const annotations = { 'openshift.io/image.excludeSecret': exclude ?? '' }
    const secret = { metadata: { name, namespace, annotations }, type, data: { key: 'dmFsdWU=' } }
    await store.create(keyOf({ group: '', plural: 'secrets' }, namespace, name), secret)
  }
  const list = await pullSecretList(store, 'a')
  assert.equal(list.metadata.resourceVersion, String(await store.revision()))
  assert.deepEqual(
    list.items.map(({ metadata }) => metadata.name),
    ['nothidden', 'old', 'z-config'],
  )
  assert.deepEqual(await pullSecrets(store, 'a'), [
    { name: 'nothidden', type: 'kubernetes.io/dockercfg', data: { key: 'dmFsdWU=' } },
    { name: 'old', type: 'kubernetes.io/dockercfg', data: { key: 'dmFsdWU=' } },
    { name: 'z-config', type: 'kubernetes.io/dockerconfigjson', data: { key: 'dmFsdWU=' } },
  ])
  assert.deepEqual(await pullSecrets(store, 'none'), [])
  await store.close()
})
