// Authentication against registries that ask for it.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { type FakeOptions, reply, replyError, startFakeRegistry } from '../../test/support/fakeRegistry.ts'
import { createOutbound } from '../http/outbound.ts'
import { createHttpReader } from './httpReader.ts'
import type { Credential } from './reader.ts'
import { IMPATIENT } from './retry.ts'

const signal = new AbortController().signal
const me: Credential = { username: 'me', password: 'p:w' }
// The fake takes what comes before the second colon as the password.
const users = { me: 'p' }
const simple: Credential = { username: 'me', password: 'p' }

async function setUp(t: TestContext, options: FakeOptions) {
  const fake = await startFakeRegistry(options)
  const outbound = createOutbound()
  t.after(async () => {
    await outbound.close()
    await fake.close()
  })
  const reader = createHttpReader({ outbound, retry: IMPATIENT })
  fake.content.image('app', 'v1', 'one')
  fake.content.image('other', 'v1', 'one')
  const read = (credential?: Credential, name = 'app', host = fake.host) =>
    reader.manifest({ host, name, insecure: true, credential: () => Promise.resolve(credential) }, 'v1', signal)
  const tokens = () => fake.requests.filter((line) => line.includes('/token'))
  return { fake, read, tokens }
}

test('basic: the credential is sent with every request but the ping', async (t) => {
  const { fake, read } = await setUp(t, { auth: 'basic', users })
  await read(simple)
  const expected = `Basic ${Buffer.from('me:p').toString('base64')}`
  assert.deepEqual(fake.authorizations, ['', expected])
})

test('basic: no credential, half a credential, a wrong one', async (t) => {
  const { fake, read } = await setUp(t, { auth: 'basic', users })
  const url = `"http://${fake.host}/v2/app/manifests/v1"`
  for (const credential of [undefined, { username: 'me', password: '' }, { username: '', password: 'p' }]) {
    await assert.rejects(read(credential), {
      problem: 'no-credentials',
      message: `Get ${url}: no basic auth credentials`,
    })
  }
  assert.equal(fake.requests.length, 1)
  await assert.rejects(read({ username: 'me', password: 'x' }), { problem: 'refused', message: 'unauthorized' })
})

test('bearer: an anonymous token, kept for the repository', async (t) => {
  const { fake, read, tokens } = await setUp(t, { auth: 'bearer' })
  await Promise.all([read(), read(), read()])
  await read()
  assert.deepEqual(tokens(), ['GET /token?scope=repository%3Aapp%3Apull&service=fake'])
  await read(undefined, 'other')
  assert.equal(tokens().length, 2)
  assert.equal(fake.requests.filter((line) => line === 'GET /v2/').length, 1)
})

test('bearer: a token for each credential, asked for with account and Basic', async (t) => {
  const { fake, read, tokens } = await setUp(t, { auth: 'bearer' })
  await read()
  await read(me)
  await read({ username: 'me', password: 'other' })
  await read(me)
  assert.equal(tokens().length, 3)
  assert.match(tokens()[1]!, /\?account=me&/)
  const index = fake.requests.indexOf(tokens()[1]!)
  assert.equal(fake.authorizations[index], `Basic ${Buffer.from('me:p:w').toString('base64')}`)
})

test('bearer: a token that is no longer taken is replaced', async (t) => {
  const { fake, read, tokens } = await setUp(t, { auth: 'bearer' })
  await read()
  fake.revoke()
  await read()
  assert.equal(tokens().length, 2)
})

test('bearer: many that find at once that a token is no longer taken get one new one', async (t) => {
  const { fake, read, tokens } = await setUp(t, { auth: 'bearer' })
  await read()
  fake.revoke()
  await Promise.all([read(), read(), read(), read()])
  assert.equal(tokens().length, 2)
})

