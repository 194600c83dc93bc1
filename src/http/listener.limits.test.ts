import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as netConnect } from 'node:net'
import { describe, it } from 'node:test'
import { connect as tlsConnect } from 'node:tls'
import { json, overHttp1, overHttp2, pki, session, start, startPlain } from './listener.fixture.ts'

describe('clients that misbehave', () => {
  for (const secure of [false, true]) {
    it(`get nothing for half a header (${secure ? 'TLS' : 'plain'})`, async () => {
      const { port } = await (secure ? start : startPlain)(async () => json(1), { headersTimeout: 100 })
      const socket = secure ? tlsConnect({ port, ca: pki().ca, host: '127.0.0.1' }) : netConnect(port, '127.0.0.1')
      socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ')
      const pieces: Buffer[] = []
      for await (const piece of socket) pieces.push(piece as Buffer)
      assert.match(String(Buffer.concat(pieces)), /^(HTTP\/1.1 408|$)/)
    })
  }

  it('are cut off when they are idle', async () => {
    const { port } = await start(async () => json(1), { idleTimeout: 50 })
    const client = session(port)
    client.request({}).resume()
    await once(client, 'close')
    const idle = tlsConnect({ port, ca: pki().ca, host: '127.0.0.1' })
    idle.resume().write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(idle, 'close')
  })

  it('get no more than the headers that there is room for', async () => {
    const { port } = await start(async () => json(1))
    const headers = { 'x-large': 'x'.repeat(100_000) }
    assert.equal((await overHttp1(port, { headers })).status, 431)
    await assert.rejects(overHttp2(port, { headers }))
    assert.equal((await overHttp1(port, { headers: { 'x-large': 'x'.repeat(50_000) } })).status, 200)
  })

  const malformed: [name: string, text: string, answer: RegExp][] = [
    [
      'an unknown method',
      'BREW / HTTP/1.1\r\nHost: x\r\n\r\n',
      /^HTTP\/1\.1 400 .*"the request is no HTTP: Invalid method/s,
    ],
    ['a target that is no path', 'GET x HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 400 .*"the request is no HTTP: /s],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na',
      /^HTTP\/1\.1 400 .*Content-Length/s,
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1\.1 400 .*"the request is no HTTP: /s,
    ],
    [
      'too many headers',
      `GET / HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(11_000)}\r\n`,
      /^HTTP\/1\.1 431 .*send fewer or shorter ones/s,
    ],
  ]
  for (const secure of [false, true])
    for (const [name, text, expected] of malformed)
      it(`are told what is wrong: ${name} (${secure ? 'TLS' : 'plain'})`, async () => {
        const { port } = await (secure ? start : startPlain)(async () => json(1))
        const socket = secure ? tlsConnect({ port, ca: pki().ca, host: '127.0.0.1' }) : netConnect(port, '127.0.0.1')
        socket.on('error', () => undefined).write(text)
        let answer = ''
        for await (const piece of socket) answer += String(piece)
        assert.match(answer, expected)
        const [, body = ''] = answer.split('\r\n\r\n')
        assert.partialDeepStrictEqual(JSON.parse(body), { kind: 'Status', status: 'Failure' })
      })

  it('cannot bring the server down with rubbish', async () => {
    const { port } = await start(async () => json(1))
    for (const rubbish of ['\0\0\0', 'GET / HTTP/1.1\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nrubbish']) {
      const socket = netConnect(port, '127.0.0.1').on('error', () => undefined)
      socket.end(rubbish)
      await once(socket.resume(), 'close')
    }
    assert.equal((await overHttp1(port, {})).status, 200)
  })
})
