// Webhooks of registries over real HTTP: what a registry sends, in its own way of showing the secret, and what must not get through.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { hooks } from '../../src/app/hooks/handler.ts'
import { startStandalone } from '../../src/app/standalone.ts'
import { PAYLOADS, type Payload } from '../support/hooks/payloads.ts'
import { receiverOf } from '../../src/core/hooks/receiver.ts'
import type { PushEvent } from '../../src/core/hooks/pushEvent.ts'
import { isSenderName, SENDER_NAMES, type SenderName } from '../../src/core/hooks/senders.ts'
import type { ImageStream } from '../../src/core/image/types.ts'
import { silent, type Log } from '../../src/core/machinery/log.ts'
import { cleanUp, overHttp1, overHttp2, start, startPlain } from '../../src/http/listener.fixture.ts'
import { eventually } from '../support/eventually.ts'
import { readKubeconfig } from '../support/kubeconfig.ts'
import { pushImage, startRegistry } from '../support/registry.ts'
import { plainRequest } from '../support/plainRequest.ts'

const SECRET = 'a-secret-of-the-receiver'
const LONGEST = 1024 * 1024

/** A receiver for each sender, called like it, behind an API that knows nobody. */
function server() {
  const told: PushEvent[] = []
  const lines: string[] = []
  const write = (fields: object, message: string): void => void lines.push(JSON.stringify([fields, message]))
  const log: Log = { debug: write, info: write, warn: write, error: write }
  const { sent } = hooks({
    receivers: (name) => (isSenderName(name) ? { name, sender: name, secret: SECRET } : undefined),
    own: () => (pushes) => (told.push(...pushes), pushes.length),
    log,
  })
  return {
    handler: (request: Parameters<typeof sent>[0]) => sent(request) ?? Promise.resolve({ status: 418 }),
    told,
    lines,
    log,
  }
}

const sign = (algorithm: string, secret: string, body: string): string =>
  createHmac(algorithm, secret).update(body).digest('hex')

type Shown = { path?: string; headers?: Record<string, string> }

/** How each shows the secret, as its documents say. */
const SHOWN: Readonly<Record<SenderName, (secret: string, body: string) => Shown>> = {
  acr: (secret) => ({ path: `/${secret}` }),
  any: (secret) => ({ headers: { authorization: secret } }),
  artifactory: (secret) => ({ headers: { 'X-JFrog-Event-Auth': secret } }),
  cloudevents: (secret) => ({ headers: { authorization: `Bearer ${secret}` } }),
  distribution: (secret) => ({ headers: { authorization: `Bearer ${secret}` } }),
  dockerhub: (secret) => ({ path: `/${secret}` }),
  ecr: (secret) => ({ headers: { 'X-Api-Key': secret } }),
  generic: (secret, body) => ({ headers: { 'X-Hub-Signature-256': `sha256=${sign('sha256', secret, body)}` } }),
  github: (secret, body) => ({ headers: { 'X-Hub-Signature-256': `sha256=${sign('sha256', secret, body)}` } }),
  gitlab: (secret) => ({ headers: { 'X-Gitlab-Token': secret } }),
  google: (secret) => ({ path: `/${secret}` }),
  harbor: (secret) => ({ headers: { authorization: secret } }),
  nexus: (secret, body) => ({ headers: { 'X-Nexus-Webhook-Signature': sign('sha1', secret, body) } }),
  quay: (secret) => ({ path: `/${secret}` }),
  zot: (secret) => ({ headers: { authorization: `Basic ${Buffer.from(`zot:${secret}`).toString('base64')}` } }),
}

function askOf({ sender, headers, body }: Pick<Payload, 'sender' | 'headers' | 'body'>, secret = SECRET) {
  const text = JSON.stringify(body)
  const shown = secret === '' ? {} : SHOWN[sender](secret, text)
  return {
    method: 'POST',
    path: `/hooks/${sender}${shown.path ?? ''}`,
    headers: { 'content-type': 'application/json', ...headers, ...shown.headers },
    body: text,
  }
}

