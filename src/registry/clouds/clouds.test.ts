// Credential helpers against clouds that follow the documented protocols (test/support/fakeClouds.ts).
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { externalAccount, type FakeClouds, MARK, startFakeClouds } from '../../../test/support/fakeClouds.ts'
import type { CredentialHelper } from '../../core/registries/configuration.ts'
import type { Credential } from '../reader.ts'
import { CloudCredentials } from './credentials.ts'

const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com'
const GAR = 'europe-docker.pkg.dev'
const ACR = 'acme.azurecr.io'
const HOUR = 60 * 60_000
const WEEK = 7 * 24 * HOUR

async function setUp(t: TestContext, change: (clouds: FakeClouds) => void = () => {}) {
  const clouds = await startFakeClouds(t)
  change(clouds)
  const logged: object[] = []
  const helpers = new CloudCredentials({
    outbound: clouds.outbound,
    env: clouds.env,
    log: { warn: (fields: object) => void logged.push(fields) },
    now: () => clouds.now,
  })
  const find = (
    helper: CredentialHelper,
    host: string,
    { settings = {}, refused = [] }: { settings?: Record<string, string>; refused?: Credential[] } = {},
  ) => helpers.find({ cloud: { helper, settings }, host, refused })
  /** The credential; fails where there is none. */
  const get = async (...asked: Parameters<typeof find>): Promise<Credential> => {
    const { credentials, problem } = await find(...asked)
    assert.equal(problem, undefined)
    return credentials[0]!
  }
  return { clouds, find, get, logged }
}

const podIdentity = (clouds: FakeClouds): void => {
  const file = clouds.env['AWS_WEB_IDENTITY_TOKEN_FILE']!
  clouds.env = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file,
  }
}

const federated =
  (more: object = {}) =>
  (clouds: FakeClouds) => {
    const file = clouds.env['AWS_WEB_IDENTITY_TOKEN_FILE']!
    const content = externalAccount({ credential_source: { file }, ...more })
    clouds.env['GOOGLE_APPLICATION_CREDENTIALS'] = clouds.file('google.json', content)
  }
const IAM = 'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts'
const impersonation = `${IAM}/puller%40p.iam.gserviceaccount.com:generateAccessToken`

interface Case {
  helper: CredentialHelper
  host: string
  change?: (clouds: FakeClouds) => void
  settings?: Record<string, string>
  username: string
  password: RegExp
  requests: string[]
}

const METADATA = 'GET metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token'
const GENERATE = `POST ${impersonation.slice('https://'.length)}`
const google = { helper: 'gar', host: GAR, username: 'oauth2accesstoken' } as const
const cases: Record<string, Case> = {
  'ECR, by the token of the ServiceAccount': {
    helper: 'ecr',
    host: ECR,
    username: 'AWS',
    password: /^ecr-/,
    requests: ['POST sts.eu-west-1.amazonaws.com/', 'POST api.ecr.eu-west-1.amazonaws.com/'],
  },
  'ECR in China, with keys of another region': {
    helper: 'ecr',
    host: '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn',
    settings: { region: 'cn-northwest-1' },
    username: 'AWS',
    password: /^ecr-/,
    requests: ['POST sts.cn-northwest-1.amazonaws.com.cn/', 'POST api.ecr.cn-north-1.amazonaws.com.cn/'],
  },
  'ECR with FIPS': {
    helper: 'ecr',
    host: '123456789012.dkr.ecr-fips.us-east-1.amazonaws.com',
    username: 'AWS',
    password: /^ecr-/,
    requests: ['POST sts.us-east-1.amazonaws.com/', 'POST ecr-fips.us-east-1.amazonaws.com/'],
  },
  'ECR, by EKS Pod Identity': {
    helper: 'ecr',
    host: ECR,
    change: podIdentity,
    username: 'AWS',
    password: /^ecr-/,
    requests: ['GET 169.254.170.23/v1/credentials', 'POST api.ecr.eu-west-1.amazonaws.com/'],
  },
  'Artifact Registry, by the metadata server': { ...google, password: /^ya29\.google-/, requests: [METADATA] },
  'gcr.io': { ...google, host: 'eu.gcr.io', password: /^ya29\.google-/, requests: [METADATA] },
  'Artifact Registry, as another service account': {
    ...google,
    settings: { serviceAccount: 'puller@p.iam.gserviceaccount.com' },
    password: /^ya29\.impersonated-/,
    requests: [METADATA, GENERATE],
  },
  'Artifact Registry, by federation': {
    ...google,
    change: federated(),
    password: /^ya29\.google-/,
    requests: ['POST sts.googleapis.com/v1/token'],
  },
  'Artifact Registry, by federation as a service account': {
    ...google,
    change: federated({ service_account_impersonation_url: impersonation }),
    password: /^ya29\.impersonated-/,
    requests: ['POST sts.googleapis.com/v1/token', GENERATE],
  },
  'Artifact Registry, by federation with a token in JSON': {
    ...google,
    change(clouds) {
      const file = clouds.file('subject.json', JSON.stringify({ id: 'identity-token-of-the-pod' }))
      const format = { type: 'json', subject_token_field_name: 'id' }
      federated({ credential_source: { file, format } })(clouds)
    },
    password: /^ya29\.google-/,
    requests: ['POST sts.googleapis.com/v1/token'],
  },
  'Azure Container Registry': {
    helper: 'acr',
    host: ACR,
    username: '00000000-0000-0000-0000-000000000000',
    password: /^ey/,
    requests: ['POST login.microsoftonline.com/tenant-1/oauth2/v2.0/token', 'POST acme.azurecr.io/oauth2/exchange'],
  },
  'Azure Container Registry, as the configuration says': {
    helper: 'acr',
    host: ACR,
    change: (clouds) => Object.assign(clouds.env, { AZURE_TENANT_ID: 'x', AZURE_CLIENT_ID: 'y' }),
    settings: { tenantId: 'tenant-1', clientId: 'client-1' },
    username: '00000000-0000-0000-0000-000000000000',
    password: /^ey/,
    requests: ['POST login.microsoftonline.com/tenant-1/oauth2/v2.0/token', 'POST acme.azurecr.io/oauth2/exchange'],
  },
}

