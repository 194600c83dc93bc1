// Credentials of the whole installation: what they are used for, and what they are not sent to.
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { startFakeClouds } from '../../test/support/fakeClouds.ts'
import { replyError, startFakeRegistry } from '../../test/support/fakeRegistry.ts'
import { imageSpec, importRequest, insecureSpec, pullSecret } from '../../test/support/importRequests.ts'
import type { PullSecret } from '../core/image/pullSecrets.ts'
import { parseReference } from '../core/oci/reference.ts'
import { registriesOf } from '../core/registries/prefix.ts'
import { sourceOf } from '../core/schedule/source.ts'
import { createOutbound } from '../http/outbound.ts'
import { createChecker } from './checker.ts'
import { CloudCredentials } from './clouds/credentials.ts'
import { createHttpReader } from './httpReader.ts'
import { createImporter } from './importer.ts'
import { IMPATIENT } from './retry.ts'
import { DefaultCredentials, type SharedOptions } from './sharedCredentials.ts'

const HOUR = 60 * 60_000

const defaults = (secrets: readonly PullSecret[], options: Partial<SharedOptions> = {}): DefaultCredentials => {
  const none = { find: () => Promise.resolve({ credentials: [] }) }
  const found = new DefaultCredentials({ helpers: none, cloud: () => undefined, problem: () => {}, ...options })
  found.setSecrets(secrets)
  return found
}

/** The passwords for an image. */
async function passwords({ find }: DefaultCredentials, image: string, insecure = false): Promise<string[]> {
  const { credentials } = await find({ reference: parseReference(image), insecure, refused: [] })
  return credentials.map(({ password }) => password)
}

describe('default pull secrets', () => {
  test('are for what their keys say, and for nothing else', async () => {
    const all = defaults([pullSecret('r.io/team', 'team'), pullSecret('*.example.com', 'wild')])
    const table: [string, string[]][] = [
      ['r.io/team/app', ['team']],
      ['r.io/other/app', []],
      ['evil.io/team/app', []],
      ['r.io.evil.io/team/app', []],
      ['r.io:444/team/app', []],
      ['a.example.com/app', ['wild']],
      ['evil.com/app', []],
      ['busybox', []],
    ]
    for (const [image, expected] of table) assert.deepEqual(await passwords(all, image), expected, image)
  })

  test('come by name for equal keys, and are replaced as a whole', async () => {
    const named = (name: string): PullSecret => ({ ...pullSecret('r.io', name), name })
    const all = defaults([named('b'), named('a')])
    assert.deepEqual(await passwords(all, 'r.io/app'), ['a', 'b'])
    all.setSecrets([named('c')])
    assert.deepEqual(await passwords(all, 'r.io/app'), ['c'])
  })

  test('go nowhere without a certificate that is vouched for, unless they say http:// themselves', async () => {
    const all = defaults([pullSecret('https://r.io', 'tls'), pullSecret('http://q.io', 'plain')])
    assert.deepEqual(await passwords(all, 'r.io/app', true), [])
    assert.deepEqual(await passwords(all, 'q.io/app', true), ['plain'])
    assert.deepEqual(await passwords(all, 'q.io/app'), ['plain'])
  })

  test('that make no sense are told of, and disable nothing but themselves', async () => {
    const told: string[] = []
    const broken: PullSecret = { ...pullSecret('r.io', 'x'), name: 'broken', data: {} }
    const problem = ({ name }: PullSecret, message: string) => void told.push(`${name}: ${message}`)
    assert.deepEqual(await passwords(defaults([broken, pullSecret('r.io', 'good')], { problem }), 'r.io/app'), ['good'])
    assert.deepEqual(told, ['broken: it has no key .dockercfg'])
  })

  test('count after those of the namespace, and before nobody', async (t) => {
    const fake = await startFakeRegistry({ auth: 'basic', users: { u: 'default' } })
    const outbound = createOutbound()
    t.after(async () => {
      await outbound.close()
      await fake.close()
    })
    fake.content.image('app', 'v1', 'one')
    const shared = defaults([pullSecret(`http://${fake.host}`, 'default')]).find
    const importer = createImporter({ reader: createHttpReader({ outbound, retry: IMPATIENT }), shared })
    const images = [insecureSpec(`${fake.host}/app:v1`)]
    const { images: found } = await importer(importRequest({ images, secrets: [pullSecret(fake.host, 'own')] }))
    assert.equal(found[0]?.status.status, 'Success')
    const asked = fake.authorizations.filter((_, i) => fake.requests[i]!.includes('/manifests/'))
    assert.deepEqual(
      asked.map((header) => Buffer.from(header.replace('Basic ', ''), 'base64').toString()),
      ['u:own', 'u:default'],
    )
  })
})