for (const [protocol, client] of Object.entries({ 'HTTP/1.1': overHttp1, 'HTTP/2': overHttp2 }))
  test(`every documented delivery arrives over ${protocol}, by its sender's way of showing the secret`, async () => {
    for (const sender of SENDER_NAMES) {
      const { handler, told } = server()
      const { port } = await start(handler)
      for (const payload of PAYLOADS.filter((one) => one.sender === sender)) {
        told.length = 0
        const { status, body } = await client(port, askOf(payload))
        assert.equal(status, 202, `${sender}, ${payload.what}: ${body.toString()}`)
        // Some of the examples share a number.
        const { repeated } = JSON.parse(body.toString()) as { repeated?: boolean }
        if (!repeated) assert.deepEqual(told, payload.pushes, `${sender}, ${payload.what}`)
      }
    }
  })

test('without the secret, or with another, nothing gets through; paths of the API are not its own', async () => {
  const { handler, told, lines } = server()
  const { port } = await start(handler)
  for (const payload of PAYLOADS)
    for (const secret of ['', `${SECRET}s`]) {
      const { status } = await overHttp1(port, askOf(payload, secret))
      assert.equal(status, 401, `${payload.sender}, ${payload.what}`)
    }
  assert.deepEqual(told, [])
  assert.ok(!lines.join().includes(SECRET))
  assert.equal((await overHttp1(port, { path: '/hook/generic' })).status, 418)
})

test('bodies that are large, compressed or never end take nothing with them', async () => {
  const { handler, told } = server()
  const { port } = await start(handler)
  const ask = askOf({ sender: 'generic', body: { repository: 'r.test/app', filler: 'x'.repeat(LONGEST) } })
  assert.equal((await overHttp1(port, ask)).status, 413)
  const bomb = gzipSync(Buffer.alloc(50 * LONGEST, ' '))
  const packed = { ...ask, body: bomb, headers: { ...ask.headers, 'content-encoding': 'gzip' } }
  assert.equal((await overHttp1(port, packed)).status, 415)
  assert.deepEqual(told, [])
  assert.equal((await overHttp1(port, askOf({ sender: 'generic', body: { repository: 'r.test/app' } }))).status, 202)
})

/** Opens so many deliveries to `/hooks/NAME`, with this much of a body that never ends. Gives what each is answered. */
function drip(port: number, count: number, { headers = '', bytes = 1 } = {}) {
  const head = `POST /hooks/generic HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}Content-Length: ${bytes + 1}\r\n\r\n`
  const answers: string[] = []
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(port, '127.0.0.1')
    socket.on('data', (data) => answers.push(data.toString().split('\r\n')[0]!)).on('error', () => undefined)
    socket.write(head + ' '.repeat(bytes))
    return socket
  })
  return { answers, end: () => sockets.forEach((socket) => socket.destroy()) }
}

const SIGNED_WRONG = `X-Hub-Signature-256: sha256=${'0'.repeat(64)}\r\n`

for (const { count, bytes } of [
  { count: 32, bytes: 1 },
  { count: 200, bytes: 1 },
  { count: 40, bytes: LONGEST - 1 },
])
  test(`${count} deliveries that stop after ${bytes} bytes keep nobody out`, async () => {
    const { handler, told } = server()
    let under = 0
    const { port } = await startPlain((request) => (under++, handler(request)))
    const { answers, end } = drip(port, count, { headers: SIGNED_WRONG, bytes })
    cleanUp(end)
    await eventually(() => assert.equal(under, count))
    for (const sender of ['generic', 'zot', 'dockerhub'] as const) {
      const { path, ...ask } = askOf(PAYLOADS.find((payload) => payload.sender === sender)!)
      const { status } = await fetch(`http://127.0.0.1:${port}${path}`, ask)
      assert.equal(status, 202, sender)
    }
    assert.ok(told.length >= 3)
    // What is read is bounded: of those that send much some have to go.
    if (bytes === 1) assert.deepEqual(answers, [])
    else await eventually(() => assert.ok(answers.filter((line) => line.includes(' 408 ')).length >= count - 15))
  })

