// Handler: everything that answers HTTP, from the API server to health checks, is `(request) → reply`.

/** A client certificate that the TLS layer has verified. */
export interface PeerCertificate {
  commonName: string
  organizations: readonly string[]
  /** SHA-256 fingerprints of the authorities above it, as `X509Certificate.fingerprint256` writes them. */
  authorities: readonly string[]
}

/** A request, apart from Node's types. */
export interface Request {
  readonly method: string
  /** Still percent-encoded, without query. */
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** All values of a header, each as it was sent: in `headers` they may be joined by commas, which a value may contain itself. */
  values(name: string): readonly string[]
  readonly peer?: PeerCertificate
  /** Aborts when the client goes away or the server stops. */
  readonly signal: AbortSignal
  /** The whole body. Throws BodyTooLarge when it is longer than `limit` bytes, and what the signal of the reading is aborted with. */
  body(limit: number, reading?: Reading): Promise<Buffer>
}

/** How the reading of a body can be followed and ended by who has not enough memory for all of them. */
export interface Reading {
  readonly signal: AbortSignal
  /** Hears of each piece, in bytes. */
  arrived(bytes: number): void
}

/** The answer to a request. */
export interface Reply {
  status: number
  headers?: Record<string, string | string[]>
  /** Whole; or long and made while it is sent (Iterable); or streamed, each piece flushed at once (AsyncIterable). */
  body?: string | Buffer | Iterable<Buffer> | AsyncIterable<string | Buffer>
}

export type Handler = (request: Request) => Promise<Reply>

/** Whether a body comes piece by piece, and nobody knows how long it will be. */
export function isStream(body: Reply['body']): body is AsyncIterable<string | Buffer> {
  return typeof body === 'object' && Symbol.asyncIterator in body
}

/** A body beyond the limit of its reader. */
export class BodyTooLarge extends Error {
  override name = 'BodyTooLarge'
  readonly limit: number
  constructor(limit: number) {
    super(`body is larger than ${limit} bytes`)
    this.limit = limit
  }
}
