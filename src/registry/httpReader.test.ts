// A reader against registries that misbehave, each in one way.
import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { test, type TestContext } from 'node:test'
import { digestOf } from '../core/oci/digest.ts'
import { OCI_MANIFEST } from '../core/oci/mediaType.ts'
import { createOutbound, type OutboundOptions } from '../http/outbound.ts'
import { type FakeOptions, replyError, startFakeRegistry } from '../../test/support/fakeRegistry.ts'
import { selfSigned } from '../../test/support/selfSigned.ts'
import { RegistryError } from './error.ts'
import { createHttpReader } from './httpReader.ts'
import type { Credential } from './reader.ts'
import { IMPATIENT } from './retry.ts'
import type { Timeouts } from './session.ts'

const SECRET = 's3cr3t'
const signal = new AbortController().signal

interface Options extends FakeOptions {
  timeouts?: Partial<Timeouts>
  credential?: Credential
  insecure?: boolean
  outbound?: OutboundOptions
}

async function setUp(t: TestContext, options: Options = {}) {
  const fake = await startFakeRegistry(options)
  const outbound = createOutbound(options.outbound)
  t.after(async () => {
    await outbound.close()
    await fake.close()
  })
  const { timeouts = {}, credential, insecure = true } = options
  const reader = createHttpReader({ outbound, retry: IMPATIENT, timeouts })
  const repository = { host: fake.host, name: 'app', insecure, credential: () => Promise.resolve(credential) }
  return { fake, reader, repository, image: fake.content.image('app', 'v1', 'one') }
}

/** Misbehaves on the first so many requests of a path. */
function first(times: number, path: RegExp, misbehave: (response: ServerResponse, request: IncomingMessage) => void) {
  let left = times
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (!path.test(request.url ?? '') || left === 0) return false
    left -= 1
    misbehave(response, request)
    return true
  }
}
const MANIFESTS = /\/manifests\//
const always = Number.POSITIVE_INFINITY
const count = (requests: readonly string[], word: string) => requests.filter((line) => line.includes(word)).length

const passing: [string, (response: ServerResponse) => void][] = [
  ['429', (r) => replyError(r, 429, 'TOOMANYREQUESTS', 'slow down')],
  ['429 with Retry-After', (r) => replyError(r.setHeader('retry-after', '0'), 429, 'TOOMANYREQUESTS', 'slow down')],
  ['503', (r) => r.writeHead(503).end('<html>')],
  ['a closed connection', (r) => r.destroy()],
  ['a truncated body', (r) => r.writeHead(200, { 'content-length': 1000 }).write('{"sch', () => r.destroy())],
]
for (const [name, misbehave] of passing) {
  test(`${name} is tried again`, async (t) => {
    const { fake, reader, repository, image } = await setUp(t, { intercept: first(2, MANIFESTS, misbehave) })
    assert.equal((await reader.manifest(repository, 'v1', signal)).digest, image.digest)
    assert.equal(count(fake.requests, '/manifests/'), 3)
  })
}