describe('a credential for', () => {
  for (const [name, { helper, host, change, settings = {}, username, password, requests }] of Object.entries(cases))
    test(name, async (t) => {
      const { clouds, get } = await setUp(t, change)
      const found = await get(helper, host, { settings })
      assert.equal(found.username, username)
      assert.match(found.password, password)
      assert.deepEqual(clouds.requests, requests)
      assert.deepEqual(await get(helper, host, { settings }), found)
      assert.equal(clouds.requests.length, requests.length, 'it is kept')
    })
})

test('registries of one region share a token, those of another have their own; so have registries of Azure', async (t) => {
  const { clouds, get } = await setUp(t)
  const account = (id: number, region: string) => `${String(id).padStart(12, '0')}.dkr.ecr.${region}.amazonaws.com`
  const first = await get('ecr', account(1, 'eu-west-1'))
  assert.deepEqual(await get('ecr', account(2, 'eu-west-1')), first)
  assert.notDeepEqual(await get('ecr', account(1, 'us-east-1')), first)
  clouds.requests.length = 0
  const acme = await get('acr', 'acme.azurecr.io')
  assert.notDeepEqual(await get('acr', 'other.azurecr.io'), acme)
  const exchanges = ['POST acme.azurecr.io/oauth2/exchange', 'POST other.azurecr.io/oauth2/exchange']
  assert.deepEqual(clouds.requests.slice(1), exchanges, 'Entra is asked once')
})

for (const [helper, host, mostAsked] of [
  ['ecr', ECR, 14 + 14],
  ['gar', GAR, 24 * 7 * 1.25],
  ['acr', ACR, 24 * 7],
] as const) {
  test(`a week with ${helper}: every five minutes a credential that has not expired`, async (t) => {
    const { clouds, get } = await setUp(t)
    const end = clouds.now + WEEK
    const life = { ecr: clouds.life.ecr, gar: clouds.life.google, acr: clouds.life.acr }[helper]
    const born = new Map<string, number>()
    for (; clouds.now < end; clouds.now += 5 * 60_000) {
      const { password } = await get(helper, host)
      if (!born.has(password)) born.set(password, clouds.now)
      assert.ok(clouds.now - born.get(password)! < life, 'it has expired')
    }
    assert.ok(clouds.requests.length <= mostAsked + 4, `${clouds.requests.length} requests`)
  })
}

test('a token that the registry does not take any more is replaced', async (t) => {
  const { clouds, get } = await setUp(t)
  const first = await get('ecr', ECR)
  assert.deepEqual(await get('ecr', ECR, { refused: [first] }), first, 'one that is new is not what is wrong')
  clouds.now += 10 * 60_000
  assert.notDeepEqual(await get('ecr', ECR, { refused: [first] }), first)
})

