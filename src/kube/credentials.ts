// What a user of a kubeconfig shows to the server: certificates, headers, tokens of plugins.
import { readFileSync } from 'node:fs'
import type { User } from '@kubernetes/client-node/dist/config_types.js'
import { KubeconfigError } from './access.ts'

/** What a request proves its user with. */
export interface Credentials {
  headers: Record<string, string>
  cert?: string | Buffer
  key?: string | Buffer
}

/** Gives the credentials for each request; called every time, because tokens expire. Throws KubeconfigError. */
export type CredentialSource = () => Promise<Credentials>

/** What the providers of client-node fill in. */
interface Filled {
  headers: Record<string, string>
  cert?: string
  key?: string
}

interface Provider {
  applyAuthentication(user: User, options: Filled): Promise<void>
}

/** What it printed is not shown: a part of it may be one. */
const NO_CREDENTIAL = 'what its exec plugin prints is no ExecCredential in JSON'

/** The credentials of a user. Exec plugins and token files are client-node's, loaded only when they are used. */
export function credentialsOf(user: User): CredentialSource {
  const cert = pem(user.certFile, user.certData, 'client certificate')
  const key = pem(user.keyFile, user.keyData, 'client key')
  const fixed: Credentials = { headers: headersOf(user), ...(cert && { cert }), ...(key && { key }) }
  let provider: Promise<Provider> | undefined
  if (!user.exec && !user.authProvider) return () => Promise.resolve(fixed)
  return async () => {
    const filled: Filled = { headers: { ...fixed.headers } }
    try {
      provider ??= providerOf(user)
      await (await provider).applyAuthentication(user, filled)
    } catch (error) {
      const why = error instanceof SyntaxError ? NO_CREDENTIAL : reasonOf(error)
      throw new KubeconfigError(`cannot get credentials for user "${user.name}": ${why}`, { cause: error })
    }
    return {
      headers: filled.headers,
      ...((filled.cert ?? cert) && { cert: filled.cert ?? cert! }),
      ...((filled.key ?? key) && { key: filled.key ?? key! }),
    }
  }
}

async function providerOf(user: User): Promise<Provider> {
  if (user.exec) {
    const { ExecAuth } = await import('@kubernetes/client-node/dist/exec_auth.js')
    return new ExecAuth()
  }
  const { name, config } = user.authProvider as { name?: string; config?: { tokenFile?: string } }
  if (config?.tokenFile) {
    const { FileAuth } = await import('@kubernetes/client-node/dist/file_auth.js')
    return trimmed(new FileAuth())
  }
  if (name === 'oidc') {
    const { OpenIDConnectAuth } = await import('@kubernetes/client-node/dist/oidc_auth.js')
    return new OpenIDConnectAuth()
  }
  throw new Error(`auth provider "${name}" is not supported; use an exec plugin`)
}

/** Token files end in a newline more often than not, and no header may carry one. */
function trimmed(provider: Provider): Provider {
  return {
    async applyAuthentication(user, filled) {
      await provider.applyAuthentication(user, filled)
      for (const [name, value] of Object.entries(filled.headers)) filled.headers[name] = value.trim()
    },
  }
}

function headersOf(user: User): Record<string, string> {
  const headers: Record<string, string> = {}
  if (user.token) headers['Authorization'] = `Bearer ${user.token.trim()}`
  else if (user.username) {
    headers['Authorization'] = `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`
  }
  if (user.impersonateUser) headers['Impersonate-User'] = user.impersonateUser
  return headers
}

/** The content of a PEM file, or of base64 data; undefined when the kubeconfig has neither. Throws KubeconfigError. */
export function pem(file: string | undefined, data: string | undefined, what: string): Buffer | undefined {
  if (!data && !file) return undefined
  const content = data ? Buffer.from(data, 'base64') : readPem(file!, what)
  if (content.includes('-----BEGIN ')) return content
  throw new KubeconfigError(`the ${what} ${data ? 'in the kubeconfig' : file!} is not in PEM format`)
}

function readPem(file: string, what: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new KubeconfigError(`cannot read the ${what} ${file}: ${reasonOf(error)}`, { cause: error })
  }
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.trim().split('\n', 1)[0] || 'no reason given'
}