const html = '<html>oops</html>'
const wrongDigest = `sha256:${'0'.repeat(64)}`
const lasting: [string, (response: ServerResponse) => void, string, RegExp, number][] = [
  ['429', (r) => replyError(r, 429, 'TOOMANYREQUESTS', 'slow down'), 'refused', /^toomanyrequests: slow down$/, 3],
  [
    '429 that asks to wait for an hour',
    (r) => replyError(r.setHeader('retry-after', '3600'), 429, 'TOOMANYREQUESTS', 'too many requests'),
    'refused',
    /^toomanyrequests$/,
    1,
  ],
  [
    '500',
    (r) => r.writeHead(500).end(html),
    'status',
    /^received unexpected HTTP status: 500 Internal Server Error$/,
    3,
  ],
  ['403', (r) => replyError(r, 403, 'DENIED', 'requested access to the resource is denied'), 'refused', /^denied$/, 1],
  ['an unknown code', (r) => replyError(r, 400, 'FOO', 'bar'), 'refused', /^unknown: bar$/, 1],
  [
    '404 with HTML',
    (r) => r.writeHead(404).end(html),
    'malformed',
    /^error parsing HTTP 404 response body: invalid character '<'/,
    1,
  ],
  ['404 with other JSON', (r) => r.writeHead(404).end('{}'), 'malformed', /no error details found/, 1],
  [
    'a closed connection',
    (r) => r.destroy(),
    'transport',
    /\/app\/manifests\/v1": (unexpected EOF|connection reset by peer)$/,
    3,
  ],
  ['no HTTP', (r) => r.socket?.end('garbage\r\n\r\n'), 'transport', /: malformed HTTP response$/, 1],
  [
    'a wrong digest in the header',
    (r) =>
      r
        .writeHead(200, { 'docker-content-digest': wrongDigest, 'content-type': OCI_MANIFEST })
        .end('{"layers":[],"config":{"digest":"' + wrongDigest + '"}}'),
    'integrity',
    /^content integrity error: the manifest that the registry calls sha256:0+ does not match/,
    1,
  ],
  [
    'a manifest of 5 MiB',
    (r) => r.writeHead(200).end(Buffer.alloc(5 << 20, 32)),
    'too-large',
    /larger than 4194304 bytes$/,
    1,
  ],
  ['an endless manifest', (r) => pour(r), 'too-large', /larger than 4194304 bytes$/, 1],
  [
    'redirects in a circle',
    (r) => r.writeHead(307, { location: '/v2/app/manifests/v1' }).end(),
    'redirect',
    /stopped after 5 redirects$/,
    6,
  ],
  [
    'a redirect to a file',
    (r) => r.writeHead(307, { location: 'file:///etc/passwd' }).end(),
    'redirect',
    /where it is not allowed$/,
    1,
  ],
]
for (const [name, misbehave, problem, message, attempts] of lasting) {
  test(`${name}, again and again: ${problem}`, async (t) => {
    const { fake, reader, repository } = await setUp(t, { intercept: first(always, MANIFESTS, misbehave) })
    await assert.rejects(reader.manifest(repository, 'v1', signal), { name: 'RegistryError', problem, message })
    assert.equal(count(fake.requests, '/manifests/'), attempts)
  })
}

function pour(response: ServerResponse): void {
  response.writeHead(200)
  const chunk = Buffer.alloc(1 << 20, 32)
  const more = () => response.writable && response.write(chunk, (error) => error || setImmediate(more))
  more()
}

test('a manifest with HTML in it is refused', async (t) => {
  const intercept = first(always, MANIFESTS, (r) => r.writeHead(200, { 'content-type': 'text/html' }).end(html))
  const { reader, repository } = await setUp(t, { intercept })
  const message = "invalid character '<' looking for beginning of value"
  await assert.rejects(reader.manifest(repository, 'v1', signal), { name: 'ManifestError', message })
})

test('content by digest is verified, manifests and blobs', async (t) => {
  const intercept = first(always, /sha256:/, (r) =>
    r.writeHead(200, { 'content-type': OCI_MANIFEST }).end('{"layers":[],"config":{"digest":"' + wrongDigest + '"}}'),
  )
  const { reader, repository, image } = await setUp(t, { intercept })
  const problem = 'integrity'
  await assert.rejects(reader.manifest(repository, image.digest, signal), {
    problem,
    message: /^content integrity error: /,
  })
  await assert.rejects(reader.blob(repository, image.digest, signal), {
    problem,
    message: /^content integrity error: /,
  })
})

