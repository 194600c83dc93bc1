// Imports from registries that misbehave, each in one way: what becomes of the image, and what it costs the registry.
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { FakeOptions } from '../../test/support/fakeRegistry.ts'
import { importRequest, insecureSpec, pullSecret } from '../../test/support/importRequests.ts'
import { type Misbehaviour, startMisbehavingRegistry, type Where } from '../../test/support/misbehavingRegistry.ts'
import * as wrong from '../../test/support/misbehaviours.ts'
import type { RequestKind } from '../../test/support/registryLog.ts'
import { addressGuard, OWN_MACHINE } from '../http/addressGuard.ts'
import { createOutbound } from '../http/outbound.ts'
import { createHttpReader } from './httpReader.ts'
import { createImporter } from './importer.ts'
import { failureReason } from './reason.ts'
import { IMPATIENT } from './retry.ts'

const USERS = { me: 'secret' }
/** Milliseconds for a request: of one that is to run into it, and of all others on a busy machine. */
const [SHORT, LONG] = [150, 10_000]
const HOUR = 3600
const DAY = 24 * HOUR * 1000

async function setUp(t: TestContext, options: Omit<FakeOptions, 'intercept'> = {}, request = LONG) {
  const registry = await startMisbehavingRegistry(options)
  const outbound = createOutbound({ allowAddress: addressGuard(OWN_MACHINE) })
  t.after(async () => {
    await outbound.close()
    await registry.close()
  })
  const timeouts = { ping: LONG, token: LONG, request }
  const reader = createHttpReader({ outbound, retry: IMPATIENT, timeouts })
  const importer = createImporter({
    reader,
    platform: { architecture: 'amd64', os: 'linux' },
  })
  const image = registry.move('app', 'v1', 'one')
  const secrets = options.users ? [pullSecret(registry.host, USERS.me, 'me')] : []
  const run = async (mode = 'Legacy') => {
    const spec = insecureSpec(`${registry.host}/app:v1`)
    const images = [{ ...spec, importPolicy: { ...spec.importPolicy, importMode: mode } }]
    const result = (await importer(importRequest({ images, secrets }))).images[0]!
    return { ...result, says: result.status.message?.replaceAll(registry.host, 'HOST') ?? result.status.status }
  }
  return { registry, image, reader, run }
}

type Counts = Partial<Record<RequestKind, number>>

interface Case {
  what: Misbehaviour[]
  where?: Where
  auth?: 'basic' | 'bearer'
  /** It runs into the time limit. */
  slow?: boolean
  /** Message of the image's status, or `Success`. */
  says: RegExp
  reason?: string
  /** The word for it, where the status of OpenShift has none. */
  cause?: string
  /** What the registry counted, beside one ping: another follows each connection that broke. */
  costs: Counts
}

const GET: Where = { kind: 'manifestGet' }
const { tooManyRequests } = wrong
const soon = (skew = 0) => new Date(Date.now() + skew)
const later = (skew = 0) => new Date(Date.now() + skew + HOUR * 1000)
const { unavailable } = wrong
const FIRST = /HOST\/app:v1: Get "https?:\/\/HOST\/v2\/": toomanyrequests: You have reached your pull rate limit$/
const TOKEN = /v2\/app\/manifests\/v1": toomanyrequests: You have reached your pull rate limit$/
const LIMITED = /HOST\/app:v1: toomanyrequests(: You have reached your pull rate limit)?$/
const WHOLE = { manifestGet: 1, blobGet: 1 }

