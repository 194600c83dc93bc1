// Several credentials for one registry, tried in turn.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { replyError, startFakeRegistry, type FakeOptions } from '../../test/support/fakeRegistry.ts'
import { createOutbound } from '../http/outbound.ts'
import { createHttpReader } from './httpReader.ts'
import type { Candidates, Credential } from './reader.ts'
import { IMPATIENT } from './retry.ts'

const signal = new AbortController().signal
const users = { good: 'p', other: 'p' }
const as = (username: string): Credential => ({ username, password: users[username as 'good'] ?? 'wrong' })

async function setUp(t: TestContext, options: FakeOptions) {
  const fake = await startFakeRegistry(options)
  const outbound = createOutbound()
  t.after(async () => {
    await outbound.close()
    await fake.close()
  })
  fake.content.image('app', 'v1', 'one')
  const reader = createHttpReader({ outbound, retry: IMPATIENT })
  /** Asks as these users; `later` are there when the first are refused. Gives who asked for something, in order. */
  async function head(names: readonly string[], later: Partial<Candidates> = {}) {
    fake.requests.length = fake.authorizations.length = 0
    const candidates = (refused: readonly Credential[]) =>
      Promise.resolve({ credentials: names.map(as), ...(refused.length > 0 && later) })
    await reader.head({ host: fake.host, name: 'app', insecure: true, candidates }, 'v1', signal)
    return who()
  }
  function who(): string[] {
    const asked = fake.requests.map((line, i) => [line, fake.authorizations[i]!] as const)
    const wanted = options.auth === 'bearer' ? '/token' : '/manifests/'
    return asked
      .filter(([line]) => line.includes(wanted))
      .map(([, header]) => Buffer.from(header.replace('Basic ', ''), 'base64').toString().split(':')[0]!)
  }
  return { fake, head, who }
}

for (const auth of ['basic', 'bearer'] as const) {
  test(`${auth}: the first that is let in is taken, and no other is asked as`, async (t) => {
    const { head } = await setUp(t, { auth, users })
    assert.deepEqual(await head(['good', 'other']), ['good'])
  })

  test(`${auth}: one that is refused leads to the next, and the next time the request begins with that`, async (t) => {
    const { fake, head } = await setUp(t, { auth, users })
    assert.deepEqual(await head(['bad', 'worse', 'good', 'other']), ['bad', 'worse', 'good'])
    assert.deepEqual(await head(['bad', 'worse', 'good', 'other']), auth === 'basic' ? ['good'] : [])
    assert.deepEqual(fake.requests, ['HEAD /v2/app/manifests/v1'])
    // Who has other credentials has other experiences.
    assert.deepEqual(await head(['worse', 'good']), auth === 'basic' ? ['worse', 'good'] : ['worse'])
  })

  test(`${auth}: when all are refused, each was tried once, and the first refusal is told`, async (t) => {
    const { head, who } = await setUp(t, { auth, users })
    const names = Array.from({ length: 20 }, (_, i) => `bad${i}`)
    await assert.rejects(head([...names, ...names, 'good']), { denied: true, message: /unauthorized/ })
    const nobody = auth === 'bearer' ? [''] : []
    assert.deepEqual(who(), [...names.slice(0, 8), ...nobody])
  })

  test(`${auth}: of credentials that have been renewed meanwhile the new one is tried`, async (t) => {
    const { head } = await setUp(t, { auth, users })
    assert.deepEqual(await head(['old'], { credentials: [as('old'), as('good')] }), ['old', 'good'])
  })

  test(`${auth}: why there is one too few is told with the refusal`, async (t) => {
    const { head } = await setUp(t, { auth, users })
    await assert.rejects(head(['bad'], { problem: 'no credential of ecr: timeout' }), {
      problem: 'helper',
      message: /unauthorized.*; no credential of ecr: timeout$/,
    })
  })
}

test('who is let in nowhere may see what everybody may: asked as nobody, and that is remembered', async (t) => {
  const { fake, head } = await setUp(t, {
    auth: 'bearer',
    intercept(request, response) {
      // As Docker Hub does: a wrong password gets no token, nobody gets one.
      if (!request.url?.startsWith('/token') || request.headers.authorization === undefined) return false
      replyError(response, 401, 'UNAUTHORIZED', 'incorrect username or password')
      return true
    },
  })
  assert.deepEqual(await head(['bad', 'worse']), ['bad', 'worse', ''])
  await head(['bad', 'worse'])
  assert.deepEqual(fake.requests, ['HEAD /v2/app/manifests/v1'])
})

test('403 leads to the next one, any other failure does not', async (t) => {
  let status = 403
  const { head, who } = await setUp(t, {
    auth: 'basic',
    users,
    intercept(request, response) {
      if (!request.headers.authorization?.startsWith(`Basic ${Buffer.from('other:').toString('base64').slice(0, 7)}`))
        return false
      replyError(response, status, 'DENIED', 'no')
      return true
    },
  })
  assert.deepEqual(await head(['other', 'good']), ['other', 'good'])
  status = 404
  await assert.rejects(head(['other']), { denied: false })
  assert.deepEqual(who(), ['other'])
})

test('a registry that refuses before it asks who it is is asked once', async (t) => {
  const { fake, head } = await setUp(t, {
    intercept(request, response) {
      if (request.url === '/v2/') return false
      replyError(response, 403, 'DENIED', 'blocked')
      return true
    },
  })
  await assert.rejects(head(['good', 'other']), { denied: true })
  assert.equal(fake.requests.filter((line) => line.startsWith('HEAD')).length, 1)
})

test('half a credential is none', async (t) => {
  const { fake, who } = await setUp(t, { auth: 'basic', users })
  const outbound = createOutbound()
  t.after(() => outbound.close())
  const reader = createHttpReader({ outbound, retry: IMPATIENT })
  const credentials = [{ username: 'good', password: '' }, { username: '', password: 'p' }, as('good')]
  const candidates = () => Promise.resolve({ credentials })
  await reader.head({ host: fake.host, name: 'app', insecure: true, candidates }, 'v1', signal)
  assert.deepEqual(who(), ['good'])
})
