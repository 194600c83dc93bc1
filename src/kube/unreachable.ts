// Saying why a server could not be reached, in the words that users of kubectl know.

/** The server could not be reached, or the connection broke. The message is fit for users. */
export class Unreachable extends Error {
  override name = 'Unreachable'
}

const CODES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved now',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed before the answer was complete',
  EPROTO: 'it does not speak TLS there (is it http:// rather than https://?)',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there (is it http:// rather than https://?)',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS there (is it http:// rather than https://?)',
  HPE_INVALID_CONSTANT: 'it does not speak HTTP there (is it https:// rather than http://?)',
}

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** Turns what a connection failed with into an Unreachable. `host` is "name:port", `proxy` the URL of the proxy on the way there. */
export function unreachable(host: string, error: unknown, proxy?: string): Unreachable {
  if (error instanceof Unreachable) return error
  const codes = codesOf(error)
  if (codes.includes('ECONNREFUSED')) {
    const what = proxy ? `proxy ${new URL(proxy).host}` : `server ${host}`
    const meant = proxy ? 'proxy-url' : 'host or port'
    return new Unreachable(`The connection to the ${what} was refused - did you specify the right ${meant}?`, {
      cause: error,
    })
  }
  const untrusted = codes.find((code) => UNTRUSTED.has(code))
  const known = codes.map((code) => CODES[code]).find((text) => text !== undefined)
  const why = untrusted
    ? `its certificate is not trusted (${untrusted}): check certificate-authority in the kubeconfig`
    : (known ?? (error instanceof Error ? error.message : String(error)))
  return new Unreachable(`Unable to connect to the server ${host}: ${why}`, { cause: error })
}

/** Codes of an error, its causes and, for failed attempts on several addresses, its parts. Depth-limited. */
function codesOf(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 4) return []
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : []
  const parts = error instanceof AggregateError ? error.errors.flatMap((e: unknown) => codesOf(e, depth + 1)) : []
  return [...code, ...parts, ...codesOf(error.cause, depth + 1)]
}
