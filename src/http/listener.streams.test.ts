import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { constants } from 'node:http2'
import { Agent, request as httpsRequest } from 'node:https'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import type { Handler, Request } from './handler.ts'
import { json, overHttp1, overHttp2, pki, read, session, start } from './listener.fixture.ts'

/** A handler that streams what the test feeds it, until its signal aborts. */
function feed() {
  const requests: Request[] = []
  const started = Promise.withResolvers<Request>()
  let wake = Promise.withResolvers<void>()
  const pending: string[] = []
  const handler: Handler = async (request) => {
    requests.push(request)
    started.resolve(request)
    request.signal.addEventListener('abort', () => wake.resolve())
    return {
      status: 200,
      body: (async function* () {
        while (!request.signal.aborted) {
          yield* pending.splice(0)
          await wake.promise
          wake = Promise.withResolvers<void>()
        }
        yield 'bye'
      })(),
    }
  }
  const push = (text: string): void => {
    pending.push(text)
    wake.resolve()
  }
  return { handler, push, requests, started: started.promise }
}

describe('streams', () => {
  it('send headers at once and flush every piece', async () => {
    const { handler, push } = feed()
    const { port } = await start(handler)
    const stream = session(port).request({ ':path': '/watch' })
    await once(stream, 'response')
    stream.setEncoding('utf8')
    for (const text of ['one\n', 'two\n']) {
      const data = once(stream, 'data')
      push(text)
      assert.deepEqual(await data, [text])
    }
  })

  for (const [name, call] of [
    ['HTTP/1.1', overHttp1],
    ['HTTP/2', overHttp2],
  ] as const)
    it(`end when nobody reads them: HEAD over ${name}`, async () => {
      const { handler, started } = feed()
      const { port } = await start(handler)
      const { status, body } = await call(port, { method: 'HEAD', path: '/watch' })
      assert.equal(status, 200)
      assert.equal(body.length, 0)
      const { signal } = await started
      if (!signal.aborted) await once(signal, 'abort', { signal: AbortSignal.timeout(2_000) })
    })

  it('abort the signal of the request when the client goes away', async () => {
    const { handler, started } = feed()
    const { port } = await start(handler)
    const stream = session(port).request({ ':path': '/watch' })
    await once(stream, 'response')
    const { signal } = await started
    const aborted = once(signal, 'abort')
    stream.close(constants.NGHTTP2_CANCEL)
    await aborted

    const other = feed()
    const plain = await start(other.handler)
    const request = httpsRequest({ port: plain.port, ca: pki().ca }).on('error', () => undefined)
    request.end()
    await once(request, 'response')
    const gone = once((await other.started).signal, 'abort')
    request.destroy()
    await gone
  })

  for (const [what, encoding, bodyOf] of [
    ['streams', 'identity', (pieces: Generator<Buffer>) => Readable.from(pieces)],
    ['long bodies', 'identity', (pieces: Generator<Buffer>) => pieces],
    ['compressed bodies', 'gzip', (pieces: Generator<Buffer>) => pieces],
  ] as const)
    it(`wait for a client that reads slowly, and end when it goes away: ${what}`, async () => {
      let produced = 0
      let ended = false
      function* pieces(): Generator<Buffer> {
        try {
          for (; produced < 10_000; produced++) yield randomBytes(64 * 1024)
        } finally {
          ended = true
        }
      }
      const { port } = await start(async () => ({ status: 200, body: bodyOf(pieces()) }))
      const client = session(port)
      const stream = client.request({ 'accept-encoding': encoding })
      const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
      assert.equal(headers['content-encoding'] ?? 'identity', encoding)
      stream.pause()
      // Each answer to a ping shows that the server had a turn in which it could have gone on.
      const turns = async (): Promise<void> => {
        for (let i = 0; i < 20; i++) await new Promise((resolve) => client.ping(resolve))
      }
      for (let last = -1; last !== produced; await turns()) last = produced
      assert.ok(produced < 1_000, `${produced} pieces for a client that reads none`)
      const before = produced
      stream.resume()
      await eventually(() => assert.ok(produced > before + 100))
      stream.close(constants.NGHTTP2_CANCEL)
      await eventually(() => assert.ok(ended))
      assert.ok(produced < 10_000)
    })

  it('survive thousands of cancelled watches on one connection', async () => {
    const { port } = await start(async ({ signal }) => ({
      status: 200,
      body: (async function* () {
        yield 'hello'
        if (!signal.aborted) await once(signal, 'abort')
      })(),
    }))
    const client = session(port)
    for (let round = 0; round < 30; round++) {
      const watches = Array.from({ length: 100 }, async () => {
        const stream = client.request({})
        await once(stream, 'response')
        stream.close(constants.NGHTTP2_CANCEL)
        await once(stream, 'close')
      })
      await Promise.all(watches)
    }
    assert.ok(!client.closed && !client.destroyed)
  })
})

describe('closing', () => {
  it('ends watches in order, and lets short answers finish', async () => {
    const { handler, requests } = feed()
    const listener = await start(handler)
    const client = session(listener.port)
    const stream = client.request({})
    const request = httpsRequest({ port: listener.port, ca: pki().ca, agent: new Agent({ keepAlive: true }) })
    request.end()
    const [[incoming]] = await Promise.all([once(request, 'response'), once(stream, 'response')])
    assert.equal(requests.length, 2)
    const closed = listener.close()
    assert.equal(String((await read(incoming as IncomingMessage)).body), 'bye')
    const pieces: Buffer[] = []
    for await (const piece of stream) pieces.push(piece as Buffer)
    assert.equal(String(Buffer.concat(pieces)), 'bye')
    await closed
    await assert.rejects(overHttp1(listener.port, {}), /ECONNREFUSED/)
  })

  it('cuts off handlers that do not listen to their signal', async () => {
    let count = 0
    const both = Promise.withResolvers<void>()
    const handler: Handler = () => {
      if (++count === 2) both.resolve()
      return new Promise(() => undefined)
    }
    const listener = await start(handler, { grace: 50 })
    const asked = Promise.allSettled([overHttp1(listener.port, {}), overHttp2(listener.port, {})])
    await both.promise
    await Promise.all([listener.close(), listener.close()])
    for (const result of await asked) assert.equal(result.status, 'rejected')
  })

  it('does not wait for idle connections', async () => {
    const listener = await start(async () => json(1), { grace: 60_000 })
    await overHttp1(listener.port, {})
    await overHttp2(listener.port, {})
    await listener.close()
  })
})
