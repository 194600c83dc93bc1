import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { KubeconfigError } from './access.ts'
import { credentialsOf } from './credentials.ts'

const directory = mkdtempSync(join(tmpdir(), 'millrace-credentials-'))
after(() => rmSync(directory, { recursive: true }))

test('tokens, passwords and impersonation become headers', async () => {
  const headers = async (user: object) => (await credentialsOf({ name: 'u', ...user })()).headers
  assert.deepEqual(await headers({ token: 't\n' }), { Authorization: 'Bearer t' })
  assert.deepEqual(await headers({ username: 'a', password: 'b' }), { Authorization: 'Basic YTpi' })
  assert.deepEqual(await headers({ impersonateUser: 'x' }), { 'Impersonate-User': 'x' })
})

test('certificates come from data or files', async () => {
  const [CERT, KEY] = ['-----BEGIN CERTIFICATE-----\n', '-----BEGIN PRIVATE KEY-----\n']
  writeFileSync(join(directory, 'key'), KEY)
  const { cert, key } = await credentialsOf({ name: 'u', certData: btoa(CERT), keyFile: join(directory, 'key') })()
  assert.deepEqual([String(cert), String(key)], [CERT, KEY])
  assert.throws(
    () => credentialsOf({ name: 'u', certData: btoa('no certificate') }),
    /^KubeconfigError: the client certificate in the kubeconfig is not in PEM format$/,
  )
  assert.throws(
    () => credentialsOf({ name: 'u', certFile: '/nowhere/cert' }),
    /^KubeconfigError: cannot read the client certificate \/nowhere\/cert/,
  )
})

test('token files are trimmed', async () => {
  const tokenFile = join(directory, 'token')
  writeFileSync(tokenFile, 'secret\n')
  const source = credentialsOf({ name: 'u', authProvider: { name: 'tokenFile', config: { tokenFile } } })
  assert.deepEqual((await source()).headers, { Authorization: 'Bearer secret' })
})

test('exec plugins are run once and give a token', async () => {
  const counter = join(directory, 'runs')
  const answer = JSON.stringify({ status: { token: 'from-plugin' } })
  const script = `echo run >> '${counter}'; echo '${answer}'`
  const source = credentialsOf({ name: 'u', exec: { command: 'sh', args: ['-c', script] } })
  assert.deepEqual((await source()).headers, { Authorization: 'Bearer from-plugin' })
  await source()
  const { readFileSync } = await import('node:fs')
  assert.equal(readFileSync(counter, 'utf8'), 'run\n')
})

test('a plugin that fails is one line with its first words', async () => {
  const failing = (exec: object) => credentialsOf({ name: 'u', exec })()
  const says = (pattern: RegExp) => (e: unknown) => e instanceof KubeconfigError && pattern.test(e.message)
  await assert.rejects(
    failing({ command: 'sh', args: ['-c', 'echo please log in >&2; echo more >&2; exit 3'] }),
    says(/^cannot get credentials for user "u": please log in$/),
  )
  await assert.rejects(
    failing({ command: 'echo', args: ['t0ken'] }),
    says(/^cannot get credentials for user "u": what its exec plugin prints is no ExecCredential in JSON$/),
  )
  await assert.rejects(failing({ command: '/nowhere/plugin' }), says(/ENOENT/))
  await assert.rejects(
    credentialsOf({ name: 'u', authProvider: { name: 'gcp', config: {} } })(),
    says(/"gcp" is not supported; use an exec plugin/),
  )
})