test('who shows no secret where it can be seen at once is refused before the body is read', async () => {
  const { handler, told } = server()
  const { port } = await startPlain(handler)
  for (const headers of ['', 'Authorization: Bearer wrong\r\n', 'X-Hub-Signature-256: sha256=x\r\n']) {
    const { answers, end } = drip(port, 1, { headers })
    cleanUp(end)
    await eventually(() => assert.deepEqual(answers, ['HTTP/1.1 401 Unauthorized']))
  }
  assert.deepEqual(told, [])
})

test('an answer that breaks off is logged without the secret of its path', async () => {
  const { log, lines } = server()
  const { port } = await start(() => Promise.reject(new Error('a defect')), { log })
  await overHttp1(port, { method: 'POST', path: `/hooks/quay/${SECRET}` })
  assert.match(lines.join(), /POST \/hooks\/quay\/…/)
  assert.ok(!lines.join().includes(SECRET))
})

test('a push that a registry tells of is imported at once, long before the next check', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-hooks-'))
  const registry = await startRegistry()
  const receivers = [receiverOf({ name: 'ci', sender: 'generic', secret: SECRET })]
  const standalone = await startStandalone({ port: 0, dataDir: directory, receivers, log: silent })
  t.after(async () => {
    await Promise.all([standalone.close(), registry.stop()])
    await rm(directory, { recursive: true })
  })
  const { client } = standalone
  const streams = {
    resource: { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' },
    namespace: 'default',
  }
  const from = { kind: 'DockerImage', name: `${registry.host}/app:v1` }
  const importPolicy = { scheduled: true, insecure: true }
  const { digest: first } = await pushImage(registry.host, 'app', 'v1', { files: { n: '1' } })
  const stream = {
    metadata: { name: 'app', annotations: { 'millrace.dev/refresh': '168h' } },
    spec: { tags: [{ name: 'v1', from, importPolicy }] },
  }
  await client.create(streams, stream)
  const newest = (digest: string) =>
    eventually(async () => {
      const { status } = await client.get<ImageStream>({ ...streams, name: 'app' })
      assert.equal(status.tags?.[0]?.items?.[0]?.image, digest)
    })
  await newest(first)
  const { digest: second } = await pushImage(registry.host, 'app', 'v1', { files: { n: '2' } })
  const { url, ca } = readKubeconfig(standalone.kubeconfig)
  const body = { repository: `${registry.host}/app`, tag: 'v1' }
  const headers = { authorization: `Bearer ${SECRET}` }
  const told = await plainRequest({ url, ca }, {}, { method: 'POST', path: '/hooks/ci', body, headers })
  assert.deepEqual([told.status, JSON.parse(told.text)], [202, { recognised: 1, tracked: 1 }])
  await newest(second)
})

test('standalone takes deliveries from whoever knows the secret, beside an API that takes nobody', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-hooks-'))
  const receivers = [receiverOf({ name: 'ci', sender: 'generic', secret: SECRET })]
  const standalone = await startStandalone({ port: 0, dataDir: directory, receivers, log: silent })
  t.after(async () => {
    await standalone.close()
    await rm(directory, { recursive: true })
  })
  const { url, ca } = readKubeconfig(standalone.kubeconfig)
  const post = (path: string, authorization: string) =>
    plainRequest(
      { url, ca },
      {},
      { method: 'POST', path, body: { repository: 'r.test/app' }, headers: { authorization } },
    )
  const taken = await post('/hooks/ci', `Bearer ${SECRET}`)
  assert.deepEqual([taken.status, JSON.parse(taken.text)], [202, { recognised: 1, tracked: 0 }])
  assert.equal((await post('/hooks/ci', 'Bearer wrong')).status, 401)
  assert.equal((await post('/hooks/other', `Bearer ${SECRET}`)).status, 404)
  assert.equal((await post('/apis/image.openshift.io/v1/images', `Bearer ${SECRET}`)).status, 401)
})
