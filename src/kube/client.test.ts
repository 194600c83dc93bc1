import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { measuring } from '../../test/support/exposition.ts'
import { ApiError } from '../core/machinery/status.ts'
import { KubeClient } from './client.ts'
import { Unreachable } from './unreachable.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>
let answer: Answer = (_, response) => void response.end('{}')
const server = createServer((request, response) => void answer(request, response))
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const warnings: string[] = []
const access = {
  cluster: { name: 'c', server: `${origin}/base`, skipTLSVerify: false },
  user: { name: 'u', token: 't' },
  namespace: 'demo',
}
const client = new KubeClient(access, { onWarning: (warning) => warnings.push(warning) })
after(async () => {
  await client.close()
  server.closeAllConnections()
  server.close()
})

const istags = { group: 'image.openshift.io', version: 'v1', plural: 'imagestreamtags' }
const at = { resource: istags, namespace: 'demo' }
const named = { ...at, name: 'ubi:8' }
const BASE = '/base/apis/image.openshift.io/v1/namespaces/demo/imagestreamtags'

/** Answers the next request with JSON and tells what was asked. */
function record(
  reply: unknown = { metadata: { name: 'x' } },
  status = 200,
): Promise<{ line: string; type: string | undefined; body: unknown; auth: string | undefined }> {
  const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<typeof record>>>()
  answer = async (request, response) => {
    const body = await text(request)
    response.writeHead(status, { 'content-type': 'application/json', warning: '299 - "be \\"careful\\""' })
    response.end(JSON.stringify(reply))
    resolve({
      line: `${request.method} ${request.url}`,
      type: request.headers['content-type'],
      body: body && JSON.parse(body),
      auth: request.headers.authorization,
    })
  }
  return promise
}

test('an answer is asked for as short as it will be read', async () => {
  const accepted: (string | undefined)[] = []
  answer = (request, response) => {
    accepted.push(request.headers.accept)
    response.end('{"metadata":{}}')
  }
  await client.create(at, { metadata: {} })
  await client.create(at, { metadata: {} }, { metadataOnly: true })
  const short = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json'
  assert.deepEqual(accepted, ['application/json', short])
})

test('each verb is the request that Kubernetes expects', async () => {
  const object = { metadata: { name: 'ubi:8' } }
  const cases: [() => Promise<unknown>, string, string | undefined, unknown][] = [
    [() => client.get(named), `GET ${BASE}/ubi:8`, undefined, ''],
    [
      () => client.list(at, { limit: 5, continue: 'c', labelSelector: 'a=b' }),
      `GET ${BASE}?labelSelector=a%3Db&limit=5&continue=c`,
      undefined,
      '',
    ],
    [
      () => client.create(at, object, { dryRun: true, fieldManager: 'm', timeout: '1h0m0s' }),
      `POST ${BASE}?dryRun=All&fieldManager=m&timeout=1h0m0s`,
      'application/json',
      object,
    ],
    [() => client.create({ ...named, subresource: 'do' }, object), `POST ${BASE}/ubi:8/do`, 'application/json', object],
    [() => client.update(named, object), `PUT ${BASE}/ubi:8`, 'application/json', object],
    [
      () => client.update({ ...named, subresource: 'status' }, object),
      `PUT ${BASE}/ubi:8/status`,
      'application/json',
      object,
    ],
    [() => client.patch(named, 'json', []), `PATCH ${BASE}/ubi:8`, 'application/json-patch+json', []],
    [() => client.patch(named, 'strategic', {}), `PATCH ${BASE}/ubi:8`, 'application/strategic-merge-patch+json', {}],
    [
      () => client.patch(named, 'apply', {}, { force: true, fieldManager: 'm' }),
      `PATCH ${BASE}/ubi:8?fieldManager=m&force=true`,
      'application/apply-patch+yaml',
      {},
    ],
    [
      () => client.delete(named, { uid: 'u', gracePeriodSeconds: 0, propagationPolicy: 'Background', dryRun: true }),
      `DELETE ${BASE}/ubi:8`,
      'application/json',
      {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        preconditions: { uid: 'u' },
        gracePeriodSeconds: 0,
        propagationPolicy: 'Background',
        dryRun: ['All'],
      },
    ],
  ]
  for (const [call, line, type, body] of cases) {
    const asked = record()
    await call()
    assert.deepEqual(await asked, { line, type, body, auth: 'Bearer t' })
  }
  assert.equal(warnings[0], 'be "careful"')
})

