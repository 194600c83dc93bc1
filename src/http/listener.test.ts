import assert from 'node:assert/strict'
import { randomBytes, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { gunzipSync } from 'node:zlib'
import { eventually } from '../../test/support/eventually.ts'
import { silent, type Log } from '../core/machinery/log.ts'
import { loadOrCreate } from './certificates.ts'
import type { Handler } from './handler.ts'
import { cleanUp, json, overHttp1, overHttp2, pki, read, session, start, startPlain } from './listener.fixture.ts'

for (const [protocol, ask] of [
  ['HTTP/1.1', overHttp1],
  ['HTTP/2', overHttp2],
] as const) {
  describe(`listener over ${protocol}`, () => {
    it('hands over the request and sends the reply', async () => {
      const { port } = await start(async (request) => {
        const body = String(await request.body(100))
        const { method, path, headers } = request
        return json({ method, path, query: [...request.query], header: headers['x-a'], host: headers['host'], body })
      })
      const answer = await ask(port, {
        method: 'POST',
        path: '/a%2Fb/c?x=1&x=2%20+3',
        headers: { 'X-A': 'b', host: 'localhost' },
        body: 'hällo',
      })
      assert.equal(answer.status, 200)
      assert.equal(answer.headers['content-length'], String(answer.body.length))
      const { host, ...seen } = JSON.parse(String(answer.body)) as Record<string, unknown>
      assert.match(String(host), /^(localhost|127.0.0.1:\d+)$/)
      assert.deepEqual(seen, {
        method: 'POST',
        path: '/a%2Fb/c',
        query: [
          ['x', '1'],
          ['x', '2  3'],
        ],
        header: 'b',
        body: 'hällo',
      })
    })

    it('tells the values of a repeated header apart, whatever commas are in them', async () => {
      const { port } = await start(async (request) => json(request.values('X-Group')))
      const { body } = await ask(port, { headers: { 'x-group': ['a, b', 'c'] } })
      assert.deepEqual(JSON.parse(String(body)), ['a, b', 'c'])
    })

    it('takes hundreds of values of a header, and those beyond ASCII as they were sent', async () => {
      const { port } = await start(async (request) => json(request.values('X-Group')))
      const groups = Array.from({ length: 800 }, (_, i) => `größe ${i}`)
      // Node's clients write a byte for a character.
      const sent = groups.map((group) => Buffer.from(group).toString('latin1'))
      const { status, body } = await ask(port, { headers: { 'x-group': [...sent, '\xff'] } })
      assert.equal(status, 200)
      assert.deepEqual(JSON.parse(String(body)), [...groups, '\xff'])
    })

    it('knows the client by its certificate, and by whom that is signed; and nobody without one', async () => {
      const { port } = await start(async ({ peer }) => json(peer ?? null))
      const authorities = [new X509Certificate(pki().ca).fingerprint256]
      const admin = { commonName: 'system:admin', organizations: ['system:masters'], authorities }
      assert.deepEqual(JSON.parse(String((await ask(port, { certificate: pki().client })).body)), admin)
      assert.equal(JSON.parse(String((await ask(port, {})).body)), null)
    })

    it('does not believe a certificate of another authority', async () => {
      const other = await mkdtemp(join(tmpdir(), 'millrace-listener-'))
      cleanUp(() => rm(other, { recursive: true }))
      const { client } = await loadOrCreate(other)
      const { port } = await start(async ({ peer }) => json(peer ?? null))
      assert.equal(JSON.parse(String((await ask(port, { certificate: client })).body)), null)
    })

    for (const [how, headers] of [
      ['announced', { 'content-length': String(3_000_000) }],
      ['unannounced', {}],
    ] as const) {
      it(`answers 413 to a body that is too large (${how})`, async () => {
        const { port } = await start(async (request) => json(String(await request.body(1_000))))
        const answer = await ask(port, { method: 'POST', headers, body: Buffer.alloc(3_000_000) })
        assert.equal(answer.status, 413)
        assert.equal((JSON.parse(String(answer.body)) as { reason: string }).reason, 'RequestEntityTooLarge')
      })
    }

    it('answers 408 to a body that never comes to its end', async () => {
      const { port } = await start(async (request) => json(String(await request.body(1_000))), { bodyTimeout: 50 })
      const socketless = protocol === 'HTTP/2'
      const status = Promise.withResolvers<number>()
      if (socketless) {
        const stream = session(port).request({ ':method': 'POST' })
        stream.write('a')
        stream.once('response', (headers) => status.resolve(Number(headers[':status'])))
      } else {
        const request = httpsRequest({ port, method: 'POST', ca: pki().ca })
        cleanUp(() => request.destroy())
        request.on('error', () => undefined).write('a')
        request.once('response', (response) => status.resolve(response.statusCode!))
      }
      assert.equal(await status.promise, 408)
    })

    it('answers 500 without details when the handler fails, and logs them', async () => {
      const logged: object[] = []
      const log: Log = { ...silent, error: (fields) => logged.push(fields) }
      const handlers: Handler[] = [
        async () => {
          throw new Error('secret of the house')
        },
        () => {
          throw new Error('secret of the house')
        },
      ]
      for (const handler of handlers) {
        const { port } = await start(handler, { log })
        const answer = await ask(port, {})
        assert.equal(answer.status, 500)
        assert.doesNotMatch(String(answer.body), /secret/)
        assert.equal((JSON.parse(String(answer.body)) as { kind: string }).kind, 'Status')
        assert.match(String((logged.pop() as { err: Error }).err), /secret of the house/)
      }
    })

    it('compresses large bodies for those who can read it, and no others', async () => {
      const large = JSON.stringify('x'.repeat(200_000))
      const { port } = await start(async ({ path }) => ({ status: 200, body: path === '/large' ? large : 'small' }))
      const headers = { 'accept-encoding': 'br, gzip' }
      const compressed = await ask(port, { path: '/large', headers })
      assert.equal(compressed.headers['content-encoding'], 'gzip')
      assert.equal(compressed.headers['content-length'], String(compressed.body.length))
      assert.equal(String(gunzipSync(compressed.body)), large)
      const plain = await ask(port, { path: '/large', headers: { 'accept-encoding': 'gzip;q=0, identity' } })
      assert.equal(plain.headers['content-encoding'], undefined)
      assert.equal(String(plain.body), large)
      assert.equal(String((await ask(port, { headers })).body), 'small')
    })

    it('sends bodies of many megabytes whole', async () => {
      const body = Buffer.alloc(20_000_000, 'abcdefg')
      const { port } = await start(async () => ({ status: 200, body }))
      assert.ok((await ask(port, {})).body.equals(body))
    })

    it('makes a long body while it is sent, compressed or not', async () => {
      const long = Array.from({ length: 300 }, (_, i) => Buffer.from(`${i}`.padEnd(10_000)))
      const { port } = await start(async () => ({ status: 200, body: long.values() }))
      assert.ok((await ask(port, {})).body.equals(Buffer.concat(long)))
      const compressed = await ask(port, { headers: { 'accept-encoding': 'gzip' } })
      assert.equal(compressed.headers['content-encoding'], 'gzip')
      assert.ok(gunzipSync(compressed.body).equals(Buffer.concat(long)))
      assert.equal((await ask(port, { method: 'HEAD' })).body.length, 0)
    })

    it('answers HEAD with the length and no body', async () => {
      const { port } = await start(async () => json('12345'))
      const answer = await ask(port, { method: 'HEAD' })
      assert.equal(answer.headers['content-length'], '7')
      assert.equal(answer.body.length, 0)
    })

    it('cuts an answer off that fails on its way, so that nobody takes it for whole', async () => {
      const { port } = await start(async ({ path }) => ({
        status: 200,
        body:
          path === '/long'
            ? (function* () {
                for (let i = 0; i < 10; i++) yield randomBytes(100_000)
                throw new Error('broken')
              })()
            : (async function* () {
                yield 'begun'
                throw new Error('broken')
              })(),
      }))
      await assert.rejects(ask(port, {}))
      await assert.rejects(ask(port, { path: '/long' }))
      await assert.rejects(ask(port, { path: '/long', headers: { 'accept-encoding': 'gzip' } }))
    })

    for (const encoding of ['identity', 'gzip'])
      it(`answers others between the pieces of a long body, in ${encoding}`, async () => {
        let answered = false
        let pieces = 0
        const { port } = await start(async ({ path }) => ({
          status: 200,
          body: path === '/long' ? until(() => answered) : 'short',
        }))
        function* until(done: () => boolean): Generator<Buffer> {
          // Far more than fits into any queue on the way.
          for (; !done() || pieces < 2_000; pieces++) {
            assert.ok(pieces < 100_000, 'the other request has no turn')
            yield Buffer.alloc(64 * 1024)
          }
        }
        const long = ask(port, { path: '/long', headers: { 'accept-encoding': encoding } })
        await eventually(() => assert.ok(pieces > 0))
        assert.equal(String((await ask(port, {})).body), 'short')
        answered = true
        assert.equal((await long).status, 200)
      })
  })
}

describe('a TLS session that is resumed', () => {
  for (const withCertificate of [true, false]) {
    it(withCertificate ? 'still shows the certificate' : 'without certificate is still nobody', async () => {
      const { port } = await start(async ({ peer }) => json(peer?.commonName ?? null))
      const agent = new Agent({ keepAlive: false, maxCachedSessions: 10 })
      cleanUp(() => agent.destroy())
      const ask = async () => {
        const request = httpsRequest({ port, agent, ca: pki().ca, ...(withCertificate && pki().client) })
        request.end()
        const [incoming] = (await once(request, 'response')) as [IncomingMessage]
        const resumed = (request.socket as TLSSocket).isSessionReused()
        return { resumed, peer: JSON.parse(String((await read(incoming)).body)) as unknown }
      }
      const peer = withCertificate ? 'system:admin' : null
      assert.deepEqual(await ask(), { resumed: false, peer })
      assert.deepEqual(await ask(), { resumed: true, peer })
    })
  }
})

describe('a certificate that is replaced', () => {
  it('fails no request and no stream; new connections see it, old ones go on', async () => {
    const stop = new AbortController()
    const listener = await start(async ({ path }) => ({
      status: 200,
      body: path === '/watch' ? ticks(stop.signal) : 'ok',
    }))
    const { port } = listener
    const directory = await mkdtemp(join(tmpdir(), 'millrace-rotated-'))
    cleanUp(() => rm(directory, { recursive: true }))
    const next = await loadOrCreate(directory)
    const trusted = { ca: [pki().ca, next.ca] }
    const agent = new Agent({ keepAlive: true, maxSockets: 2, ...trusted })
    cleanUp(() => agent.destroy())
    const shown = new Set<unknown>()
    const get = async (path: string, via = agent) => {
      const request = httpsRequest({ port, path, agent: via })
      request.once('socket', (socket: TLSSocket) =>
        socket.once('secureConnect', () => shown.add(socket.getPeerX509Certificate()?.fingerprint256)),
      )
      request.end()
      const [incoming] = (await once(request, 'response')) as [IncomingMessage]
      return read(incoming)
    }
    const watch = get('/watch')
    const load = Array.from({ length: 4 }, async (_, i) => {
      // Half of them on kept connections, half on a new one each.
      const fresh = new Agent({ keepAlive: false, maxCachedSessions: 0, ...trusted })
      while (!stop.signal.aborted) {
        assert.equal(String((await get('/', i % 2 === 0 ? agent : fresh)).body), 'ok')
      }
    })
    const [before, after] = [pki().serving, next.serving].map(({ cert }) => new X509Certificate(cert).fingerprint256)
    await eventually(() => assert.deepEqual([...shown], [before]))
    listener.setTls({ ...next.serving, clientCa: next.ca })
    await eventually(() => assert.deepEqual([...shown], [before, after]))
    shown.clear()
    await get('/', new Agent({ maxCachedSessions: 0, ...trusted }))
    await eventually(() => assert.deepEqual([...shown], [after]))
    stop.abort()
    await Promise.all(load)
    assert.match(String((await watch).body), /^(tick\n)+$/)
  })
})

/** A line each 10 milliseconds, until the signal aborts. */
async function* ticks(signal: AbortSignal): AsyncGenerator<string> {
  while (!signal.aborted) {
    yield 'tick\n'
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('plain HTTP', () => {
  it('is there for tests', async () => {
    const { port } = await startPlain(async ({ path, peer }) => json([path, peer ?? null]))
    const request = httpRequest({ port, path: 'http://elsewhere/x?y' })
    request.end()
    const [incoming] = (await once(request, 'response')) as [IncomingMessage]
    assert.deepEqual(JSON.parse(String((await read(incoming)).body)), ['/x', null])
  })

  it('rejects when the port is taken', async () => {
    const { port } = await start(async () => json(1))
    await assert.rejects(
      start(async () => json(1), { port }),
      { code: 'EADDRINUSE' },
    )
  })
})