test('an answer that never comes, or trickles, ends in time', async (t) => {
  for (const [name, misbehave] of [
    ['silence', () => {}],
    ['trickle', (r: ServerResponse) => r.writeHead(200).write(' ')],
  ] as const) {
    const intercept = first(always, MANIFESTS, misbehave)
    const { reader, repository } = await setUp(t, { intercept, timeouts: { request: 30 } })
    const problem = 'timeout'
    const started = performance.now()
    await assert.rejects(
      reader.manifest(repository, 'v1', signal),
      { problem, message: /context deadline exceeded$/ },
      name,
    )
    assert.ok(performance.now() - started < 2000)
  }
})

test('aborting ends a request that waits, and a pause between attempts', async (t) => {
  const reason = new Error('enough')
  const { fake, reader, repository } = await setUp(t, {
    intercept: first(always, MANIFESTS, () => controller.abort(reason)),
  })
  const controller = new AbortController()
  await assert.rejects(reader.manifest(repository, 'v1', controller.signal), reason)
  assert.equal(count(fake.requests, '/manifests/'), 1)
})

test('no HTTP without insecure, and HTTPS comes first', async (t) => {
  const { fake, reader, repository } = await setUp(t, { insecure: false })
  await assert.rejects(reader.manifest(repository, 'v1', signal), {
    problem: 'transport',
    message: `Get "https://${fake.host}/v2/": http: server gave HTTP response to HTTPS client (plain HTTP needs importPolicy.insecure: true)`,
  })
  assert.deepEqual(fake.requests, [])
})

test('HTTPS comes first; HTTP follows where it fails, and only where insecure allows it', async (t) => {
  const { fake, reader, repository, image } = await setUp(t, { insecure: true })
  assert.equal((await reader.manifest(repository, 'v1', signal)).digest, image.digest)
  assert.deepEqual(fake.greetings.slice(0, 2), ['TLS', 'HTTP'])
  const before = fake.greetings.length
  await assert.rejects(reader.manifest({ ...repository, insecure: false }, 'v1', signal), { problem: 'transport' })
  assert.deepEqual([...new Set(fake.greetings.slice(before))], ['TLS'])
})

test('an untrusted certificate: refused, unless insecure or its issuer is known', async (t) => {
  const tls = await selfSigned()
  const secure = await setUp(t, { tls, insecure: false })
  await assert.rejects(secure.reader.manifest(secure.repository, 'v1', signal), {
    problem: 'transport',
    message: /x509: certificate signed by unknown authority$/,
  })
  for (const options of [{ insecure: true }, { insecure: false, outbound: { ca: [tls.cert] } }]) {
    const { reader, repository, image } = await setUp(t, { tls, ...options })
    assert.equal((await reader.manifest(repository, 'v1', signal)).digest, image.digest)
  }
})

test('a registry that begins to speak TLS is found again', async (t) => {
  const { fake, reader, repository } = await setUp(t)
  await reader.tags(repository, signal)
  await fake.close()
  const port = Number(fake.host.split(':')[1])
  const other = await startFakeRegistry({ port, tls: await selfSigned(), content: fake.content })
  t.after(() => other.close())
  assert.deepEqual(await reader.tags(repository, signal), ['v1'])
  assert.deepEqual(other.requests, ['GET /v2/', 'GET /v2/app/tags/list?n=1000'])
})

test('a redirect from HTTPS to HTTP is refused unless insecure', async (t) => {
  const plain = await setUp(t)
  const location = `http://${plain.fake.host}/v2/app/manifests/v1`
  const tls = await selfSigned()
  const intercept = first(always, MANIFESTS, (r) => r.writeHead(302, { location }).end())
  const secure = await setUp(t, { tls, insecure: false, intercept, outbound: { ca: [tls.cert] } })
  await assert.rejects(secure.reader.manifest(secure.repository, 'v1', signal), { problem: 'redirect' })
  assert.deepEqual(plain.fake.requests, [])
})

