// AWS, Google and Azure as far as credential helpers know them, in one server that tells them apart by the Host header. They hold
// requests to the documented protocols: what is not asked for as it must be is refused.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { createOutbound, type Outbound } from '../../src/http/outbound.ts'
import { signed } from '../../src/registry/clouds/sigV4.ts'
import { temporaryDirectory } from './processes.ts'
import { rerouted } from './rerouted.ts'

/** What a service answers: fields of JSON, or a text; or a status and a text. */
type Answer = object | string | [status: number, body: string]

interface Asked {
  request: IncomingMessage
  host: string
  path: string
  body: string
  fields: URLSearchParams
}

export interface FakeClouds {
  outbound: Outbound
  /** "POST sts.eu-west-1.amazonaws.com/", one line a request. */
  requests: string[]
  /** What the platform puts into the environment; the files are there. */
  env: Record<string, string>
  /** Milliseconds since 1970. */
  now: number
  /** Milliseconds that tokens live. */
  life: { aws: number; ecr: number; google: number; entra: number; acr: number }
  /** Answers in place of a service, by its host. */
  broken: Map<string, Answer | Promise<Answer>>
  /** Origins beside the clouds, and where they are. */
  origins: Map<string, string>
  /** Writes a file, and gives its path. */
  file(name: string, content: string): string
}

export const IDENTITY = 'identity-token-of-the-pod'
/** Every secret of these clouds has this in it: nothing that is told may. */
export const MARK = 's3cretM4rk'
const SECRET_KEY = `wJalrXUtnFEMI/K7MDENG+bPxRfiCY${MARK}`
const ROLE = 'arn:aws:iam::123456789012:role/millrace'
const AUDIENCE = '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k'
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const JWT = 'urn:ietf:params:oauth:token-type:jwt'
const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform'
const DAY = 24 * 60 * 60_000
const HOUR = 60 * 60_000
/** By which clocks may differ. */
const SKEW = 15 * 60_000

