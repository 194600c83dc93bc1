// Requests through a proxy: HTTPS in a tunnel (CONNECT), plain HTTP by its whole URL.
// https://www.rfc-editor.org/rfc/rfc9110#name-connect
import type { SecureContext } from 'node:tls'
import { type buildConnector, Pool, ProxyAgent } from 'undici'
import type { Counted } from './pools.ts'

/** The proxy has not let a connection through: it does not want to, or it cannot. */
export class ProxyError extends Error {
  override name = 'ProxyError'
  readonly code: 'PROXY_REFUSED' | 'PROXY_FAILED'
  /** Its answer; 0: there was none. */
  readonly status: number
  constructor(status: number, options: ErrorOptions) {
    super(`the proxy answered ${status || 'nothing'}`, options)
    this.status = status
    this.code = status >= 400 && status < 500 ? 'PROXY_REFUSED' : 'PROXY_FAILED'
  }
}

export interface ProxiedOptions {
  /** URL. */
  proxy: string
  verify: boolean
  secureContext: SecureContext | undefined
  connections: number
  /** Milliseconds. */
  connectTimeout: number
  keepAliveTimeout: number
  counted: Counted
}

/** The certificate of the proxy itself is always verified. */
export function proxyAgent(options: ProxiedOptions): ProxyAgent {
  const { proxy, verify, secureContext, connections, connectTimeout, keepAliveTimeout, counted } = options
  const { href } = new URL(proxy)
  const connectOf = (given: object) => counted((given as { connect: buildConnector.connector }).connect)
  return new ProxyAgent({
    uri: proxy,
    keepAliveTimeout,
    connectTimeout,
    allowH2: false,
    requestTls: { rejectUnauthorized: verify, ...(secureContext && { secureContext }), allowH2: false },
    proxyTls: { allowH2: false },
    // Its answer to CONNECT belongs to the time for connecting.
    clientFactory: (origin, given) =>
      new Pool(origin, { ...given, headersTimeout: connectTimeout, connect: connectOf(given) }),
    factory(origin, given) {
      // What goes to the proxy itself is plain HTTP; the rest goes through connections of the pool above, which count there.
      const own = String(origin) === href && { connect: connectOf(given) }
      return new Pool(origin, { ...(given as Pool.Options), connections, keepAliveTimeout, ...own })
    },
  })
}

/** What undici says of proxies, as ProxyError; other errors as they are. */
export function proxyError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code } = error as NodeJS.ErrnoException
  // It has no other sign than these texts.
  const [, tunnel, forward] =
    /^Proxy response \((\d{3})\)|^Proxy Authentication Required \((407)\)$/.exec(error.message) ?? []
  const status = tunnel ?? forward
  if (status !== undefined) return new ProxyError(Number(status), { cause: error })
  return code?.startsWith('UND_ERR_PRX') ? new ProxyError(0, { cause: error }) : error
}
