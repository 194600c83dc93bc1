import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Access } from './access.ts'
import { contextNickname, switchToNamespace } from './contextSwitch.ts'
import type { Kubeconfig } from './kubeconfigFiles.ts'

const empty: Kubeconfig = { clusters: [], users: [], contexts: [], current: '' }
const access = (cluster: object = {}, user: object = {}): Access => ({
  cluster: { name: 'c', server: 'https://10.0.0.1:6443', skipTLSVerify: false, ...cluster },
  user: { name: 'u', ...user },
  namespace: 'other',
})

test('a context is named by namespace, server and user, without dots', () => {
  const { context, change } = switchToNamespace(empty, access({}, { token: 't' }), 'system:admin', 'demo')
  const cluster = '10-0-0-1:6443'
  const user = `system:admin/${cluster}`
  assert.deepEqual(context, { name: `demo/${cluster}/system:admin`, namespace: 'demo', cluster, user })
  assert.equal(contextNickname(context), context.name)
  assert.deepEqual(change, {
    current: context.name,
    clusters: { name: cluster, cluster: { server: 'https://10.0.0.1:6443' } },
    users: { name: user, user: { token: 't' } },
    contexts: { name: context.name, context: { namespace: 'demo', cluster, user } },
  })
})

test('a context that says the same is used, whatever its name', () => {
  const cluster = '10-0-0-1:6443'
  const mine = { name: 'mine', cluster, user: `me/${cluster}`, namespace: 'demo' }
  const config = { ...empty, contexts: [{ ...mine, name: 'no', namespace: 'x' }, mine] }
  const { context, change } = switchToNamespace(config, access(), 'me', 'demo')
  assert.equal(context, mine)
  assert.deepEqual([change.current, change.contexts], ['mine', undefined])
})

test('a server is named with its port, whether it is written or not', () => {
  const cases: [string, string][] = [
    ['https://api.example.com', 'api-example-com:443'],
    ['http://localhost/path', 'localhost:80'],
    ['https://[fd00::1]:8443', '[fd00::1]:8443'],
  ]
  for (const [server, name] of cases) {
    assert.equal(switchToNamespace(empty, access({ server }), 'u', 'n').context.cluster, name)
  }
})

describe('what one gets in with goes along', () => {
  const cases: [string, object, object][] = [
    [
      'a certificate in the file',
      { certData: 'c', keyData: 'k' },
      { 'client-certificate-data': 'c', 'client-key-data': 'k' },
    ],
    ['a certificate beside it', { certFile: '/c', keyFile: '/k' }, { 'client-certificate': '/c', 'client-key': '/k' }],
    ['a token file', { authProvider: { name: 'tokenFile', config: { tokenFile: '/t' } } }, { tokenFile: '/t' }],
    ['a provider', { authProvider: { name: 'oidc', config: {} } }, { 'auth-provider': { name: 'oidc', config: {} } }],
    ['a plugin', { exec: { command: 'x' } }, { exec: { command: 'x' } }],
    ['a password', { username: 'u', password: 'p' }, { username: 'u', password: 'p' }],
    ['another identity', { impersonateUser: 'x', token: 't' }, { as: 'x', token: 't' }],
    // As the reader of kubeconfigs leaves what is not there.
    ['nothing', { token: undefined, exec: null, authProvider: null, certFile: null }, {}],
  ]
  for (const [what, user, expected] of cases) {
    test(what, () =>
      assert.deepEqual(switchToNamespace(empty, access({}, user), 'u', 'n').change.users?.user, expected),
    )
  }

  test('how the server is reached', () => {
    const cluster = { caFile: '/ca', caData: 'x', tlsServerName: 's', proxyUrl: 'http://p', skipTLSVerify: true }
    assert.deepEqual(switchToNamespace(empty, access(cluster), 'u', 'n').change.clusters?.cluster, {
      server: 'https://10.0.0.1:6443',
      'certificate-authority': '/ca',
      'insecure-skip-tls-verify': true,
      'proxy-url': 'http://p',
      'tls-server-name': 's',
    })
  })
})