test('failures are ApiErrors, whoever answers', async () => {
  void record({ kind: 'Status', status: 'Failure', reason: 'Conflict', message: 'm', code: 409 }, 409)
  await assert.rejects(client.get(named), (e) => e instanceof ApiError && e.reason === 'Conflict' && e.message === 'm')
  answer = (_, response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
  await assert.rejects(
    client.get(named),
    (e) => e instanceof ApiError && e.code === 502 && e.message.endsWith('Bad gateway'),
  )
  answer = (_, response) => void response.end('<html>login</html>')
  await assert.rejects(client.get(named), (e) => e instanceof Unreachable && /not JSON: <html>/.test(e.message))
})

test('a server that asks to come back is asked again', async () => {
  let asked = 0
  answer = (_, response) => {
    if (++asked < 3) response.writeHead(429, { 'retry-after': '0' }).end()
    else response.end('{"metadata":{"name":"x"}}')
  }
  assert.equal((await client.get(named)).metadata.name, 'x')
  assert.equal(asked, 3)
})

test('a silent server runs into the time limit, an abort into its reason', async () => {
  answer = () => {}
  const hasty = new KubeClient(access, { timeout: 20 })
  await assert.rejects(hasty.get(named), (e) => e instanceof Unreachable && /within 0\.02s/.test(e.message))
  await hasty.close()
  const reason = new Error('enough')
  await assert.rejects(client.get(named, { signal: AbortSignal.abort(reason) }), reason)
  const controller = new AbortController()
  answer = () => controller.abort(reason)
  await assert.rejects(client.get(named, { signal: controller.signal }), reason)
})

test('a port where nobody listens is reported as refused', async () => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  const lost = new KubeClient({ ...access, cluster: { ...access.cluster, server: `http://127.0.0.1:${port}` } })
  const message = `The connection to the server 127.0.0.1:${port} was refused - did you specify the right host or port?`
  await assert.rejects(lost.get(named), { name: 'Unreachable', message })
  await lost.close()
})

test("certificates that cannot be read are the kubeconfig's fault", async () => {
  const lost = new KubeClient({ ...access, cluster: { ...access.cluster, caFile: '/nowhere/ca.crt' } })
  await assert.rejects(lost.get(named), { name: 'KubeconfigError', message: /^cannot read the certificate authority/ })
})

test('a watch gives events across chunks and ends with the stream', async () => {
  const events = [
    { type: 'ADDED', object: { metadata: { name: 'a'.repeat(100_000) } } },
    { type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } },
  ]
  let url = ''
  answer = (request, response) => {
    url = request.url ?? ''
    const data = events.map((event) => `${JSON.stringify(event)}\n`).join('')
    response.write(data.slice(0, 70_001))
    setImmediate(() => response.end(data.slice(70_001)))
  }
  const watch = client.watch(at, { resourceVersion: '5', allowWatchBookmarks: true, timeoutSeconds: 60 })
  assert.deepEqual(await Array.fromAsync(watch), events)
  assert.equal(url, `${BASE}?resourceVersion=5&watch=true&allowWatchBookmarks=true&timeoutSeconds=60`)
})

test('an ERROR event is thrown as what its Status says', async () => {
  answer = (_, response) => {
    const object = { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410, message: 'too old' }
    response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`)
  }
  await assert.rejects(
    Array.fromAsync(client.watch(at)),
    (e) => e instanceof ApiError && e.reason === 'Expired' && e.code === 410,
  )
})

test('an aborted watch ends without an error, a broken one with Unreachable', async () => {
  const controller = new AbortController()
  answer = (_, response) => void response.write('{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n')
  const seen: unknown[] = []
  for await (const event of client.watch(at, { signal: controller.signal })) {
    seen.push(event)
    controller.abort()
  }
  assert.equal(seen.length, 1)
  answer = (_, response) => {
    response.write('{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n{"type')
    setImmediate(() => response.destroy())
  }
  await assert.rejects(Array.fromAsync(client.watch(at)), Unreachable)
})

test('leaving a watch closes its connection', async () => {
  const closed = Promise.withResolvers<void>()
  answer = (_, response) => {
    response.on('close', () => closed.resolve())
    response.write('{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n')
  }
  for await (const _ of client.watch(at)) break
  await closed.promise
})

test('requests are counted by method and answer', async () => {
  const { metrics, value } = measuring()
  const measured = new KubeClient(access, { metrics })
  void record()
  await measured.get(named)
  void record({ kind: 'Status', code: 404 }, 404)
  await assert.rejects(measured.get(named))
  answer = (request) => void request.socket.destroy()
  await assert.rejects(measured.create(at, { metadata: {} }))
  await measured.close()
  const count = (method: string, code: string) =>
    value('rest_client_requests_total', { method, code, host: new URL(origin).host })
  assert.deepEqual([await count('GET', '200'), await count('GET', '404'), await count('POST', '<error>')], [1, 1, 1])
  assert.equal(await value('rest_client_request_duration_seconds_count', { verb: 'GET' }), 2)
})
