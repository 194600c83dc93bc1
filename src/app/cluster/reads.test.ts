import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Secret } from '../../core/image/pullSecrets.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import { clusterPullSecrets } from './reads.ts'

test('pull secrets are asked for by type, and those that say no are left out', async () => {
  const secret = (name: string, type: string, annotations: Record<string, string> = {}): Secret => ({
    metadata: { name, namespace: 'p', annotations },
    type,
    data: { key: 'dmFsdWU=' },
  })
  const all = [
    secret('old', 'kubernetes.io/dockercfg'),
    secret('new', 'kubernetes.io/dockerconfigjson'),
    secret('hidden', 'kubernetes.io/dockercfg', { 'openshift.io/image.excludeSecret': 'true' }),
    secret('other', 'Opaque'),
  ]
  const client = {
    list: (_: unknown, { fieldSelector }: { fieldSelector: string }) =>
      Promise.resolve({ metadata: {}, items: all.filter(({ type }) => fieldSelector === `type=${type}`) }),
  } as unknown as ObjectClient
  const { secrets, secretList } = clusterPullSecrets(client)
  assert.deepEqual(
    (await secrets('p')).map(({ name, type }) => [name, type]),
    [
      ['old', 'kubernetes.io/dockercfg'],
      ['new', 'kubernetes.io/dockerconfigjson'],
    ],
  )
  assert.deepEqual((await secretList('p')).items, all.slice(0, 2))
})