const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com'

/** ECR as a registry: it takes the tokens that its API gives, until they expire. */
async function ecr(t: TestContext) {
  const clouds = await startFakeClouds(t)
  let revoked = ''
  const ends = new Map<string, number>()
  const fake = await startFakeRegistry({
    intercept(request, response) {
      const [, encoded = ''] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? []
      const pair = Buffer.from(encoded, 'base64').toString()
      if (!pair.startsWith('AWS:ecr-')) {
        response.setHeader('www-authenticate', `Basic realm="https://${ECR}/",service="ecr.amazonaws.com"`)
        replyError(response, 401, 'UNAUTHORIZED', 'Not Authorized')
        return true
      }
      if (!ends.has(pair)) ends.set(pair, clouds.now + clouds.life.ecr)
      if (pair !== revoked && clouds.now < ends.get(pair)!) return false
      replyError(response, 403, 'DENIED', 'Your authorization token has expired. Reauthenticate and try again.')
      return true
    },
  })
  clouds.origins.set(`https://${ECR}`, fake.origin)
  t.after(() => fake.close())
  fake.content.image('app', 'v1', 'one')
  const helpers = new CloudCredentials({ ...clouds, log: { warn: () => {} }, now: () => clouds.now })
  const registries = registriesOf({
    registries: [{ prefix: '*.dkr.ecr.*.amazonaws.com', credentials: { helper: 'ecr', settings: {} } }],
  })
  const shared = defaults([], { helpers, cloud: (host) => registries.find(host)?.credentials }).find
  const reader = createHttpReader({ outbound: clouds.outbound, retry: IMPATIENT })
  const importer = createImporter({ reader, shared })
  const run = async (secrets: PullSecret[] = [], spec = imageSpec) => {
    const images = [spec(`${ECR}/app:v1`)]
    const { status } = (await importer(importRequest({ images, secrets }))).images[0]!
    return status.message ?? status.status
  }
  const revoke = () => void (revoked = [...ends.keys()].at(-1) ?? '')
  return { clouds, fake, reader, shared, run, revoke }
}

test('a week of imports and checks by a credential helper: no token expires unrenewed', async (t) => {
  const { clouds, fake, reader, shared, run } = await ecr(t)
  const check = createChecker({ reader, shared, secrets: () => Promise.resolve([]) })
  const source = sourceOf(`${ECR}/app:v1`, false)!
  const { signal } = new AbortController()
  const end = clouds.now + 7 * 24 * HOUR
  let heads = 0
  for (; clouds.now < end; clouds.now += HOUR, heads++) {
    if (heads % 5 === 0) assert.equal(await run(), 'Success')
    const [outcome] = await check({ source, namespaces: ['a', 'b'], signal })
    assert.ok('digest' in outcome!.checked, outcome!.message ?? '')
    assert.deepEqual(outcome!.namespaces, ['a', 'b'])
  }
  assert.equal(fake.requests.filter((line) => line.startsWith('GET /v2/app/manifests/')).length, 1)
  const tokens = clouds.requests.filter((line) => line.startsWith('POST api.ecr'))
  assert.ok(tokens.length >= 14 && tokens.length <= 16, `${tokens.length} tokens`)
})

test('a token that is taken back is replaced without a failed import', async (t) => {
  const { clouds, run, revoke } = await ecr(t)
  assert.equal(await run(), 'Success')
  revoke()
  clouds.now += HOUR
  assert.equal(await run(), 'Success')
})

test('a pull secret of the namespace comes first', async (t) => {
  const { fake, run } = await ecr(t)
  assert.equal(await run([pullSecret(ECR, 'own')]), 'Success')
  const first = fake.authorizations.find((header) => header !== '')!
  assert.equal(Buffer.from(first.replace('Basic ', ''), 'base64').toString(), 'u:own')
})

test('what keeps a helper from a credential is told where that is what is missing', async (t) => {
  const { clouds, run } = await ecr(t)
  clouds.broken.set('sts.eu-west-1.amazonaws.com', [403, '<Code>AccessDenied</Code>'])
  assert.match(await run(), /no credential from ecr: AWS STS answers 403 \(AccessDenied\)$/)
})

test('helpers give nothing to who asks for an insecure registry', async (t) => {
  const { clouds, run } = await ecr(t)
  assert.match(await run([], insecureSpec), /may not have access/)
  assert.deepEqual(clouds.requests, [])
})
