// Errors of sockets, names and TLS, in the words that users of Docker's client know.
import type { ImportReason } from '../core/image/importReasons.ts'
import { RegistryError } from './error.ts'

interface NodeError extends Error {
  code?: string
  address?: string
  port?: number
  errors?: unknown[]
  cause?: unknown
}

const UNKNOWN_AUTHORITY = 'tls: failed to verify certificate: x509: certificate signed by unknown authority'
/** Only registries that are asked without `insecure` get this far: others are asked again over HTTP. */
const HTTP_ANSWER = 'http: server gave HTTP response to HTTPS client (plain HTTP needs importPolicy.insecure: true)'

/** What an administrator can do about it. */
const EXCEPTIONS = ' (millrace server makes exceptions with --allow-registry-address)'

const PROXY_REFUSES = 'the proxy does not let the connection through, or wants another user and password'
const PROXY_FAILS = 'the proxy does not get a connection'

type Text = readonly [text: (host: string) => string, temporary: boolean, reason?: ImportReason]

/** Text by code, whether trying again may help, and the reason where it is not that nobody is to be reached. */
const TEXTS: Readonly<Record<string, Text>> = {
  ECONNREFUSED: [(at) => `dial tcp ${at}: connect: connection refused`, true],
  EHOSTUNREACH: [(at) => `dial tcp ${at}: connect: no route to host`, true],
  ENETUNREACH: [(at) => `dial tcp ${at}: connect: network is unreachable`, true],
  ETIMEDOUT: [(at) => `dial tcp ${at}: i/o timeout`, true, 'Timeout'],
  UND_ERR_CONNECT_TIMEOUT: [(at) => `dial tcp ${at}: i/o timeout`, true, 'Timeout'],
  ENOTFOUND: [(at) => `dial tcp: lookup ${hostname(at)}: no such host`, false, 'DNS'],
  EAI_AGAIN: [(at) => `dial tcp: lookup ${hostname(at)}: server misbehaving`, true, 'DNS'],
  ECONNRESET: [() => 'connection reset by peer', true],
  EPIPE: [() => 'broken pipe', true],
  UND_ERR_SOCKET: [() => 'unexpected EOF', true],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: [() => 'unexpected EOF', true],
  UND_ERR_HEADERS_OVERFLOW: [() => 'net/http: server response headers exceeded the limit', false, 'TooLarge'],
  PROXY_REFUSED: [() => `proxyconnect tcp: ${PROXY_REFUSES}`, false, 'Proxy'],
  PROXY_FAILED: [() => `proxyconnect tcp: ${PROXY_FAILS}`, true, 'Proxy'],
  ADDRESS_REFUSED: [(at) => `connections to ${hostname(at)} are not allowed${EXCEPTIONS}`, false, 'AddressRefused'],
  TOO_MANY_CONNECTIONS: [(at) => `dial tcp ${at}: too many connections to registries are open`, true],
  EPROTO: [() => HTTP_ANSWER, false, 'TLS'],
  ERR_SSL_WRONG_VERSION_NUMBER: [() => HTTP_ANSWER, false, 'TLS'],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: [() => HTTP_ANSWER, false, 'TLS'],
  DEPTH_ZERO_SELF_SIGNED_CERT: [() => UNKNOWN_AUTHORITY, false, 'TLS'],
  SELF_SIGNED_CERT_IN_CHAIN: [() => UNKNOWN_AUTHORITY, false, 'TLS'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [() => UNKNOWN_AUTHORITY, false, 'TLS'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [() => UNKNOWN_AUTHORITY, false, 'TLS'],
  CERT_HAS_EXPIRED: [() => 'tls: failed to verify certificate: x509: certificate has expired', false, 'TLS'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    (at) => `tls: failed to verify certificate: x509: certificate is not valid for ${hostname(at)}`,
    false,
    'TLS',
  ],
}

/** What never leaves this machine. */
const UNSENT: ReadonlySet<string> = new Set(['ADDRESS_REFUSED', 'TOO_MANY_CONNECTIONS'])

/** The RegistryError for a request that failed below HTTP; `redirected`: one before it was answered. */
export function transportError(method: string, url: URL, error: unknown, { redirected = false } = {}): RegistryError {
  const root = rootOf(error)
  const code = root.code ?? ''
  const at = root.address && root.port ? `${root.address}:${root.port}` : hostWithPort(url)
  const known = Object.hasOwn(TEXTS, code) ? TEXTS[code] : undefined
  const garbage = code.startsWith('HPE_') || root.name === 'HTTPParserError'
  const text = known?.[0](at) ?? (garbage ? 'malformed HTTP response' : code || 'request failed')
  return new RegistryError('transport', requestText(method, url, text), {
    cause: error,
    temporary: known?.[1] ?? false,
    unsent: UNSENT.has(code) && !redirected,
    reason: known?.[2] ?? (garbage ? 'BadAnswer' : isTls(code) ? 'TLS' : undefined),
  })
}

/** `Get "https://host/path": text`, without credentials and query values that a URL may hold. */
export function requestText(method: string, url: URL, text: string): string {
  return `${method.charAt(0)}${method.slice(1).toLowerCase()} "${url.origin}${url.pathname}": ${text}`
}

/** OpenSSL has many more errors, with codes of two families. https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const isTls = (code: string): boolean => /^(?:ERR_SSL_|ERR_TLS_|CERT_)/.test(code)

/** A host with several addresses fails with several errors, of which the first is as good as any. */
function rootOf(error: unknown): NodeError {
  const outer = error as NodeError
  if (outer.errors?.length) return rootOf(outer.errors[0])
  if (outer.code === undefined && outer.cause instanceof Error) return rootOf(outer.cause)
  return outer
}

const hostWithPort = (url: URL) => `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`

const hostname = (at: string) => at.slice(0, at.lastIndexOf(':'))