test('a host that is no registry, and one that is not there', async (t) => {
  const website = await setUp(t, { intercept: first(always, /./, (r) => r.writeHead(404).end(html)) })
  await assert.rejects(website.reader.tags(website.repository, signal), {
    problem: 'not-v2',
    message: `endpoint "http://${website.fake.host}/v2/" does not support v2 API (got 404 Not Found)`,
  })
  const gone = await setUp(t)
  await gone.fake.close()
  const message = `Get "http://${gone.fake.host}/v2/": dial tcp ${gone.fake.host}: connect: connection refused`
  await assert.rejects(gone.reader.tags(gone.repository, signal), { problem: 'transport', message })
  await assert.rejects(gone.reader.tags({ ...gone.repository, host: 'no-such-host.invalid' }, signal), {
    problem: 'transport',
    message: /dial tcp: lookup no-such-host\.invalid: (no such host|server misbehaving)$/,
  })
})

test('refused addresses are not connected to, written out or behind a name', async (t) => {
  const { fake, reader, repository } = await setUp(t, { outbound: { allowAddress: () => false } })
  for (const host of [fake.host, fake.host.replace('127.0.0.1', 'localhost')]) {
    await assert.rejects(
      reader.tags({ ...repository, host }, signal),
      /connections to (127\.0\.0\.1|localhost) are not allowed \(millrace server .* --allow-registry-address\)$/,
    )
  }
  assert.deepEqual(fake.requests, [])
})

test('a tag list that leads back to itself ends; what is no tag is left out', async (t) => {
  const intercept = (request: IncomingMessage, response: ServerResponse) => {
    if (!request.url?.includes('/tags/')) return false
    const page = request.url.includes('again') ? ['c'] : ['a', '', '-x', 7, 'b', 'a']
    response.writeHead(200, { link: '<http://elsewhere.invalid/v2/app/tags/list?again>; rel="next"' })
    response.end(JSON.stringify({ tags: page }))
    return true
  }
  const { fake, reader, repository } = await setUp(t, { intercept })
  assert.deepEqual(await reader.tags(repository, signal), ['a', 'latest', 'b', 'c'])
  assert.equal(count(fake.requests, '/tags/'), 2)
})

test('of a list of tags only the pages are sent that have changed, where the registry gives entity tags', async (t) => {
  const sent: string[] = []
  const intercept = (request: IncomingMessage, response: ServerResponse) => {
    if (!request.url?.includes('/tags/')) return false
    const last = request.url.includes('last')
    const [etag, tags] = last ? [`"${extra}"`, ['b', extra]] : ['"first"', ['a']]
    const unchanged = request.headers['if-none-match'] === etag
    sent.push(`${last ? 'second' : 'first'} ${unchanged ? 304 : 200}`)
    response.writeHead(unchanged ? 304 : 200, {
      etag,
      ...(!last && { link: '</v2/app/tags/list?last=a>; rel="next"' }),
    })
    response.end(unchanged ? undefined : JSON.stringify({ tags }))
    return true
  }
  let extra = 'c'
  const { reader, repository } = await setUp(t, { intercept })
  assert.deepEqual(await reader.tags(repository, signal), ['a', 'b', 'c'])
  assert.deepEqual(await reader.tags(repository, signal), ['a', 'b', 'c'])
  extra = 'd'
  assert.deepEqual(await reader.tags(repository, signal), ['a', 'b', 'd'])
  assert.deepEqual(sent, ['first 200', 'second 200', 'first 304', 'second 304', 'first 304', 'second 200'])
})

test('an empty tag list, and one that is none', async (t) => {
  for (const [body, expected] of [
    ['{"tags":null}', []],
    ['{}', []],
    ['{"tags":{}}', /holds no tags/],
    [html, /invalid character '<'/],
  ] as const) {
    const intercept = first(always, /tags/, (r) => r.writeHead(200).end(body))
    const { reader, repository } = await setUp(t, { intercept })
    if (expected instanceof RegExp) await assert.rejects(reader.tags(repository, signal), expected)
    else assert.deepEqual(await reader.tags(repository, signal), expected)
  }
})

