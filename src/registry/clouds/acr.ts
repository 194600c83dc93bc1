// Azure Container Registry: a token of Entra for who this process is, exchanged at the registry for one of its own.
// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow and https://azure.github.io/acr/AAD-OAuth.html
import { ask, fieldsOf, form, FORM, HelperError, secretOf } from './ask.ts'
import type { Cloud, CloudOptions } from './cloud.ts'
import { type Perishable, Renewed } from './renewed.ts'
import { readTokenFile } from './tokenFile.ts'

const ENTRA = 'Microsoft Entra'
const REGISTRY = 'Azure Container Registry'
const HOST = /^[a-z0-9-]+\.azurecr\.(?<cloud>io|us|cn)$/
/** Says that the password is a refresh token. */
const USERNAME = '00000000-0000-0000-0000-000000000000'
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** Where nobody says how long a token lives. Registries say three hours. Milliseconds. */
const LIFE = 60 * 60_000

/** Of each cloud: whom to ask, and for access to what. */
const CLOUDS: Readonly<Record<string, { authority: string; audience: string }>> = {
  io: { authority: 'https://login.microsoftonline.com/', audience: 'https://containerregistry.azure.net' },
  us: { authority: 'https://login.microsoftonline.us/', audience: 'https://management.usgovcloudapi.net' },
  cn: { authority: 'https://login.partner.microsoftonline.cn/', audience: 'https://management.chinacloudapi.cn' },
}

/** Each registry has its own. */
export function acr(options: CloudOptions): Cloud {
  const entra = new Renewed<string>({ fetch: (cloud, signal) => entraToken(options, cloud, signal), now: options.now })
  return {
    hosts: '*.azurecr.io',
    scope: (host) => (HOST.test(host) ? host : undefined),
    async fetch(host, signal) {
      const accessToken = await entra.get(HOST.exec(host)?.groups?.['cloud'] ?? 'io')
      const text = await ask(options.outbound, {
        method: 'POST',
        url: `https://${host}/oauth2/exchange`,
        headers: { 'content-type': FORM },
        body: form({
          grant_type: 'access_token',
          service: host,
          tenant: setting(options, 'tenantId', 'AZURE_TENANT_ID'),
          access_token: accessToken,
        }),
        who: REGISTRY,
        signal,
      })
      const password = secretOf(fieldsOf(text, REGISTRY)['refresh_token'], 'refresh_token', REGISTRY)
      return { value: { username: USERNAME, password }, expires: expiryOf(password) ?? options.now() + LIFE }
    },
  }
}

async function entraToken(options: CloudOptions, cloud: string, signal: AbortSignal): Promise<Perishable<string>> {
  const { env, outbound, now } = options
  const { authority, audience } = CLOUDS[cloud]!
  const tenant = setting(options, 'tenantId', 'AZURE_TENANT_ID')
  const file = 'AZURE_FEDERATED_TOKEN_FILE'
  const path = env[file]
  if (!path) throw new HelperError(`this process has no identity at Azure: ${file} is not set`)
  const host = URL.parse(env['AZURE_AUTHORITY_HOST'] ?? authority)
  if (host?.protocol !== 'https:') throw new HelperError('AZURE_AUTHORITY_HOST is no URL with https')
  const text = await ask(outbound, {
    method: 'POST',
    url: new URL(`/${encodeURIComponent(tenant)}/oauth2/v2.0/token`, host).href,
    headers: { 'content-type': FORM },
    body: form({
      grant_type: 'client_credentials',
      client_id: setting(options, 'clientId', 'AZURE_CLIENT_ID'),
      scope: `${audience}/.default`,
      client_assertion_type: ASSERTION,
      client_assertion: await readTokenFile(path, file),
    }),
    who: ENTRA,
    signal,
  })
  const { access_token, expires_in } = fieldsOf(text, ENTRA)
  const seconds = Number(expires_in)
  const life = seconds > 0 ? seconds * 1000 : LIFE
  return { value: secretOf(access_token, 'access_token', ENTRA), expires: now() + life }
}

function setting({ settings, env }: CloudOptions, name: string, variable: string): string {
  const value = settings[name] ?? env[variable]
  if (value) return value
  throw new HelperError(`this process has no identity at Azure: neither ${name} nor ${variable} is set`)
}

/** What a JSON Web Token says of itself; it is the registry that checks it. https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4 */
function expiryOf(token: string): number | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as { exp?: unknown }
    return typeof claims.exp === 'number' ? claims.exp * 1000 : undefined
  } catch {
    return undefined
  }
}
