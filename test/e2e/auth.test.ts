// Who may talk to the program itself: the holder of a certificate or token that it knows, and nobody else.
import assert from 'node:assert/strict'
import { chmodSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { VERSION } from '../../src/app/version.ts'
import { parseExposition, sampled } from '../support/exposition.ts'
import { eventually } from '../support/eventually.ts'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

const STREAMS = '/apis/image.openshift.io/v1/imagestreams'

inEachWorld((world) => {
  let server: Server
  before(async () => (server = await world.start()))
  after(() => server?.stop())

  describe('without a credential', () => {
    for (const path of ['/healthz', '/livez', '/readyz']) {
      test(`${path} answers ok`, async () => {
        const answer = await server.callOwn({}, 'GET', path)
        assert.equal(answer.status, 200)
        assert.equal(answer.text, 'ok')
      })
    }

    for (const path of ['/', '/api', '/apis', '/openapi/v2', '/version', '/metrics', STREAMS, '/nonsense']) {
      test(`${path} answers 401 with a Status`, async () => {
        const answer = await server.callOwn({}, 'GET', path)
        assert.equal(answer.status, 401)
        assert.partialDeepStrictEqual(answer.json(), {
          kind: 'Status',
          status: 'Failure',
          reason: 'Unauthorized',
          code: 401,
        })
      })
    }

    test('a wrong token, and a token that only begins right, answer 401', async () => {
      const token = await server.token()
      for (const wrong of ['x', '', token.slice(0, -1), `${token}x`]) {
        const answer = await server.callOwn({ token: wrong }, 'GET', '/api')
        assert.equal(answer.status, 401, JSON.stringify(wrong))
        assert.doesNotMatch(answer.text, new RegExp(token))
      }
    })
  })

  describe('the admin', () => {
    const skip = world.lacks('sandbox')

    test('may use the token or the certificate', async () => {
      for (const credentials of [{ token: await server.token() }, server.admin])
        assert.equal((await server.callOwn(credentials, 'GET', STREAMS)).status, 200)
    })

    test('reads what was measured of the requests so far', async () => {
      await server.kubectl.run('get', 'imagestreams', '-n', 'default')
      const { status, text } = await server.callOwn(server.admin, 'GET', '/metrics')
      assert.equal(status, 200)
      const found = parseExposition(text)
      const lists = { verb: 'LIST', resource: 'imagestreams', scope: 'namespace', code: '200' }
      assert.equal(sampled(found, 'apiserver_request_total', lists), 1)
      assert.equal(sampled(found, 'millrace_build_info', { version: VERSION }), 1)
      assert.equal(sampled(found, 'apiserver_storage_objects', { resource: 'imagestreams.image.openshift.io' }), 0)
    })

    test('reads it with kubectl; who may not do everything does not', { skip }, async () => {
      parseExposition(await server.kubectl.run('get', '--raw', '/metrics'))
      const { stderr } = await server.kubectl.fail('get', '--raw', '/metrics', '--as=jane')
      assert.match(stderr, /forbidden: User "jane" cannot get path "\/metrics"/)
      assert.equal((await server.kubectl.run('auth', 'can-i', 'get', '/metrics')).trim(), 'yes')
    })

    test('has a kubeconfig that only the owner can read, for namespace default', { skip }, async () => {
      assert.equal(statSync(server.kubeconfig).mode & 0o777, 0o600)
      assert.match(readFileSync(server.kubeconfig, 'utf8'), /namespace: default/)
      assert.match(await server.kubectl.run('config', 'view', '--minify', '-o', 'jsonpath={..namespace}'), /^default$/)
    })

    test('keeps all secrets of the data directory private', () => {
      const files = readdirSync(server.dataDirectory, { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      )
      const paths = files.map((entry) => join(entry.parentPath, entry.name))
      const secret = paths.filter((path) => /PRIVATE KEY|token/.test(readFileSync(path, 'latin1') + path))
      assert.ok(secret.length >= 2, paths.join(' '))
      for (const path of secret) assert.equal(statSync(path).mode & 0o077, 0, path)
    })

    test('gets a private kubeconfig again after it was opened to all', { skip }, async () => {
      chmodSync(server.kubeconfig, 0o644)
      await server.restart()
      assert.equal(statSync(server.kubeconfig).mode & 0o777, 0o600)
    })
  })

  test('the server listens on loopback only', async (t) => {
    if (process.platform !== 'linux') return t.skip('/proc/net tells who listens on Linux only')
    const port = Number(new URL(server.own.url).port).toString(16).toUpperCase().padStart(4, '0')
    // While sockets come and go, a reading can miss some.
    await eventually(() => {
      const listening = readFileSync('/proc/net/tcp', 'utf8') + readFileSync('/proc/net/tcp6', 'utf8')
      const pattern = new RegExp(`^ +\\d+: ([0-9A-F]+):${port} \\S+ 0A `, 'gm')
      assert.deepEqual(
        Array.from(listening.matchAll(pattern), ([, address]) => address),
        ['0100007F'],
      )
    })
  })

  test('no credential reaches the output of the server', async () => {
    assert.ok(!server.output().includes(await server.token()))
    assert.doesNotMatch(server.output(), /PRIVATE KEY/)
  })
})