test('an unchanged manifest is asked for, not fetched again; a broken HEAD does no harm', async (t) => {
  const { fake, reader, repository } = await setUp(t, {
    intercept(request, response) {
      if (broken && request.method === 'HEAD') response.writeHead(405).end()
      return response.writableEnded
    },
  })
  let broken = false
  const manifest = () => reader.manifest(repository, 'v1', signal)
  const one = await manifest()
  assert.deepEqual(await manifest(), one)
  assert.deepEqual(fake.requests.slice(1), ['GET /v2/app/manifests/v1', 'HEAD /v2/app/manifests/v1'])
  broken = true
  assert.deepEqual(await manifest(), one)
  assert.deepEqual(fake.requests.slice(3), ['HEAD /v2/app/manifests/v1', 'GET /v2/app/manifests/v1'])
})

test('a host is pinged once for many requests at once, and a blob is fetched once', async (t) => {
  const { fake, reader, repository, image } = await setUp(t)
  await Promise.all(Array.from({ length: 20 }, () => reader.manifest(repository, image.digest, signal)))
  assert.equal(count(fake.requests, 'GET /v2/') - count(fake.requests, '/app/'), 1)
  const { digest } = fake.content.blob('app', Buffer.from('config'))
  assert.equal(digest, digestOf(Buffer.from('config')))
  await reader.blob(repository, digest, signal)
  await reader.blob(repository, digest, signal)
  assert.equal(count(fake.requests, '/blobs/'), 1)
})

test('credentials stay out of every error', async (t) => {
  const credential = { username: 'me', password: SECRET }
  const errors: unknown[] = []
  for (const auth of ['basic', 'bearer'] as const) {
    for (const misbehave of [
      (r: ServerResponse) => r.destroy(),
      (r: ServerResponse) => r.writeHead(500).end(),
      (r: ServerResponse) => r.writeHead(200).end(JSON.stringify({ token: `${SECRET}\n` })),
      (r: ServerResponse) => r.writeHead(302, { location: `http://me:${SECRET}@127.0.0.1:1/` }).end(),
    ]) {
      const users = { me: SECRET }
      const intercept = first(always, auth === 'basic' ? MANIFESTS : /token/, misbehave)
      const { reader, repository } = await setUp(t, { auth, users, credential, intercept })
      errors.push(await reader.manifest(repository, 'v1', signal).catch((error: unknown) => error))
    }
  }
  for (const error of errors) {
    assert.ok(error instanceof Error)
    const encoded = Buffer.from(`me:${SECRET}`).toString('base64')
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
      const text = `${cause.stack} ${JSON.stringify(cause)}`
      assert.ok(!text.includes(SECRET) && !text.includes(encoded), text)
    }
  }
  assert.ok(errors.some((error) => error instanceof RegistryError && error.problem === 'token'))
})

test('HEADs go over the same connection', async (t) => {
  const { fake, reader, repository, image } = await setUp(t)
  await reader.head(repository, 'v1', signal)
  const before = fake.greetings.length
  for (let i = 0; i < 5; i++) assert.equal((await reader.head(repository, 'v1', signal))?.digest, image.digest)
  assert.equal(fake.greetings.length, before)
})

test('a registry that answers HEAD with a body does no harm: the next request is sent again', async (t) => {
  const digest = digestOf(Buffer.from('x'))
  const intercept = ({ method }: IncomingMessage, { socket }: ServerResponse): boolean => {
    if (method !== 'HEAD') return false
    socket!.write(`HTTP/1.1 200 OK\r\nDocker-Content-Digest: ${digest}\r\nContent-Length: 5\r\n\r\nhello`)
    return true
  }
  const { reader, repository } = await setUp(t, { intercept })
  for (let i = 0; i < 5; i++) assert.equal((await reader.head(repository, 'v1', signal))?.digest, digest)
  const together = Array.from({ length: 40 }, () => reader.head(repository, 'v1', signal))
  for (const head of await Promise.all(together)) assert.equal(head?.digest, digest)
})
