import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { test } from 'node:test'
import { Transport } from './transport.ts'

test('whoever does not wait any more is not kept by a host that is silent', async (t) => {
  const sockets: Socket[] = []
  const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const cluster = { name: 'c', server: `https://127.0.0.1:${port}`, skipTLSVerify: true }
  const transport = new Transport({ cluster, credentials: () => Promise.resolve({ headers: {} }) })
  t.after(async () => {
    await transport.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  for (const signal of [AbortSignal.timeout(50), AbortSignal.abort(new Error('gone'))]) {
    const started = performance.now()
    await assert.rejects(transport.text({ method: 'GET', path: '/', signal }), /gone|TimeoutError|aborted|timeout/i)
    assert.ok(performance.now() - started < 5_000)
  }
})
