import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { startInProcess } from '../../../test/support/inProcess.ts'
import { selfSigned } from '../../../test/support/selfSigned.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { RegistriesConfiguration } from '../../core/registries/configuration.ts'
import { RESOURCES } from '../../install/resources.ts'
import { ClusterRegistries, type ClusterRegistriesOptions } from './registries.ts'

const namespace = 'default'
const [one, two] = await Promise.all([selfSigned(), selfSigned()])

const configMap = (text: string, key = 'registries.yaml'): KubeObject =>
  ({ metadata: { name: 'millrace-registries' }, data: { [key]: text } }) as KubeObject

const tlsSecret = (name: string, { cert, key }: { cert: string; key: string }): KubeObject => {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const data = { 'tls.crt': base64(cert), 'tls.key': base64(key) }
  return { metadata: { name }, type: 'kubernetes.io/tls', data } as KubeObject
}

async function setUp(t: TestContext, options: Pick<ClusterRegistriesOptions, 'file'> = {}) {
  const { client } = await startInProcess()
  const stop = new AbortController()
  const lines: string[] = []
  const write = (fields: object, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`)
  const log: Log = { debug: write, info: write, warn: write, error: write }
  const start = () => {
    const registries = new ClusterRegistries({ client, namespace, log, signal: stop.signal, ...options })
    running.push(registries.run())
    return registries
  }
  const running: Promise<void>[] = []
  t.after(async () => {
    stop.abort()
    await Promise.all(running)
  })
  const maps = { resource: RESOURCES.ConfigMap, namespace }
  const secrets = { resource: RESOURCES.Secret, namespace }
  const map = { ...maps, name: 'millrace-registries' }
  const say = (text: string) => client.patch(map, 'merge', { data: { 'registries.yaml': text } })
  return { client, lines, start, maps, map, secrets, say }
}

const prefixes = (registries: ClusterRegistries) =>
  registries.current().configuration.registries.map(({ prefix }) => prefix)

test('what a ConfigMap says counts from when it is there to when it is gone', async (t) => {
  const { client, start, maps, map, say } = await setUp(t)
  const registries = start()
  await registries.known
  assert.deepEqual(prefixes(registries), [])
  let [changes, refreshed] = [0, 0]
  registries.onChange(() => (changes += 1))
  registries.refresh.onChange(() => (refreshed += 1))
  await client.create({ ...maps }, configMap('registries: [{ prefix: quay.io }]'))
  await eventually(() => assert.deepEqual(prefixes(registries), ['quay.io']))
  await say('{ refresh: 10m, registries: [{ prefix: gcr.io }] }')
  await eventually(() => assert.deepEqual(prefixes(registries), ['gcr.io']))
  assert.deepEqual([changes, refreshed, registries.refresh.current()], [2, 1, 600_000])
  await client.delete(map)
  await eventually(() => assert.deepEqual(prefixes(registries), []))
  assert.deepEqual([changes, refreshed], [3, 2])
})

test('a change that makes no sense changes nothing, and is told by the log and an Event', async (t) => {
  const { client, lines, start, maps, map, say } = await setUp(t)
  await client.create(maps, configMap('registries: [{ prefix: quay.io, proxy: "http://u:hunter2@p" }]'))
  const registries = start()
  await registries.known
  await say('registries: [{ prefix: "https://quay.io" }]')
  await eventually(() => assert.match(lines.join('\n'), /last good one goes on.*line 1: registries\[0\].prefix/))
  assert.deepEqual(prefixes(registries), ['quay.io'])
  await eventually(async () => {
    const events = { resource: { group: '', version: 'v1', plural: 'events' }, namespace }
    const { items } = await client.list<KubeObject & { reason: string; message: string }>(events)
    const found = items.find(({ reason }) => reason === 'RegistriesInvalid')
    assert.match(found?.message ?? '', /^not used: line 1: registries\[0\]\.prefix/)
  })
  // Neither are files, nor certificates that are none, nor a ConfigMap that says it elsewhere.
  for (const text of [
    'registries: [{ prefix: a.io, caFile: ca.pem }]',
    `registries: [{ prefix: a.io, ca: "-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----" }]`,
  ])
    await say(text)
  await client.patch(map, 'merge', { data: { 'registries.yaml': null, 'registry.yaml': '{}' } })
  await eventually(() => assert.match(lines.join('\n'), /it has no key registries.yaml/))
  assert.match(lines.join('\n'), /write the certificates under ca/)
  assert.match(lines.join('\n'), /the certificates for a.io: its certificate 1 cannot be read/)
  assert.deepEqual(prefixes(registries), ['quay.io'])
  await say('registries: [{ prefix: gcr.io }]')
  await eventually(() => assert.deepEqual(prefixes(registries), ['gcr.io']))
  assert.doesNotMatch(lines.join('\n'), /hunter2/)
})

test('a server that has never known a good one is not ready', async (t) => {
  const { client, lines, start, maps, say } = await setUp(t)
  await client.create(maps, configMap('allowedRegistriesForImports: []'))
  const registries = start()
  let known = false
  void registries.known.then(() => (known = true))
  await eventually(() =>
    assert.match(lines.join('\n'), /not ready until it is corrected.*did you mean .*allowedRegistriesForImport/),
  )
  assert.equal(known, false)
  await say('allowedRegistriesForImport: [{ domainName: quay.io }]')
  await registries.known
  assert.deepEqual(registries.current().configuration.allowedRegistriesForImport, [{ domainName: 'quay.io' }])
})

test('client certificates come from Secrets, and follow them', async (t) => {
  const { client, lines, start, maps, secrets } = await setUp(t)
  const client_ = (registries: ClusterRegistries) => registries.current().find('quay.io')?.client
  await client.create(maps, configMap('registries: [{ prefix: quay.io, clientCertificate: { secret: mine } }]'))
  const registries = start()
  await registries.known
  assert.equal(client_(registries), undefined)
  assert.match(lines.join('\n'), /a client certificate is not used.*there is no such Secret/)
  await client.create(secrets, tlsSecret('other', two))
  await client.create(secrets, tlsSecret('mine', one))
  await eventually(() => assert.deepEqual(client_(registries), { cert: one.cert, key: one.key }))
  await client.patch({ ...secrets, name: 'mine' }, 'merge', {
    data: tlsSecret('mine', { ...one, key: two.key })['data' as keyof KubeObject],
  })
  await eventually(() => assert.equal(client_(registries), undefined))
  assert.match(lines.join('\n'), /do not belong together/)
  await client.patch({ ...secrets, name: 'mine' }, 'merge', {
    data: tlsSecret('mine', two)['data' as keyof KubeObject],
  })
  await eventually(() => assert.deepEqual(client_(registries), { cert: two.cert, key: two.key }))
  assert.doesNotMatch(lines.join('\n'), /PRIVATE KEY/)
})

test('what a file says counts in place of a ConfigMap, and from when it says something else', async (t) => {
  const said: ((configuration: RegistriesConfiguration) => void)[] = []
  const file = {
    configuration: { registries: [{ prefix: 'gcr.io' }] },
    run: (signal: AbortSignal, changed: (configuration: RegistriesConfiguration) => void) => {
      said.push(changed)
      return new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve())
      })
    },
  }
  const { client, start, maps } = await setUp(t, { file })
  await client.create(maps, configMap('registries: [{ prefix: quay.io }]'))
  const registries = start()
  await registries.known
  assert.deepEqual(prefixes(registries), ['gcr.io'])
  said[0]!({ registries: [{ prefix: 'ghcr.io' }] })
  assert.deepEqual(prefixes(registries), ['ghcr.io'])
})
