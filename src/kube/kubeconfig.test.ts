import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { KubeconfigError } from './access.ts'
import { inCluster } from './inCluster.ts'
import { loadAccess, type AccessOptions } from './kubeconfig.ts'
import { destinationOf, readKubeconfig } from './kubeconfigFiles.ts'

const directory = mkdtempSync(join(tmpdir(), 'millrace-kubeconfig-'))
after(() => rmSync(directory, { recursive: true }))

const file = (name: string, content: unknown): string => {
  const path = join(directory, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const cluster = (name: string, more = {}) => ({ name, cluster: { server: `https://${name}:6443/`, ...more } })
const context = (name: string, namespace?: string) => ({
  name,
  context: { cluster: name, user: name, ...(namespace && { namespace }) },
})
const user = (name: string, more = {}) => ({ name, user: { token: `token-${name}`, ...more } })

const first = file('first', {
  clusters: [cluster('a', { 'certificate-authority': 'ca.crt' }), { name: 'broken' }],
  contexts: [context('a', 'demo')],
  users: [user('a')],
  'current-context': 'a',
})
const second = file('second', {
  clusters: [cluster('a', { server: 'https://never' }), cluster('b')],
  contexts: [context('b'), { name: 'lost', context: { cluster: 'broken', user: 'a' } }],
  users: [user('b', { tokenFile: 'token' })],
  'current-context': 'b',
})

const load = (
  options: Partial<AccessOptions> = {},
  env: Record<string, string> = { KUBECONFIG: `${first}:${second}` },
) => loadAccess({ ...options, env })

test('of several files the first to name something wins, and paths count from their file', () => {
  const access = load()
  assert.equal(access.cluster.server, 'https://a:6443')
  assert.equal(access.cluster.caFile, join(directory, 'ca.crt'))
  assert.equal(access.namespace, 'demo')
  assert.equal(access.user.token, 'token-a')
})

test('flags beat the files', () => {
  assert.equal(load({ context: 'b' }).namespace, 'default')
  assert.equal(load({ kubeconfig: second }).cluster.server, 'https://b:6443')
  const access = load({ namespace: 'x', server: 'https://s/', token: 't', insecureSkipTlsVerify: true, user: 'b' })
  assert.deepEqual([access.namespace, access.cluster.server, access.user.token], ['x', 'https://s', 't'])
  assert.deepEqual([access.cluster.skipTLSVerify, access.cluster.caFile === undefined], [true, true])
  assert.equal(loadAccess({ server: 'https://s', token: 't', env: {} }).cluster.server, 'https://s')
})

test('changes go to the first file that is there, or else to the last, which is made', () => {
  const nowhere = join(directory, 'nowhere')
  const cases: [Partial<AccessOptions>, Record<string, string>, string | RegExp][] = [
    [{}, { KUBECONFIG: `${first}:${second}` }, first],
    [{}, { KUBECONFIG: `${nowhere}:${second}:${first}` }, second],
    [{}, { KUBECONFIG: `${nowhere}:${nowhere}2` }, `${nowhere}2`],
    [{}, { KUBECONFIG: nowhere, HOME: directory }, nowhere],
    [{}, { HOME: directory }, join(directory, '.kube', 'config')],
    [{ kubeconfig: nowhere }, { KUBECONFIG: first }, nowhere],
    [{}, {}, /: no kubeconfig to write to: pass --kubeconfig, or set KUBECONFIG$/],
  ]
  for (const [options, env, expected] of cases) {
    const find = () => destinationOf({ ...options, env })
    if (typeof expected === 'string') assert.equal(find(), expected)
    else assert.throws(find, expected)
  }
  const merged = readKubeconfig({ env: { KUBECONFIG: `${nowhere}:${second}:${first}` } })
  assert.deepEqual([merged.current, merged.contexts.map(({ name }) => name)], ['b', ['b', 'lost', 'a']])
})

test('a token file beats a token and is read again by its provider', () => {
  const { user } = load({ context: 'b' })
  assert.equal(user.token, undefined)
  assert.deepEqual(user.authProvider, { name: 'tokenFile', config: { tokenFile: join(directory, 'token') } })
})

test('what is missing or broken is one line that says what to do', () => {
  const cases: [Partial<AccessOptions>, Record<string, string>, RegExp][] = [
    [{}, {}, /^no kubeconfig: run "export KUBECONFIG=\.millrace\/kubeconfig"/],
    [{}, { KUBECONFIG: '/nowhere/config' }, /^no kubeconfig at \/nowhere\/config \(KUBECONFIG\): run/],
    [{ kubeconfig: '/nowhere' }, {}, /^no kubeconfig at \/nowhere \(--kubeconfig\)/],
    [{ kubeconfig: directory }, {}, /^cannot read the kubeconfig .*EISDIR/],
    [{ kubeconfig: file('yaml', 'a: [') }, {}, /^cannot read the kubeconfig .*yaml: /],
    [{ kubeconfig: file('list', '[]') }, {}, /is not a kubeconfig$/],
    [{ kubeconfig: file('empty', '') }, {}, /^no current context in .*: pass --context$/],
    [{ context: 'nope' }, { KUBECONFIG: first }, /^no context named "nope" in .*; it has: a$/],
    [{ context: 'lost' }, { KUBECONFIG: `${first}:${second}` }, /no usable cluster "broken"/],
    [{ user: 'nope' }, { KUBECONFIG: first }, /no usable user "nope"/],
  ]
  for (const [options, env, message] of cases) {
    assert.throws(
      () => load(options, env),
      (e) => e instanceof KubeconfigError && message.test(e.message) && !e.message.includes('\n'),
    )
  }
})

test('a pod finds its service account', () => {
  const account = join(directory, 'account')
  mkdirSync(account)
  writeFileSync(join(account, 'token'), 'secret\n')
  writeFileSync(join(account, 'namespace'), 'ns\n')
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }
  const access = inCluster(env, account)
  assert.deepEqual([access?.cluster.server, access?.namespace], ['https://[fd00::1]:443', 'ns'])
  assert.equal(inCluster({}, account), undefined)
  assert.equal(inCluster(env, join(directory, 'none')), undefined)
})