describe('what goes wrong is told, once, and without secrets:', () => {
  type Wrong = [
    what: string,
    helper: CredentialHelper,
    host: string,
    change: (clouds: FakeClouds) => void,
    says: RegExp,
  ]
  const broken = (host: string, status: number, body: string) => (clouds: FakeClouds) =>
    void clouds.broken.set(host, [status, body])
  const sts = 'sts.eu-west-1.amazonaws.com'
  const api = 'api.ecr.eu-west-1.amazonaws.com'
  const table: Wrong[] = [
    ['another registry', 'ecr', 'quay.io', () => {}, /helper ecr is for \*\.dkr\.ecr.*, not for quay\.io$/],
    ['a registry that looks like it', 'ecr', `${ECR}.evil.example`, () => {}, /not for/],
    ['one that looks like Google', 'gar', 'evilgcr.io', () => {}, /not for evilgcr\.io$/],
    ['one that looks like Azure', 'acr', 'a.azurecr.io.evil.example', () => {}, /not for/],
    ['no identity', 'ecr', ECR, (c) => void (c.env = {}), /no identity at AWS: neither AWS_ROLE_ARN and .* are set$/],
    ['no identity', 'acr', ACR, (c) => void (c.env = {}), /no identity at Azure: neither tenantId nor AZURE_TENANT_ID/],
    [
      'no file',
      'ecr',
      ECR,
      (c) => void (c.env['AWS_WEB_IDENTITY_TOKEN_FILE'] = '/nonexistent'),
      /the file that AWS_WEB_IDENTITY_TOKEN_FILE names cannot be read \(ENOENT\)$/,
    ],
    [
      'an empty file',
      'acr',
      ACR,
      (c) => void (c.env['AZURE_FEDERATED_TOKEN_FILE'] = c.file('empty', '\n')),
      /AZURE_FEDERATED_TOKEN_FILE names is empty/,
    ],
    [
      'a refusal in XML',
      'ecr',
      ECR,
      broken(
        sts,
        403,
        `<ErrorResponse><Error><Code>AccessDenied</Code><Message>${MARK}</Message></Error></ErrorResponse>`,
      ),
      /^no credential from ecr: AWS STS answers 403 \(AccessDenied\)$/,
    ],
    [
      'a refusal in JSON',
      'ecr',
      ECR,
      broken(api, 400, `{"__type":"AccessDeniedException","Message":"${MARK}"}`),
      /Amazon ECR answers 400 \(AccessDeniedException\)$/,
    ],
    ['a server in trouble', 'ecr', ECR, broken(sts, 503, `<html>${MARK}`), /AWS STS answers 503$/],
    [
      'no JSON',
      'gar',
      GAR,
      broken('metadata.google.internal', 200, MARK),
      /metadata server of Google answers with no JSON/,
    ],
    [
      'a token that fits in no header',
      'gar',
      GAR,
      broken('metadata.google.internal', 200, `{"access_token":"${MARK}\\n","expires_in":60}`),
      /without a usable access_token$/,
    ],
    [
      'too much',
      'gar',
      GAR,
      broken('metadata.google.internal', 200, MARK.repeat(20_000)),
      /answers with more than \d+ bytes$/,
    ],
    [
      'a refusal of Google',
      'gar',
      GAR,
      broken('metadata.google.internal', 403, `{"error":"invalid_scope","error_description":"${MARK}"}`),
      /answers 403 \(invalid_scope\)$/,
    ],
    [
      'a refusal of Entra',
      'acr',
      ACR,
      broken('login.microsoftonline.com', 401, `{"error":"invalid_client","error_description":"${MARK}"}`),
      /^no credential from acr: Microsoft Entra answers 401 \(invalid_client\)$/,
    ],
    [
      'a refusal of the registry',
      'acr',
      ACR,
      broken(ACR, 401, `{"errors":[{"code":"UNAUTHORIZED","message":"${MARK}"}]}`),
      /Azure Container Registry answers 401 \(UNAUTHORIZED\)$/,
    ],
    [
      'a service that repeats what it was sent',
      'acr',
      ACR,
      broken('login.microsoftonline.com', 400, '{"error":"client_credentials"}'),
      /Microsoft Entra answers 400$/,
    ],
    [
      'an agent elsewhere, without TLS',
      'ecr',
      ECR,
      (c) => void (c.env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://evil.example/' }),
      /is neither HTTPS nor an agent of this machine$/,
    ],
    [
      'a key of Google',
      'gar',
      GAR,
      (c) =>
        void (c.env['GOOGLE_APPLICATION_CREDENTIALS'] = c.file(
          'key',
          `{"type":"service_account","private_key":"${MARK}"}`,
        )),
      /is no external_account: other kinds hold keys, and belong into a pull secret$/,
    ],
    ['federation without TLS', 'gar', GAR, federated({ token_url: 'http://sts.googleapis.com' }), /without https$/],
    [
      'a program as source',
      'gar',
      GAR,
      federated({ credential_source: { executable: { command: 'x' } } }),
      /names no file: other sources are not supported$/,
    ],
  ]
  for (const [what, helper, host, change, says] of table)
    test(`${what} (${helper})`, async (t) => {
      const { find, logged } = await setUp(t, change)
      const all = [await find(helper, host), await find(helper, host)]
      for (const { credentials, problem } of all) {
        assert.deepEqual(credentials, [])
        assert.match(problem ?? '', says)
      }
      assert.ok(logged.length <= 1)
      assert.doesNotMatch(JSON.stringify([all, logged]), new RegExp(`${MARK}|identity-token`))
    })
})

test('a cloud that does not answer delays the first who asks, and nobody after', async (t) => {
  const { clouds, find } = await setUp(t)
  t.mock.timers.enable({ apis: ['AbortSignal.timeout' as 'setTimeout'] })
  const { promise, resolve } = Promise.withResolvers<string>()
  clouds.broken.set('metadata.google.internal', promise)
  const first = find('gar', GAR)
  while (clouds.requests.length === 0) await new Promise((done) => setImmediate(done))
  t.mock.timers.tick(15_000)
  assert.match((await first).problem ?? '', /does not answer in time$/)
  assert.match((await find('gar', GAR)).problem ?? '', /does not answer in time$/)
  assert.equal(clouds.requests.length, 1)
  resolve('')
})
