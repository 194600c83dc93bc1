// Credentials of registries as users have them: several, broken ones, those of ServiceAccounts, and those of the whole installation.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { type FakeRegistry, startFakeRegistry } from '../support/fakeRegistry.ts'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

const USERS = { wheel: 'a-Secret-of-the-Mill', stone: 'An0ther-Secret' }

inEachWorld((world) => {
  let server: Server
  let kubectl: Server['kubectl']
  let millrace: Server['millrace']
  const registries: FakeRegistry[] = []
  before(async () => {
    server = await world.start()
    ;({ kubectl, millrace } = server)
  })
  after(async () => {
    await Promise.all(registries.map((registry) => registry.close()))
    await server?.stop()
  })

  const startPrivate = async () => {
    const registry = await startFakeRegistry({ auth: 'basic', users: USERS })
    registries.push(registry)
    registry.content.image('app', '1', 'app')
    return registry
  }
  const secret = (name: string, host: string, password: string, user = 'wheel') => {
    const login = ['--docker-server', host, '--docker-username', user, '--docker-password', password]
    return kubectl.run('create', 'secret', 'docker-registry', name, ...login)
  }
  const importFrom = (name: string, host: string) =>
    ['import-image', `${name}:1`, '--from', `${host}/app:1`, '--confirm', '--insecure'] as const

  describe('a registry that wants a password', () => {
    test('is asked with one after the other, until one is right', async () => {
      const { host, authorizations } = await startPrivate()
      await secret('a-wrong', host, 'wrong')
      await secret('b-right', host, USERS.wheel)
      await millrace.run(...importFrom('several', host))
      const sent = authorizations.map((header) => Buffer.from(header.replace('Basic ', ''), 'base64').toString())
      assert.deepEqual([...new Set(sent)].filter(Boolean), ['wheel:wrong', `wheel:${USERS.wheel}`])
    })

    test('gets what a ServiceAccount names, for that lies in the namespace', async () => {
      const { host } = await startPrivate()
      await secret('of-account', host, USERS.stone, 'stone')
      const linked = { imagePullSecrets: [{ name: 'of-account' }] }
      await kubectl.run('create', 'serviceaccount', 'puller')
      await kubectl.run('patch', 'serviceaccount', 'puller', '-p', JSON.stringify(linked))
      await millrace.run(...importFrom('account', host))
    })
  })

  test('a secret that makes no sense is told of by one Event for each change of it, without its content', async () => {
    const { host } = await startPrivate()
    const content = (text: string) => Buffer.from(text).toString('base64')
    const broken = (auth: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'broken' },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': content(JSON.stringify({ auths: { [host]: { auth } } })) },
    })
    await kubectl.with(JSON.stringify(broken('hunter2!'))).run('apply', '-f', '-')
    await secret('fine', host, USERS.wheel)
    for (const name of ['first', 'second']) await millrace.run(...importFrom(name, host))
    const events = async () => {
      const fields = 'involvedObject.kind=Secret,involvedObject.name=broken,reason=InvalidPullSecret'
      const text = await kubectl.run('get', 'events', '--field-selector', fields, '-o', 'json')
      assert.doesNotMatch(text, /hunter/)
      return (JSON.parse(text) as { items: { count: number; type: string; message: string }[] }).items
    }
    const [only, ...rest] = await eventually(async () => {
      const found = await events()
      assert.ok(found.length > 0)
      return found
    })
    assert.deepEqual([only?.count, only?.type, rest.length], [1, 'Warning', 0])
    assert.match(only!.message, /key \.dockerconfigjson holds an entry that is no credential of a registry/)
    await kubectl.with(JSON.stringify(broken('hunter3!'))).run('apply', '-f', '-')
    await millrace.run(...importFrom('third', host))
    await eventually(async () => assert.equal((await events()).length, 2))
  })
})
