import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { addressGuard, OWN_MACHINE } from './addressGuard.ts'
import { AddressRefused } from './allowedLookup.ts'
import { createOutbound, type Outbound, type OutboundOptions } from './outbound.ts'

async function setUp(t: TestContext, options: OutboundOptions) {
  let connections = 0
  let most = 0
  const server = createServer((_, response) => {
    setImmediate(() => response.end('ok'))
  })
  server.on('connection', (socket) => {
    most = Math.max(most, (connections += 1))
    socket.once('close', () => (connections -= 1))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const outbound = createOutbound(options)
  t.after(async () => {
    await outbound.close()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const get = async (host = '127.0.0.1') => {
    const options = { origin: `http://${host}:${port}`, path: '/', method: 'GET' as const }
    const { body } = await outbound.dispatcher(true).request(options)
    return await body.text()
  }
  return { outbound, get, most: () => most }
}

test('connections to one origin are bounded, and kept', async (t) => {
  const { get, most } = await setUp(t, { connections: 3 })
  await Promise.all(Array.from({ length: 12 }, () => get()))
  await get()
  assert.equal(most(), 3)
})

test('every address that is used was allowed', async (t) => {
  const asked: string[] = []
  const { get } = await setUp(t, {
    allowAddress(ip) {
      asked.push(ip)
      return ip === '127.0.0.1'
    },
  })
  assert.equal(await get(), 'ok')
  assert.equal(await get('localhost'), 'ok')
  assert.ok(
    asked.every((ip) => ['127.0.0.1', '::1'].includes(ip)),
    String(asked),
  )
  // Written in another way it is still an address.
  await assert.rejects(get('[::1]'), AddressRefused)
  assert.equal(await get('2130706433'), 'ok')
})

test('a name that is pointed elsewhere later leads nowhere, and of its addresses only those are used that are allowed', async (t) => {
  let addresses = ['169.254.169.254', '127.0.0.1', 'fe80::1']
  const asked: string[] = []
  const { get } = await setUp(t, {
    connections: 1,
    allowAddress: addressGuard(OWN_MACHINE),
    lookup(hostname, _, done) {
      asked.push(hostname)
      const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
      done(null, found)
    },
  })
  assert.equal(await get('registry.test'), 'ok')
  for (addresses of [['169.254.169.254'], ['::ffff:169.254.169.254', 'fe80::1'], []]) {
    // Another name, for the connection of the first is still there.
    await assert.rejects(get(`registry${addresses.length}.test`), AddressRefused)
  }
  assert.deepEqual(asked, ['registry.test', 'registry1.test', 'registry2.test', 'registry0.test'])
})

test('after close nothing goes out through the old connections', async (t) => {
  const { outbound, get } = await setUp(t, {})
  const before = outbound.dispatcher(true)
  assert.equal(await get(), 'ok')
  await outbound.close()
  await assert.rejects(before.request({ origin: 'http://127.0.0.1:1', path: '/', method: 'GET' }), {
    code: 'UND_ERR_DESTROYED',
  })
})

/** Servers on ports of their own, and how many connections they have. */
async function manyServers(t: TestContext, count: number, answers: boolean) {
  let open = 0
  const servers = Array.from({ length: count }, () =>
    createServer((_, response) => void (answers && response.end('ok'))).on('connection', (socket) => {
      open++
      socket.once('close', () => open--)
    }),
  )
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening')
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  t.after(() => {
    for (const server of servers) server.close().closeAllConnections()
  })
  return { ports, open: () => open }
}

async function getPort(outbound: Outbound, port: number, signal?: AbortSignal): Promise<string> {
  const options = { origin: `http://127.0.0.1:${port}`, path: '/', method: 'GET' as const, ...(signal && { signal }) }
  const { body } = await outbound.dispatcher(true).request(options)
  return await body.text()
}

test('of many hosts that answer few connections are kept: those that were used last', async (t) => {
  const { ports, open } = await manyServers(t, 40, true)
  const outbound = createOutbound({ pools: { pools: 30, kept: 8, most: 16 } })
  t.after(() => outbound.close())
  for (const port of ports) assert.equal(await getPort(outbound, port), 'ok')
  await eventually(() => assert.equal(open(), 8))
  // The last ones are still there.
  for (const port of ports.slice(-8)) assert.equal(await getPort(outbound, port), 'ok')
  assert.equal(open(), 8)
})

test('as few pools are kept as are wanted', async (t) => {
  const { ports, open } = await manyServers(t, 20, true)
  const outbound = createOutbound({ pools: { pools: 5, kept: 100, most: 100 } })
  t.after(() => outbound.close())
  for (const port of ports) await getPort(outbound, port)
  await eventually(() => assert.equal(open(), 5))
})

test('hosts that stay silent have no more connections than there may be, and who leaves gives them back', async (t) => {
  const silent = await manyServers(t, 40, false)
  const good = await manyServers(t, 1, true)
  const outbound = createOutbound({ pools: { pools: 30, kept: 8, most: 16 } })
  t.after(() => outbound.close())
  const leaving = new AbortController()
  const results = Promise.allSettled(silent.ports.map((port) => getPort(outbound, port, leaving.signal)))
  await eventually(() => assert.equal(silent.open(), 16))
  await assert.rejects(getPort(outbound, good.ports[0]!), { code: 'TOO_MANY_CONNECTIONS' })
  leaving.abort(new Error('enough'))
  const codes = (await results).map((each) => (each.status === 'rejected' && each.reason.code) || 'left')
  assert.equal(codes.filter((code) => code === 'TOO_MANY_CONNECTIONS').length, 24)
  await eventually(() => assert.equal(silent.open(), 0))
  assert.equal(await getPort(outbound, good.ports[0]!), 'ok')
})