const cases: Record<string, Case> = {
  nothing: { what: [], says: /^Success$/, costs: WHOLE },
  '429, again and again': { what: [tooManyRequests()], where: GET, says: LIMITED, costs: { manifestGet: 3 } },
  '429 twice': {
    what: [tooManyRequests()],
    where: { ...GET, times: 2 },
    says: /^Success$/,
    costs: { manifestGet: 3, blobGet: 1 },
  },
  '429 with HTML': {
    what: [tooManyRequests({ html: true })],
    where: GET,
    says: /error parsing HTTP 429 response body/,
    costs: { manifestGet: 3 },
  },
  '429 for no time': {
    what: [tooManyRequests({ retryAfter: 0 })],
    where: { ...GET, times: 1 },
    says: /^Success$/,
    costs: { manifestGet: 2, blobGet: 1 },
  },
  '429 for an hour': {
    what: [tooManyRequests({ retryAfter: HOUR })],
    where: GET,
    says: LIMITED,
    costs: { manifestGet: 1 },
  },
  '429 until now': {
    what: [tooManyRequests({ retryAfter: soon() })],
    where: { ...GET, times: 1 },
    says: /^Success$/,
    costs: { manifestGet: 2, blobGet: 1 },
  },
  '429 until in an hour': {
    what: [tooManyRequests({ retryAfter: later() })],
    where: GET,
    says: LIMITED,
    costs: { manifestGet: 1 },
  },
  '429 until now, by a clock that is a day ahead': {
    what: [wrong.skewedClock(DAY), tooManyRequests({ retryAfter: soon(DAY) })],
    where: { ...GET, times: 1 },
    says: /^Success$/,
    costs: { manifestGet: 2, blobGet: 1 },
  },
  '429 until in an hour, by a clock that is a day behind': {
    what: [wrong.skewedClock(-DAY), tooManyRequests({ retryAfter: later(-DAY) })],
    where: GET,
    says: LIMITED,
    costs: { manifestGet: 1 },
  },
  '503 for an hour': {
    what: [unavailable({ retryAfter: HOUR })],
    where: GET,
    says: /received unexpected HTTP status: 503 Service Unavailable$/,
    cause: 'RateLimited',
    costs: { manifestGet: 1 },
  },
  '429 at the first contact': {
    what: [tooManyRequests()],
    where: { kind: 'ping' },
    says: FIRST,
    cause: 'RateLimited',
    costs: {},
  },
  '429 with HTML at the first contact': {
    what: [tooManyRequests({ html: true })],
    where: { kind: 'ping' },
    says: /HOST\/app:v1: Get "https?:\/\/HOST\/v2\/": error parsing HTTP 429 response body/,
    cause: 'RateLimited',
    costs: {},
  },
  '429 for an hour at the first contact': {
    what: [tooManyRequests({ retryAfter: HOUR })],
    where: { kind: 'ping' },
    says: FIRST,
    cause: 'RateLimited',
    costs: {},
  },
  '429 for no time at the first contact': {
    what: [tooManyRequests({ retryAfter: 0 })],
    where: { kind: 'ping', times: 2 },
    says: /^Success$/,
    costs: { ping: 3, ...WHOLE },
  },
  '503 for an hour at the first contact': {
    what: [unavailable({ retryAfter: HOUR })],
    where: { kind: 'ping' },
    says: /HOST\/v2\/": received unexpected HTTP status: 503 Service Unavailable$/,
    cause: 'RateLimited',
    costs: {},
  },
  '503 at the first contact, who knows for how long': {
    what: [unavailable()],
    where: { kind: 'ping' },
    says: /does not support v2 API \(got 503 Service Unavailable\)$/,
    cause: 'NoRegistry',
    costs: { ping: 3 },
  },
  '429 from the token server': {
    what: [tooManyRequests()],
    where: { kind: 'token' },
    auth: 'bearer',
    says: TOKEN,
    cause: 'RateLimited',
    costs: { token: 1 },
  },
  '429 for an hour from the token server': {
    what: [tooManyRequests({ retryAfter: HOUR })],
    where: { kind: 'token' },
    auth: 'bearer',
    says: TOKEN,
    cause: 'RateLimited',
    costs: { token: 1 },
  },
  '429 for no time from the token server': {
    what: [tooManyRequests({ retryAfter: 0 })],
    where: { kind: 'token', times: 2 },
    auth: 'bearer',
    says: /^Success$/,
    costs: { token: 3, ...WHOLE },
  },
  '503 for an hour from the token server': {
    what: [unavailable({ retryAfter: HOUR })],
    where: { kind: 'token' },
    auth: 'bearer',
    says: /v2\/app\/manifests\/v1": received unexpected HTTP status: 503 Service Unavailable$/,
    cause: 'RateLimited',
    costs: { token: 1 },
  },
  '503 from the token server, who knows for how long': {
    what: [unavailable()],
    where: { kind: 'token' },
    auth: 'bearer',
    says: /v2\/app\/manifests\/v1": received unexpected HTTP status: 503 Service Unavailable$/,
    cause: 'NoToken',
    costs: { token: 3 },
  },
  'a quota that is told': { what: [wrong.quota()], says: /^Success$/, costs: WHOLE },
  'a token that has expired': {
    what: [wrong.expiredTokens()],
    where: { ...GET, times: 1 },
    auth: 'bearer',
    says: /^Success$/,
    costs: { token: 2, manifestGet: 2, blobGet: 1 },
  },
  'tokens that expire at once': {
    what: [wrong.expiredTokens()],
    where: GET,
    auth: 'bearer',
    reason: 'Unauthorized',
    says: /^you may not have access to the container image "HOST\/app:v1"$/,
    // Another one in place of the first; then, as nobody, none.
    costs: { token: 3, manifestGet: 2 },
  },
  'a token that expired before it was given': {
    what: [wrong.tokenAnswer({ expires_in: -DAY, issued_at: '1970-01-01T00:00:00Z' })],
    where: { kind: 'token' },
    auth: 'bearer',
    says: /^Success$/,
    costs: { token: 1, ...WHOLE },
  },
  'a token that was given tomorrow, for ever': {
    what: [wrong.skewedClock(DAY), wrong.tokenAnswer({ expires_in: 1e300, issued_at: '9999-01-01T00:00:00Z' })],
    where: { kind: 'token' },
    auth: 'bearer',
    says: /^Success$/,
    costs: { token: 1, ...WHOLE },
  },
  'a clock that is a day behind': { what: [wrong.skewedClock(-DAY)], auth: 'basic', says: /^Success$/, costs: WHOLE },
  'a wrong digest in the header': {
    what: [wrong.wrongDigest()],
    says: /content integrity error: the manifest that the registry calls sha256:0+ does not match/,
    costs: { manifestGet: 1 },
  },
  'half a manifest': {
    what: [wrong.truncatedBody()],
    where: GET,
    says: /unexpected EOF$/,
    costs: { ping: 3, manifestGet: 3 },
  },
  'half a configuration, once': {
    what: [wrong.truncatedBody()],
    where: { kind: 'blobGet', times: 1 },
    says: /^Success$/,
    costs: { ping: 2, manifestGet: 1, blobGet: 2 },
  },
  'a body that trickles': {
    what: [wrong.slowBody(20)],
    where: GET,
    slow: true,
    says: /context deadline exceeded$/,
    costs: { manifestGet: 3 },
  },
  silence: {
    what: [wrong.silence()],
    where: GET,
    slow: true,
    says: /context deadline exceeded$/,
    costs: { manifestGet: 3 },
  },
  'a connection that ends': {
    what: [wrong.hangUp()],
    where: { kind: 'blobGet' },
    says: /unexpected EOF|connection reset by peer/,
    costs: { ping: 3, manifestGet: 1, blobGet: 3 },
  },
  'HTML with 502': {
    what: [wrong.htmlError(502)],
    where: GET,
    says: /received unexpected HTTP status: 502 Bad Gateway$/,
    costs: { manifestGet: 3 },
  },
  'HTML with 404': {
    what: [wrong.htmlError(404)],
    where: GET,
    says: /error parsing HTTP 404 response body: invalid character '<'/,
    costs: { manifestGet: 1 },
  },
  'HTML instead of a manifest': {
    what: [wrong.htmlError(200)],
    where: GET,
    says: /invalid character '<' looking for beginning of value$/,
    costs: { manifestGet: 1 },
  },
  'another image at each request': { what: [wrong.flapping()], where: GET, says: /^Success$/, costs: WHOLE },
  'a redirect to itself': {
    what: [wrong.redirect((path) => path)],
    where: GET,
    says: /stopped after 5 redirects$/,
    costs: { manifestGet: 6 },
  },
  ...Object.fromEntries(
    ['http://169.254.169.254/latest/meta-data/', 'http://[fd00:ec2::254]/', 'http://[::ffff:a9fe:a9fe]/x'].map(
      (location): [string, Case] => [
        `a redirect to ${location}`,
        {
          what: [wrong.redirect(location)],
          where: GET,
          auth: 'basic',
          says: /: connections to \S+ are not allowed \(/,
          costs: { manifestGet: 1 },
        },
      ],
    ),
  ),
  'a token server at a link-local address': {
    what: [wrong.challenge('Bearer realm="http://169.254.169.254/token",service="x"')],
    where: { kind: 'ping' },
    auth: 'bearer',
    says: /: connections to 169\.254\.169\.254 are not allowed \(/,
    costs: {},
  },
}

describe('a registry that answers with', () => {
  for (const [name, { what, where, auth, slow, says, reason, cause, costs }] of Object.entries(cases)) {
    test(name, async (t) => {
      const { registry, image, run } = await setUp(t, auth ? { auth, users: USERS } : {}, slow ? SHORT : LONG)
      for (const each of what) registry.misbehave(each, where)
      const started = performance.now()
      const result = await run()
      assert.ok(performance.now() - started < LONG, 'it hangs')
      assert.match(result.says, says)
      const good = result.says === 'Success'
      assert.equal(result.status.reason, good ? undefined : (reason ?? 'InternalError'))
      if (cause) assert.equal(result.status.details?.causes?.[0]?.reason, cause)
      assert.deepEqual(registry.log.counts(), { ping: 1, ...costs })
      if (good && name !== 'another image at each request') assert.equal(result.image?.metadata.name, image.digest)
      // The credential goes to the token server alone, or, where there is none, with what needs it.
      const basic = registry.log.requests.filter((request) => request.authorization === 'basic')
      const allowed = auth === 'basic' ? ['manifestGet', 'blobGet'] : ['token']
      assert.ok(basic.every(({ kind }) => allowed.includes(kind)))
    })
  }
})

describe('a tag that is known already', () => {
  const HEAD: Where = { kind: 'manifestHead' }
  const again: Record<string, Omit<Case, 'auth'>> = {
    'and has not moved costs one HEAD': { what: [], says: /^Success$/, costs: { manifestHead: 1 } },
    'is not asked for with GET when HEAD was too much': {
      what: [tooManyRequests()],
      where: HEAD,
      says: LIMITED,
      costs: { manifestHead: 3 },
    },
    'is left alone when HEAD may come in an hour': {
      what: [tooManyRequests({ retryAfter: HOUR })],
      where: HEAD,
      says: LIMITED,
      costs: { manifestHead: 1 },
    },
    'is left alone when the registry is back in an hour': {
      what: [unavailable({ retryAfter: HOUR })],
      where: HEAD,
      says: /503 Service Unavailable$/,
      costs: { manifestHead: 1 },
    },
    'is fetched when HEAD is answered wrongly': {
      what: [wrong.htmlError(405)],
      where: HEAD,
      says: /^Success$/,
      costs: { manifestHead: 1, manifestGet: 1 },
    },
    'is fetched when HEAD tells another digest': {
      what: [wrong.wrongDigest()],
      where: HEAD,
      says: /^Success$/,
      costs: { manifestHead: 1, manifestGet: 1 },
    },
    'and moves between HEAD and GET is what GET says': {
      what: [wrong.flapping()],
      says: /^Success$/,
      costs: { manifestHead: 1, manifestGet: 1, blobGet: 1 },
    },
  }
  for (const [name, { what, where = {}, says, costs }] of Object.entries(again)) {
    test(name, async (t) => {
      const { registry, run } = await setUp(t)
      assert.equal((await run()).says, 'Success')
      registry.log.clear()
      for (const each of what) registry.misbehave(each, where)
      const { says: said, image } = await run()
      assert.match(said, says)
      assert.deepEqual(registry.log.counts(), costs)
      if (said === 'Success' && image)
        assert.equal(image.metadata.name, registry.content.manifests.get('app v1')?.digest)
    })
  }
})

for (const mode of ['Legacy', 'PreserveOriginal']) {
  test(`an index whose images have been deleted, ${mode}: not found, and nothing is made up`, async (t) => {
    const { registry, run } = await setUp(t)
    const children = ['amd64', 'arm64'].map((name) => registry.content.image('app', null, name, name))
    registry.content.index('app', 'v1', children)
    registry.misbehave(wrong.deleted(), { reference: children[0]!.digest })
    const result = await run(mode)
    assert.equal(result.status.reason, 'NotFound')
    assert.deepEqual([result.image, result.manifests], [undefined, undefined])
    registry.behave()
    assert.equal((await run(mode)).says, 'Success')
  })
}

describe('another origin', () => {
  /** A registry that wants credentials, and one elsewhere to which it sends who asks. */
  async function two(t: TestContext, auth: 'basic' | 'bearer') {
    const elsewhere = await startMisbehavingRegistry({ auth: 'bearer' })
    t.after(() => elsewhere.close())
    return { ...(await setUp(t, { auth, users: USERS })), elsewhere }
  }
  const kinds = ['manifestGet', 'blobGet', 'ping', 'token'] as const

  for (const auth of ['basic', 'bearer'] as const) {
    for (const kind of kinds.filter((each) => auth === 'bearer' || each !== 'token')) {
      test(`that ${kind} is redirected to gets no credential, and cannot ask for one: ${auth}`, async (t) => {
        const { registry, elsewhere, run } = await two(t, auth)
        registry.misbehave(
          wrong.redirect((path) => elsewhere.origin + path),
          { kind },
        )
        await run()
        assert.ok(elsewhere.log.count() > 0)
        assert.equal(elsewhere.log.count('token') > 0, kind === 'token')
        assert.deepEqual(new Set(elsewhere.log.requests.map((request) => request.authorization)), new Set(['none']))
      })
    }
    test(`may hold the content, and is not told who asks: ${auth}`, async (t) => {
      const { registry, image, run } = await setUp(t, { auth, users: USERS })
      const elsewhere = await startMisbehavingRegistry({ content: registry.content })
      t.after(() => elsewhere.close())
      registry.misbehave(
        wrong.redirect((path) => elsewhere.origin + path),
        { kind: 'blobGet' },
      )
      assert.equal((await run()).image?.metadata.name, image.digest)
      assert.deepEqual(
        elsewhere.log.requests.map((request) => [request.kind, request.authorization]),
        [['blobGet', 'none']],
      )
    })
  }
})

describe('a check by HEAD of a tag', () => {
  const checks: [string, Misbehaviour | undefined, string, Counts][] = [
    ['that is there', undefined, '', { manifestHead: 1 }],
    ['that has been deleted', wrong.deleted(), 'NotFound', { manifestHead: 1 }],
    ['that is asked for too often', tooManyRequests(), 'RateLimited', { manifestHead: 3 }],
    ['that is to be left alone for an hour', tooManyRequests({ retryAfter: HOUR }), 'RateLimited', { manifestHead: 1 }],
    ['that is not for everybody', wrong.htmlError(403), 'Unauthorized', { manifestHead: 1 }],
    ['of a registry that knows no HEAD', wrong.htmlError(405), 'RegistryError', { manifestHead: 1 }],
    ['that may come again in an hour', unavailable({ retryAfter: HOUR }), 'RateLimited', { manifestHead: 1 }],
    ['of a server in trouble', wrong.htmlError(503), 'RegistryError', { manifestHead: 3 }],
    ['of a registry that is silent', wrong.silence(), 'Timeout', { manifestHead: 3 }],
    [
      'that is redirected to the cloud',
      wrong.redirect('http://169.254.169.254/'),
      'AddressRefused',
      { manifestHead: 1 },
    ],
  ]
  for (const [name, what, reason, costs] of checks) {
    test(`${name}: ${reason || 'its digest'}`, async (t) => {
      const { registry, image, reader } = await setUp(t, {}, reason === 'Timeout' ? SHORT : LONG)
      if (what) registry.misbehave(what, { kind: 'manifestHead' })
      const repository = { host: registry.host, name: 'app', insecure: true }
      const said = await reader
        .head(repository, 'v1', new AbortController().signal)
        .then((head) => head?.digest, failureReason)
      assert.equal(said, reason || image.digest)
      assert.deepEqual(registry.log.counts(), { ping: 1, ...costs })
    })
  }
})
