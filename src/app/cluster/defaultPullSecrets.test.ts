import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { startInProcess } from '../../../test/support/inProcess.ts'
import type { PullSecret } from '../../core/image/pullSecrets.ts'
import { silent } from '../../core/machinery/log.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { RESOURCES } from '../../install/resources.ts'
import { defaultPullSecrets } from './defaultPullSecrets.ts'

const namespace = 'default'
const target = { resource: RESOURCES.Secret, namespace }

test('Secrets with the label are default pull secrets, for as long as they are there and labelled', async (t) => {
  const { client } = await startInProcess()
  const namespaces = { resource: { group: '', version: 'v1', plural: 'namespaces' } }
  await client.create(namespaces, { metadata: { name: 'other' } })
  const stop = new AbortController()
  const logged: object[] = []
  const log = { ...silent, warn: (fields: object) => void logged.push(fields) }
  const secret = (name: string, labelled?: string, more: object = {}): KubeObject =>
    ({
      metadata: { name, ...(labelled && { labels: { 'millrace.dev/default-pull-secret': labelled } }) },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': Buffer.from('{"auths":{}}').toString('base64') },
      ...more,
    }) as KubeObject
  await client.create(target, secret('first', 'true'))
  await client.create(target, secret('unlabelled'))
  await client.create(target, secret('no', 'false'))
  await client.create({ ...target, namespace: 'other' }, secret('elsewhere', 'true'))
  await client.create(target, secret('opaque', 'true', { type: 'Opaque' }))
  let current: string[] = []
  const set = (secrets: readonly PullSecret[]) => void (current = secrets.map(({ name }) => name).toSorted())
  const followed = defaultPullSecrets({ client, namespace, log, signal: stop.signal }, set)
  const running = followed.run()
  t.after(async () => {
    stop.abort()
    await running
  })
  await followed.known
  assert.deepEqual(current, ['first'])
  assert.deepEqual(logged, [{ secret: 'opaque', type: 'Opaque' }])
  await client.create(target, secret('second', 'true'))
  await eventually(() => assert.deepEqual(current, ['first', 'second']))
  const labels = { 'millrace.dev/default-pull-secret': null }
  await client.patch({ ...target, name: 'first' }, 'merge', { metadata: { labels } })
  await eventually(() => assert.deepEqual(current, ['second']))
  await client.delete({ ...target, name: 'second' })
  await eventually(() => assert.deepEqual(current, []))
})