/** Starts them; they end with the test. */
export async function startFakeClouds(t: TestContext): Promise<FakeClouds> {
  const directory = temporaryDirectory('clouds')
  const requests: string[] = []
  let count = 0
  const next = (what: string) => `${what}-${MARK}-${++count}`
  const keys = new Map<string, { secretAccessKey: string; sessionToken: string; expires: number }>()

  const server = createServer((request, response) => {
    const answer = async (): Promise<Answer> => {
      const host = request.headers.host ?? ''
      const path = request.url ?? ''
      requests.push(`${request.method} ${host}${path}`)
      const body = await text(request)
      const broken = clouds.broken.get(host)
      if (broken !== undefined) return await broken
      return serve({ request, host, path, body, fields: new URLSearchParams(body) })
    }
    answer().then(
      (found) => {
        const [status, content] = Array.isArray(found) ? (found as [number, string]) : [200, found]
        response.writeHead(status).end(typeof content === 'string' ? content : JSON.stringify(content))
      },
      (error: unknown) => response.writeHead(400).end(String(error)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const plain = createOutbound()
  t.after(async () => {
    await plain.close()
    server.closeAllConnections()
    server.close()
  })

  function serve(asked: Asked): Answer {
    const { host } = asked
    if (/^sts\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(host)) return sts(asked)
    if (/^(api\.ecr|ecr-fips)\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(host)) return ecr(asked)
    if (host === '169.254.170.23') return podIdentity(asked)
    if (host === 'metadata.google.internal') return metadata(asked)
    if (host === 'sts.googleapis.com') return googleSts(asked)
    if (host === 'iamcredentials.googleapis.com') return iam(asked)
    if (host === 'login.microsoftonline.com') return entra(asked)
    if (host.endsWith('.azurecr.io')) return acr(asked)
    return [404, 'no such service']
  }

  function newKeys() {
    const accessKeyId = `ASIA${++count}`
    const made = { secretAccessKey: SECRET_KEY, sessionToken: next('session'), expires: clouds.now + clouds.life.aws }
    keys.set(accessKeyId, made)
    return { accessKeyId, ...made, expiration: new Date(made.expires).toISOString() }
  }

  /** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
  function sts({ request, path, fields }: Asked): Answer {
    assert.deepEqual([request.method, path], ['POST', '/'])
    assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded')
    assert.deepEqual(Object.fromEntries(fields), {
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: ROLE,
      RoleSessionName: 'millrace',
      WebIdentityToken: IDENTITY,
    })
    const made = newKeys()
    return `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <Audience>sts.amazonaws.com</Audience>
    <AssumedRoleUser><Arn>${ROLE}/millrace</Arn><AssumedRoleId>AROA:millrace</AssumedRoleId></AssumedRoleUser>
    <Credentials>
      <SessionToken>${made.sessionToken}</SessionToken>
      <SecretAccessKey>${made.secretAccessKey}</SecretAccessKey>
      <Expiration>${made.expiration}</Expiration>
      <AccessKeyId>${made.accessKeyId}</AccessKeyId>
    </Credentials>
  </AssumeRoleWithWebIdentityResult>
  <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
</AssumeRoleWithWebIdentityResponse>`
  }

  /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
  function ecr({ request, host, path, body }: Asked): Answer {
    const { headers } = request
    assert.equal(headers['content-type'], 'application/x-amz-json-1.1')
    assert.equal(headers['x-amz-target'], 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken')
    const region = /^(?:api\.ecr|ecr-fips)\.([^.]+)/.exec(host)?.[1] ?? ''
    const [, accessKeyId = ''] = /Credential=([^/]+)\//.exec(headers.authorization ?? '') ?? []
    const known = keys.get(accessKeyId)
    if (!known || known.expires <= clouds.now)
      return [400, JSON.stringify({ __type: 'ExpiredTokenException', message: `it has expired ${MARK}` })]
    const stamp = String(headers['x-amz-date']).replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5')
    const time = new Date(stamp)
    if (!(Math.abs(time.getTime() - clouds.now) <= SKEW)) return [400, JSON.stringify({ __type: 'RequestExpired' })]
    const expected = signed(
      {
        method: 'POST',
        url: new URL(path, `https://${host}`),
        headers: {
          'content-type': headers['content-type'],
          'x-amz-target': headers['x-amz-target'],
        },
        body,
      },
      { accessKeyId, ...known },
      { service: 'ecr', region, time },
    )
    if (headers.authorization !== expected['authorization'])
      return [400, JSON.stringify({ __type: 'InvalidSignatureException' })]
    const authorizationToken = Buffer.from(`AWS:${next('ecr')}`).toString('base64')
    const expiresAt = (clouds.now + clouds.life.ecr) / 1000
    return { authorizationData: [{ authorizationToken, expiresAt, proxyEndpoint: 'https://x' }] }
  }

  /** https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
  function podIdentity({ request, path }: Asked): Answer {
    assert.deepEqual([request.method, path], ['GET', '/v1/credentials'])
    assert.equal(request.headers.authorization, IDENTITY)
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = newKeys()
    return {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken,
      AccountId: '123456789012',
      Expiration: expiration,
    }
  }

  const googleToken = () => ({
    access_token: next('ya29.google'),
    expires_in: clouds.life.google / 1000,
    token_type: 'Bearer',
  })

  /** https://cloud.google.com/compute/docs/metadata/querying-metadata */
  function metadata({ request, path }: Asked): Answer {
    assert.equal(path, '/computeMetadata/v1/instance/service-accounts/default/token')
    if (request.headers['metadata-flavor'] !== 'Google') return [403, 'Missing Metadata-Flavor:Google header.']
    return googleToken()
  }

  /** https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token */
  function googleSts({ path, fields }: Asked): Answer {
    assert.equal(path, '/v1/token')
    assert.deepEqual(Object.fromEntries(fields), {
      grant_type: EXCHANGE,
      audience: AUDIENCE,
      scope: CLOUD_PLATFORM,
      requested_token_type: ACCESS_TOKEN,
      subject_token: IDENTITY,
      subject_token_type: JWT,
    })
    return { ...googleToken(), issued_token_type: ACCESS_TOKEN }
  }

  /** https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken */
  function iam({ request, path, body }: Asked): Answer {
    assert.equal(path, '/v1/projects/-/serviceAccounts/puller%40p.iam.gserviceaccount.com:generateAccessToken')
    assert.match(request.headers.authorization ?? '', /^Bearer ya29\.google-/)
    assert.deepEqual(JSON.parse(body), { scope: [CLOUD_PLATFORM], lifetime: '3600s' })
    const expireTime = new Date(clouds.now + clouds.life.google).toISOString()
    return { accessToken: next('ya29.impersonated'), expireTime }
  }

  /** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#third-case-access-token-request-with-a-federated-credential */
  function entra({ path, fields }: Asked): Answer {
    assert.equal(path, '/tenant-1/oauth2/v2.0/token')
    assert.deepEqual(Object.fromEntries(fields), {
      grant_type: 'client_credentials',
      client_id: 'client-1',
      scope: 'https://containerregistry.azure.net/.default',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: IDENTITY,
    })
    return { token_type: 'Bearer', expires_in: clouds.life.entra / 1000, access_token: next('entra') }
  }

  /** https://azure.github.io/acr/AAD-OAuth.html */
  function acr({ request, host, path, fields }: Asked): Answer {
    assert.deepEqual([request.method, path], ['POST', '/oauth2/exchange'])
    const { access_token, ...rest } = Object.fromEntries(fields)
    assert.deepEqual(rest, { grant_type: 'access_token', service: host, tenant: 'tenant-1' })
    assert.match(access_token ?? '', /^entra-/)
    const claims = { exp: (clouds.now + clouds.life.acr) / 1000, jti: next('acr') }
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    return { refresh_token: `${part({ alg: 'RS256' })}.${part(claims)}.${MARK}` }
  }

  const file = (name: string, content: string): string => {
    const path = join(directory, name)
    writeFileSync(path, content)
    return path
  }
  const token = file('token', `${IDENTITY}\n`)
  const clouds: FakeClouds = {
    outbound: rerouted(plain, (origin) => clouds.origins.get(origin.origin) ?? own),
    requests,
    env: {
      AWS_ROLE_ARN: ROLE,
      AWS_WEB_IDENTITY_TOKEN_FILE: token,
      AZURE_CLIENT_ID: 'client-1',
      AZURE_TENANT_ID: 'tenant-1',
      AZURE_FEDERATED_TOKEN_FILE: token,
      AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com/',
    },
    now: Date.UTC(2026, 10, 2),
    life: { aws: HOUR, ecr: DAY / 2, google: HOUR, entra: HOUR, acr: 3 * HOUR },
    broken: new Map(),
    origins: new Map(),
    file,
  }
  return clouds
}

/** A file as `gcloud iam workload-identity-pools create-cred-config` writes it, for a token in a file. */
export const externalAccount = (more: object = {}): string =>
  JSON.stringify({
    type: 'external_account',
    audience: AUDIENCE,
    subject_token_type: JWT,
    token_url: 'https://sts.googleapis.com/v1/token',
    ...more,
  })
