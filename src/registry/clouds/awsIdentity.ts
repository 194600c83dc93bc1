// Who this process is at AWS: temporary keys, by the token of its ServiceAccount or from EKS Pod Identity.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
import { isIP } from 'node:net'
import { ask, fieldsOf, form, FORM, HelperError, secretOf } from './ask.ts'
import type { CloudOptions } from './cloud.ts'
import type { Perishable } from './renewed.ts'
import type { AwsKeys } from './sigV4.ts'
import { readTokenFile } from './tokenFile.ts'

const STS = 'AWS STS'
const POD_IDENTITY = 'EKS Pod Identity'
const NAMED = 'AWS_WEB_IDENTITY_TOKEN_FILE'

/** The agents of ECS and EKS: these may be asked without TLS, and nobody else but this machine. */
const AGENTS = ['169.254.170.2', '169.254.170.23', 'fd00:ec2::23']

/** Keys for the roles that the environment names. `region` and `domain`: of the registry. Rejects with HelperError. */
export async function awsKeys(
  options: CloudOptions,
  { region, domain }: { region: string; domain: string },
  signal: AbortSignal,
): Promise<Perishable<AwsKeys>> {
  const { env, settings } = options
  const role = settings['roleArn'] ?? env['AWS_ROLE_ARN']
  const file = env[NAMED]
  if (file && role) {
    const at = settings['region'] ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? region
    return await byWebIdentity(options, { role, file, host: `sts.${at}.${domain}` }, signal)
  }
  const address = env['AWS_CONTAINER_CREDENTIALS_FULL_URI']
  if (address && settings['roleArn'] === undefined) return await byPodIdentity(options, address, signal)
  throw new HelperError(
    settings['roleArn'] === undefined
      ? `this process has no identity at AWS: neither AWS_ROLE_ARN and ${NAMED} nor AWS_CONTAINER_CREDENTIALS_FULL_URI are set`
      : `roleArn takes a token of this process, and ${NAMED} is not set`,
  )
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
async function byWebIdentity(
  { outbound, env }: CloudOptions,
  { role, file, host }: { role: string; file: string; host: string },
  signal: AbortSignal,
): Promise<Perishable<AwsKeys>> {
  const text = await ask(outbound, {
    method: 'POST',
    url: `https://${host}/`,
    headers: { 'content-type': FORM, accept: 'application/xml' },
    body: form({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: role,
      RoleSessionName: env['AWS_ROLE_SESSION_NAME'] ?? 'millrace',
      WebIdentityToken: await readTokenFile(file, NAMED),
    }),
    who: STS,
    signal,
  })
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]
  return keysOf((name) => element(name === 'Token' ? 'SessionToken' : name), STS)
}

async function byPodIdentity(
  { outbound, env }: CloudOptions,
  address: string,
  signal: AbortSignal,
): Promise<Perishable<AwsKeys>> {
  if (!isAgent(address))
    throw new HelperError('AWS_CONTAINER_CREDENTIALS_FULL_URI is neither HTTPS nor an agent of this machine')
  const variable = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'
  const file = env[variable]
  const token = file ? await readTokenFile(file, variable) : env['AWS_CONTAINER_AUTHORIZATION_TOKEN']
  const headers = token === undefined ? {} : { authorization: secretOf(token, 'token', POD_IDENTITY) }
  const text = await ask(outbound, { method: 'GET', url: address, headers, who: POD_IDENTITY, signal })
  const fields = fieldsOf(text, POD_IDENTITY)
  return keysOf((name) => fields[name], POD_IDENTITY)
}

function isAgent(address: string): boolean {
  const url = URL.parse(address)
  const ip = url?.hostname.replace(/^\[|\]$/g, '') ?? ''
  const isLoopback = ip === 'localhost' || ip === '::1' || (isIP(ip) === 4 && ip.startsWith('127.'))
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && (isLoopback || AGENTS.includes(ip)))
}

function keysOf(field: (name: string) => unknown, who: string): Perishable<AwsKeys> {
  const expires = Date.parse(secretOf(field('Expiration'), 'Expiration', who))
  if (Number.isNaN(expires)) throw new HelperError(`${who} answers without a usable Expiration`)
  return {
    value: {
      accessKeyId: secretOf(field('AccessKeyId'), 'AccessKeyId', who),
      secretAccessKey: secretOf(field('SecretAccessKey'), 'SecretAccessKey', who),
      sessionToken: secretOf(field('Token'), 'session token', who),
    },
    expires,
  }
}
