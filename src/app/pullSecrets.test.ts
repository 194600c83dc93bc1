import assert from 'node:assert/strict'
import { it } from 'node:test'
import { startInProcess } from '../../test/support/inProcess.ts'
import { forbidden, internal } from '../core/machinery/status.ts'
import { pullSecrets } from './pullSecrets.ts'

it('imports go without the secrets of namespaces that an installation may not read them of, and no others do', async () => {
  const denied = forbidden({ group: '', plural: 'secrets' }, '', 'not there')
  const failing = (error: Error) => pullSecrets(() => ({ list: () => Promise.reject(error) }))
  assert.deepEqual(await failing(denied).secrets('a'), [])
  await assert.rejects(failing(denied).secretList('a'), denied)
  const broken = internal('broken')
  await assert.rejects(failing(broken).secrets('a'), broken)
})

it('only pull secrets of the namespace are given away, by name, and none that says no', async () => {
  const { client } = await startInProcess()
  const [secretsKind, namespaces] = ['secrets', 'namespaces'].map((plural) => ({ group: '', version: 'v1', plural }))
  for (const name of ['a', 'b']) await client.create({ resource: namespaces! }, { metadata: { name } })
  const content = { '.dockerconfigjson': '{"auths":{}}', '.dockercfg': '{}', 'tls.crt': '', 'tls.key': '' }
  for (const [namespace, name, type, exclude] of [
    ['a', 'z-config', 'kubernetes.io/dockercfg'],
    ['a', 'first', 'kubernetes.io/dockerconfigjson'],
    ['a', 'old', 'kubernetes.io/dockercfg'],
    ['a', 'hidden', 'kubernetes.io/dockercfg', 'true'],
    ['a', 'nothidden', 'kubernetes.io/dockercfg', 'false'],
    ['a', 'opaque', 'Opaque'],
    ['a', 'tls', 'kubernetes.io/tls'],
    ['b', 'other', 'kubernetes.io/dockerconfigjson'],
  ] as const) {
    const annotations = { 'openshift.io/image.excludeSecret': exclude ?? '' }
    const secret = { metadata: { name, annotations }, type, stringData: content }
    await client.create({ resource: secretsKind!, namespace }, secret)
  }
  const asked: (string | undefined)[] = []
  const { secrets, secretList } = pullSecrets(() => ({
    list: (target, options) => {
      asked.push(options?.fieldSelector)
      return client.list(target, options)
    },
  }))
  const list = await secretList('a')
  assert.match(list.metadata.resourceVersion ?? '', /^\d+$/)
  // By name over both types: of several credentials for one registry the first counts.
  const names = ['first', 'nothidden', 'old', 'z-config']
  assert.deepEqual(
    list.items.map(({ metadata }) => metadata.name),
    names,
  )
  assert.deepEqual(asked, ['type=kubernetes.io/dockercfg', 'type=kubernetes.io/dockerconfigjson'])
  const found = await secrets('a')
  assert.deepEqual(
    found.map(({ name, type }) => [name, type]),
    names.map((name) => [name, `kubernetes.io/${name === 'first' ? 'dockerconfigjson' : 'dockercfg'}`]),
  )
  assert.equal(Buffer.from(found[0]!.data['.dockerconfigjson']!, 'base64').toString(), '{"auths":{}}')
  assert.deepEqual(await secrets('none'), [])
})
