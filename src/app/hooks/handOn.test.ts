import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { selfSigned } from '../../../test/support/selfSigned.ts'
import { silent } from '../../core/machinery/log.ts'
import { isReason } from '../../core/machinery/status.ts'
import type { Election } from '../../kube/lease.ts'
import { HandOn } from './handOn.ts'

/** A server that leads: what it hears, and what it answers to that. */
async function world(t: TestContext, answer: { status: number; body: object } | 'nothing') {
  const { key, cert } = await selfSigned()
  const heard: { url: string | undefined; headers: object; body: string }[] = []
  const server: Server = createServer({ key, cert }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      heard.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() })
      if (answer === 'nothing') return
      response.writeHead(answer.status, { 'content-type': 'application/json', 'retry-after': '7' })
      response.end(JSON.stringify(answer.body))
    })
  }).listen(0, '127.0.0.1')
  await eventually(() => assert.ok(server.listening))
  const state: { leader: Election['leader']; authority: string } = {
    leader: { isSelf: false, address: `127.0.0.1:${(server.address() as AddressInfo).port}` },
    authority: cert,
  }
  const handOn = new HandOn({
    leader: () => state.leader,
    authority: () => state.authority,
    serverName: 'localhost',
    userAgent: 'millrace/test',
    log: silent,
  })
  t.after(async () => {
    await handOn.close()
    server.closeAllConnections()
    server.close()
  })
  return { handOn, heard, state }
}

const delivery = (body: Buffer = Buffer.from('{"repository": "r.test/app"}')) => ({
  path: '/hooks/hub/a-secret',
  headers: { 'content-type': 'application/json', authorization: 'Bearer the-secret' },
  body,
})
const isUnavailable = (error: unknown): boolean => isReason(error, 'ServiceUnavailable')

test('a delivery arrives at the leader as it came, and is answered by it', async (t) => {
  const { handOn, heard } = await world(t, { status: 202, body: { recognised: 1, tracked: 4, repeated: true } })
  assert.deepEqual(await handOn.tell(delivery()), { tracked: 4, repeated: true })
  assert.partialDeepStrictEqual(heard, [
    {
      url: '/leader/hooks/hub/a-secret',
      headers: { 'content-type': 'application/json', authorization: 'Bearer the-secret' },
      body: '{"repository": "r.test/app"}',
    },
  ])
  await handOn.tell({ ...delivery(), headers: {} })
  assert.equal('authorization' in heard[1]!.headers, false, 'it shows nothing of its own')
})

test('nothing is sent to whom the authority does not vouch for, or where nobody knows who leads', async (t) => {
  const { handOn, heard, state } = await world(t, { status: 202, body: { tracked: 1 } })
  state.authority = (await selfSigned()).cert
  await assert.rejects(handOn.tell(delivery()), isUnavailable)
  for (const leader of [undefined, { isSelf: true, address: 'x:1' }, { isSelf: false, address: undefined }]) {
    state.leader = leader
    await assert.rejects(handOn.tell(delivery()), isUnavailable)
  }
  assert.deepEqual(heard, [])
})

test('what the leader refuses is not repeated to the sender, but that it has been told too much is', async (t) => {
  const status = (code: number, reason: string) => ({
    status: code,
    body: { kind: 'Status', status: 'Failure', code, reason, details: { retryAfterSeconds: 7 } },
  })
  for (const [code, reason, expected] of [
    [401, 'Unauthorized', 'ServiceUnavailable'],
    [404, 'NotFound', 'ServiceUnavailable'],
    [503, 'ServiceUnavailable', 'ServiceUnavailable'],
    [429, 'TooManyRequests', 'TooManyRequests'],
  ] as const) {
    const { handOn, heard } = await world(t, status(code, reason))
    await assert.rejects(handOn.tell(delivery()), (error: unknown) => isReason(error, expected), String(code))
    assert.equal(heard.length, 1, 'the sender comes again, nobody else')
  }
})

test('a leader that says nothing is not waited for, and what waits for it is bounded', async (t) => {
  const { handOn, heard } = await world(t, 'nothing')
  const begun = performance.now()
  const large = Buffer.alloc(1024 * 1024)
  const answers = await Promise.allSettled(Array.from({ length: 100 }, () => handOn.tell(delivery(large))))
  assert.ok(performance.now() - begun < 4_000, `${performance.now() - begun} ms`)
  assert.ok(answers.every((one) => one.status === 'rejected' && isUnavailable(one.reason)))
  const refused = answers.filter((one) => one.status === 'rejected' && /too many others/.test(String(one.reason)))
  assert.equal(refused.length, 85)
  assert.equal(heard.length, 15)
  // What it held is free again.
  await assert.rejects(handOn.tell(delivery()), /the server that leads cannot be told/)
})
