import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startConnectProxy } from '../../test/support/connectProxy.ts'
import { createOutbound } from '../http/outbound.ts'
import { exchange } from './exchange.ts'
import { RegistryError } from './error.ts'

test('a proxy that refuses, or fails, is named as what is in the way, without its password', async (t) => {
  const proxy = await startConnectProxy({ user: 'me:hunter2' })
  t.after(() => proxy.close())
  const table = [
    [proxy.url, /^Get "https:\/\/127\.0\.0\.1:1\/v2\/": proxyconnect tcp: the proxy does not get a connection$/, true],
    [
      proxy.url.replace('hunter2', 'hunter3'),
      /: proxyconnect tcp: the proxy does not let the connection through/,
      false,
    ],
  ] as const
  for (const [url, message, temporary] of table) {
    const outbound = createOutbound({ route: () => ({ proxy: url }) })
    const request = {
      method: 'GET',
      url: new URL('https://127.0.0.1:1/v2/'),
      headers: {},
      limit: 1,
      insecure: false,
      timeout: 10_000,
      signal: new AbortController().signal,
    } as const
    await assert.rejects(exchange(outbound, request), (error) => {
      assert.ok(error instanceof RegistryError)
      assert.match(error.message, message)
      assert.equal(error.temporary, temporary)
      assert.doesNotMatch(error.message, /hunter/)
      return true
    })
    await outbound.close()
  }
})
