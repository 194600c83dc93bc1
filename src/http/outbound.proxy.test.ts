import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { describe, test, type TestContext } from 'node:test'
import { startConnectProxy } from '../../test/support/connectProxy.ts'
import { selfSigned } from '../../test/support/selfSigned.ts'
import { AddressRefused } from './allowedLookup.ts'
import { createOutbound, type OutboundOptions } from './outbound.ts'
import type { Route } from './route.ts'

const tls = await selfSigned()

/** A server that says which certificate it was shown, and an outbound with one route to everything. */
async function setUp(t: TestContext, route: Route, options: OutboundOptions & { https?: boolean } = {}) {
  let connections = 0
  let most = 0
  const listener: RequestListener = ({ socket }, response) => {
    const shown = options.https ? (socket as TLSSocket).getPeerCertificate().subject?.CN : undefined
    setImmediate(() => response.end(shown ?? 'ok'))
  }
  const asking = { ...tls, ca: [tls.cert], requestCert: true, rejectUnauthorized: false }
  const server = options.https ? createTlsServer(asking, listener) : createServer(listener)
  server.on('connection', (socket: Socket) => {
    most = Math.max(most, (connections += 1))
    socket.once('close', () => (connections -= 1))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const outbound = createOutbound({ route: () => route, ...options })
  t.after(async () => {
    await outbound.close()
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  const get = async (host = '127.0.0.1', verify = true) => {
    const origin = `${options.https ? 'https' : 'http'}://${host}:${port}`
    const { body } = await outbound.dispatcher(verify).request({ origin, path: '/path?q', method: 'GET' })
    return await body.text()
  }
  return { get, port, most: () => most }
}

async function proxyFor(t: TestContext, options?: { user: string }) {
  const proxy = await startConnectProxy(options)
  t.after(() => proxy.close())
  return proxy
}

describe('TLS', () => {
  test('is believed by a certificate of the route, and by none of another one', async (t) => {
    const { get } = await setUp(t, { tls: { ca: tls.cert } }, { https: true })
    assert.equal(await get(), 'ok')
    const other = await setUp(t, {}, { https: true })
    await assert.rejects(other.get(), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    assert.equal(await other.get('127.0.0.1', false), 'ok')
  })

  test('shows the certificate of the route', async (t) => {
    const client = { cert: tls.cert, key: tls.key }
    const { get } = await setUp(t, { tls: { ca: tls.cert, client } }, { https: true })
    assert.equal(await get(), 'fake')
  })

  test('has the same trust through a proxy', async (t) => {
    const { url, asked } = await proxyFor(t)
    const client = { cert: tls.cert, key: tls.key }
    const good = await setUp(t, { proxy: url, tls: { ca: tls.cert, client } }, { https: true })
    assert.equal(await good.get(), 'fake')
    assert.deepEqual(asked, [`CONNECT 127.0.0.1:${good.port}`])
    const bad = await setUp(t, { proxy: url }, { https: true })
    await assert.rejects(bad.get(), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  })
})

describe('through a proxy', () => {
  test('plain HTTP goes by its URL, and connections are bounded and kept', async (t) => {
    const { url, asked } = await proxyFor(t)
    const { get, port, most } = await setUp(t, { proxy: url }, { connections: 3 })
    assert.deepEqual(new Set(await Promise.all(Array.from({ length: 12 }, () => get()))), new Set(['ok']))
    assert.equal(asked[0], `GET http://127.0.0.1:${port}/path?q`)
    assert.equal(most(), 3)
  })

  test('tunnels are bounded and kept', async (t) => {
    const { url, asked } = await proxyFor(t)
    const { get, most } = await setUp(t, { proxy: url }, { https: true, connections: 3 })
    await Promise.all(Array.from({ length: 12 }, () => get('127.0.0.1', false)))
    await get('127.0.0.1', false)
    assert.equal(most(), 3)
    assert.ok(asked.length <= 4, String(asked))
  })

  test('one that wants a password gets it, and says no to others', async (t) => {
    const { url } = await proxyFor(t, { user: 'millrace:hunter2' })
    for (const https of [true, false]) {
      const { get } = await setUp(t, { proxy: url }, { https })
      assert.equal(await get('127.0.0.1', false), 'ok')
      const wrong = await setUp(t, { proxy: url.replace('hunter2', 'wrong') }, { https })
      await assert.rejects(wrong.get('127.0.0.1', false), { code: 'PROXY_REFUSED', status: 407 })
    }
  })

  test('a server that it does not reach, and a proxy that is not there, are errors', async (t) => {
    const proxy = await startConnectProxy()
    const outbound = createOutbound({ route: () => ({ proxy: proxy.url }) })
    t.after(() => outbound.close())
    const get = () => outbound.dispatcher(true).request({ origin: 'https://127.0.0.1:1', path: '/', method: 'GET' })
    await assert.rejects(get(), { code: 'PROXY_FAILED', status: 502 })
    await proxy.close()
    await assert.rejects(get(), { code: 'ECONNREFUSED' })
  })

  describe('no target is named that may not be reached:', () => {
    const allowAddress = (ip: string) => ip.startsWith('10.')
    const addresses: Record<string, string[]> = {
      'good.test': ['10.0.0.1'],
      'bad.test': ['169.254.169.254'],
      'mixed.test': ['10.0.0.1', '169.254.169.254'],
      'none.test': [],
    }
    const lookups: string[] = []
    const lookup: OutboundOptions['lookup'] = (hostname, _, done) => {
      lookups.push(hostname)
      const found = addresses[hostname]
      if (!found) return done(Object.assign(new Error(hostname), { code: 'ENOTFOUND' }), [])
      done(
        null,
        found.map((address) => ({ address, family: 4 })),
      )
    }

    test('names are looked up, once for many requests', async (t) => {
      const { url, asked } = await proxyFor(t)
      const { get, port } = await setUp(t, { proxy: url }, { allowAddress, lookup, https: true })
      for (const host of ['bad.test', 'mixed.test', 'none.test', '169.254.169.254', '[::1]', '2130706433'])
        await assert.rejects(get(host, false), AddressRefused, host)
      await assert.rejects(get('unknown.test', false), { code: 'ENOTFOUND' })
      assert.deepEqual(asked, [])
      lookups.length = 0
      for (let i = 0; i < 3; i += 1) assert.equal(await get('good.test', false), 'ok')
      assert.deepEqual(lookups, ['good.test'])
      assert.deepEqual(new Set(asked), new Set([`CONNECT good.test:${port}`]))
    })

    test('where only the proxy resolves names, addresses and this machine', async (t) => {
      const { url, asked } = await proxyFor(t)
      const route = { proxy: url, resolvesNames: true }
      const { get, port } = await setUp(t, route, { allowAddress, lookup, https: true })
      for (const host of ['169.254.169.254', '[::1]', '2130706433', 'localhost', 'a.localhost.'])
        await assert.rejects(get(host, false), AddressRefused, host)
      assert.equal(await get('unknown.test', false), 'ok')
      assert.deepEqual(asked, [`CONNECT unknown.test:${port}`])
    })
  })
})

test('a host that the administrator trusts may be anywhere, with a proxy and without', async (t) => {
  const { url } = await proxyFor(t)
  for (const route of [{ trusted: true }, { trusted: true, proxy: url }]) {
    const { get } = await setUp(t, route, { allowAddress: () => false })
    assert.equal(await get(), 'ok')
  }
  const { get } = await setUp(t, {}, { allowAddress: () => false })
  await assert.rejects(get(), AddressRefused)
})

test('ways that have not been used for long are given up, and what is under way is finished', async (t) => {
  const { get } = await setUp(t, {}, { route: () => ({ tls: { ca: tls.cert } }) })
  assert.deepEqual(new Set(await Promise.all(Array.from({ length: 100 }, () => get()))), new Set(['ok']))
})