test('bearer: a token is replaced, though the registry only says that it has expired', async (t) => {
  let expired = false
  const { read, tokens } = await setUp(t, {
    auth: 'bearer',
    intercept(request, response) {
      if (!expired || !request.url?.includes('/manifests/')) return false
      expired = false
      replyError(response, 401, 'UNAUTHORIZED', 'token expired')
      return true
    },
  })
  await read()
  expired = true
  await read()
  assert.equal(tokens().length, 2)
})

test('bearer: wrong credentials end in the words of the token server', async (t) => {
  const { fake, read } = await setUp(t, { auth: 'bearer', users })
  const url = `"http://${fake.host}/v2/app/manifests/v1"`
  await assert.rejects(read({ username: 'me', password: 'x' }), {
    problem: 'token',
    message: `Get ${url}: unauthorized: incorrect username or password`,
    errors: [],
  })
})

const answers: [string, number, unknown, RegExp | undefined][] = [
  ['access_token instead of token', 200, { access_token: 'abc' }, undefined],
  ['no token', 200, {}, /did not include a token/],
  ['null', 200, null, /did not include a token/],
  ['a token that fits in no header', 200, { token: 'a\nb' }, /did not include a token/],
  ['a refusal', 403, { errors: [{ code: 'DENIED', message: 'no' }] }, /: denied: no$/],
]
for (const [name, status, body, error] of answers) {
  test(`the token server answers with ${name}`, async (t) => {
    const { read } = await setUp(t, {
      auth: 'bearer',
      intercept(request, response) {
        if (request.headers.authorization === 'Bearer abc') return false
        if (request.url?.startsWith('/token')) reply(response, status, body)
        return response.writableEnded
      },
    })
    if (error) await assert.rejects(read(), { problem: 'token', message: error })
    // The fake does not know the token, but it was sent.
    else await assert.rejects(read(), { message: 'unauthorized' })
  })
}

for (const realm of ['', 'ftp://a.invalid/', '/token', 'javascript:0']) {
  test(`a realm that is no place for credentials: ${realm}`, async (t) => {
    const { read } = await setUp(t, {
      intercept(_, response) {
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end()
        return true
      },
    })
    await assert.rejects(read(me), { problem: 'token', message: /realm of the registry is no URL/ })
  })
}

test('of Bearer and Basic, Basic is taken', async (t) => {
  const { fake, read } = await setUp(t, {
    intercept(request, response) {
      if (request.headers.authorization?.startsWith('Basic')) return false
      response.writeHead(401, { 'www-authenticate': ['Bearer realm="http://a.invalid/"', 'Basic realm="x"'] }).end()
      return true
    },
  })
  await read(simple)
  assert.deepEqual(fake.requests, ['GET /v2/', 'GET /v2/app/manifests/v1'])
})

test('a registry that asks only at the repository is answered there', async (t) => {
  const { fake, read } = await setUp(t, {
    intercept(request, response) {
      if (request.url === '/v2/' || request.headers.authorization) return false
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
      return true
    },
  })
  await read(simple)
  assert.deepEqual(
    fake.authorizations.map((header) => header.slice(0, 5)),
    ['', '', 'Basic'],
  )
  await assert.rejects(read(), { problem: 'no-credentials' })
})

test('a redirect to another origin does not get the credentials; one to the same origin does', async (t) => {
  const elsewhere = await setUp(t, {})
  let location = ''
  const { fake, read } = await setUp(t, {
    auth: 'basic',
    users,
    intercept(request, response) {
      if (!request.url?.includes('/manifests/v1')) return false
      response.writeHead(307, { location }).end()
      return true
    },
  })
  location = `http://${elsewhere.fake.host}/v2/app/manifests/v1`
  await read(simple)
  assert.deepEqual(elsewhere.fake.authorizations, [''])
  location = `/v2/app/manifests/${fake.content.manifests.get('app v1')!.digest}`
  await read(simple)
  assert.match(fake.authorizations.at(-1)!, /^Basic /)
})
