// Who this process is at Google: an access token from the metadata server, or for the token of another identity provider.
// https://cloud.google.com/compute/docs/access/authenticate-workloads and https://google.aip.dev/auth/4117
import { isObject } from '../../core/machinery/json/jsonObject.ts'
import { ask, fieldsOf, form, FORM, HelperError, secretOf } from './ask.ts'
import type { CloudOptions } from './cloud.ts'
import type { Perishable } from './renewed.ts'
import { readTokenFile } from './tokenFile.ts'

const METADATA = 'the metadata server of Google'
const STS = 'Google STS'
const IAM = 'Google IAM'
const NAMED = 'GOOGLE_APPLICATION_CREDENTIALS'
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
/** Seconds. */
const LIFE = 3600

type Fields = Readonly<Record<string, unknown>>

/** An access token. Rejects with HelperError. */
export async function googleToken(options: CloudOptions, signal: AbortSignal): Promise<Perishable<string>> {
  const { env, settings } = options
  const file = env[NAMED]
  const account = file ? fieldsOf(await readTokenFile(file, NAMED), `the file of ${NAMED}`) : undefined
  const own = account ? await byFederation(options, account, signal) : await byMetadata(options, signal)
  const named = settings['serviceAccount']
  const url = named === undefined ? account?.['service_account_impersonation_url'] : impersonation(named)
  return url === undefined ? own : await impersonated(options, secure(url), own.value, signal)
}

async function byMetadata({ outbound, env, now }: CloudOptions, signal: AbortSignal): Promise<Perishable<string>> {
  const host = env['GCE_METADATA_HOST'] ?? 'metadata.google.internal'
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`
  const headers = { 'metadata-flavor': 'Google' }
  const text = await ask(outbound, { method: 'GET', url, headers, who: METADATA, signal })
  return tokenOf(fieldsOf(text, METADATA), METADATA, now)
}

/** https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token */
async function byFederation(
  { outbound, now }: CloudOptions,
  account: Fields,
  signal: AbortSignal,
): Promise<Perishable<string>> {
  if (account['type'] !== 'external_account')
    throw new HelperError(
      `the file of ${NAMED} is no external_account: other kinds hold keys, and belong into a pull secret`,
    )
  const text = await ask(outbound, {
    method: 'POST',
    url: secure(account['token_url']),
    headers: { 'content-type': FORM },
    body: form({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: textOf(account['audience'], 'audience'),
      scope: SCOPE,
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token: await subjectToken(account['credential_source']),
      subject_token_type: textOf(account['subject_token_type'], 'subject_token_type'),
    }),
    who: STS,
    signal,
  })
  return tokenOf(fieldsOf(text, STS), STS, now)
}

/** https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken */
async function impersonated(
  { outbound }: CloudOptions,
  url: string,
  token: string,
  signal: AbortSignal,
): Promise<Perishable<string>> {
  const text = await ask(outbound, {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ scope: [SCOPE], lifetime: `${LIFE}s` }),
    who: IAM,
    signal,
  })
  const { accessToken, expireTime } = fieldsOf(text, IAM)
  const expires = Date.parse(String(expireTime))
  if (Number.isNaN(expires)) throw new HelperError(`${IAM} answers without a usable expireTime`)
  return { value: secretOf(accessToken, 'accessToken', IAM), expires }
}

const impersonation = (account: string): string =>
  `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${encodeURIComponent(account)}:generateAccessToken`

/** Of a file, as text or as a field of JSON. */
async function subjectToken(source: unknown): Promise<string> {
  const { file, format } = isObject(source) ? source : {}
  if (typeof file !== 'string')
    throw new HelperError(`credential_source of the file of ${NAMED} names no file: other sources are not supported`)
  const text = await readTokenFile(file, 'credential_source')
  const { type = 'text', subject_token_field_name: field } = isObject(format) ? format : {}
  if (type !== 'json') return text
  return textOf(fieldsOf(text, 'the file of credential_source')[textOf(field, 'subject_token_field_name')], 'token')
}

function tokenOf({ access_token, expires_in }: Fields, who: string, now: () => number): Perishable<string> {
  const life = typeof expires_in === 'number' && expires_in > 0 ? expires_in : 0
  return { value: secretOf(access_token, 'access_token', who), expires: now() + life * 1000 }
}

function textOf(value: unknown, field: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new HelperError(`the file of ${NAMED} has no ${field}`)
}

function secure(value: unknown): string {
  const text = textOf(value, 'token_url')
  if (URL.parse(text)?.protocol !== 'https:')
    throw new HelperError(`the file of ${NAMED} names an address without https`)
  return text
}
