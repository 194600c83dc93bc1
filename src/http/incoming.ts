// Node's request, HTTP/1.1 or 2, as the Request that handlers see.
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { ApiError, badRequest } from '../core/machinery/status.ts'
import { BodyTooLarge, type PeerCertificate, type Reading, type Request } from './handler.ts'

export type Incoming = IncomingMessage | Http2ServerRequest

/** Milliseconds for a whole body to arrive: a client that drips bytes must not hold memory for ever. */
const BODY_TIMEOUT = 60_000

/** What Node's request does not say itself. */
export interface IncomingOptions {
  signal: AbortSignal
  peer: PeerCertificate | undefined
  bodyTimeout?: number | undefined
}

/** Node's request as a Request. */
export function toRequest(incoming: Incoming, { signal, peer, bodyTimeout = BODY_TIMEOUT }: IncomingOptions): Request {
  const { path, query } = split(incoming.url ?? '/')
  let body: Promise<Buffer> | undefined
  return {
    method: incoming.method ?? 'GET',
    path,
    query,
    headers: headersOf(incoming),
    values: (name) => valuesOf(incoming.rawHeaders, name.toLowerCase()),
    ...(peer && { peer }),
    signal,
    body: (limit, reading) => (body ??= readBody(incoming, limit, bodyTimeout, reading)),
  }
}

/** A request target is "/path?query", or a whole URL from a client that takes us for a proxy (RFC 9112, 3.2.2). */
function split(target: string): { path: string; query: URLSearchParams } {
  const relative = target.replace(/^https?:\/\/[^/?]*/i, '')
  const mark = relative.indexOf('?')
  const path = mark < 0 ? relative : relative.slice(0, mark)
  return { path: path || '/', query: new URLSearchParams(mark < 0 ? '' : relative.slice(mark + 1)) }
}

/** Without HTTP/2's pseudo headers; what HTTP/1.1 calls Host is there in both. */
function headersOf(incoming: Incoming): Request['headers'] {
  const headers: Record<string, string | string[] | undefined> = {}
  for (const [name, value] of Object.entries(incoming.headers)) if (!name.startsWith(':')) headers[name] = value
  headers['host'] ??= incoming.headers[':authority'] as string | undefined
  return headers
}

/** Names and values take turns in the raw headers. */
function valuesOf(raw: readonly string[], name: string): string[] {
  return raw.filter((_, i) => i % 2 === 1 && raw[i - 1]!.toLowerCase() === name).map(utf8)
}

/** Node takes each byte of a header for a character. Go, and with it the aggregator, writes names of users as they are, in UTF-8. */
function utf8(value: string): string {
  const bytes = Buffer.from(value, 'latin1')
  return isUtf8(bytes) ? bytes.toString() : value
}

/** Errors: BodyTooLarge; Timeout (408) for a client that sends too slowly, BadRequest (400) for one that goes away; the signal's. */
async function readBody(incoming: Incoming, limit: number, timeout: number, reading?: Reading): Promise<Buffer> {
  // What has been announced need not be read to be refused.
  if (Number(incoming.headers['content-length'] ?? 0) > limit) throw new BodyTooLarge(limit)
  reading?.signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let size = 0
    const settle = (settled: () => void): void => {
      clearTimeout(timer)
      incoming.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone)
      reading?.signal.removeEventListener('abort', onAbort)
      settled()
    }
    const fail = (error: Error): void => settle(() => reject(error))
    const onData = (piece: Buffer): void => {
      size += piece.length
      if (size > limit) return fail(new BodyTooLarge(limit))
      pieces.push(piece)
      reading?.arrived(piece.length)
    }
    const onEnd = (): void => settle(() => resolve(Buffer.concat(pieces)))
    const onGone = (): void => fail(badRequest('the connection broke before the body of the request was complete'))
    const onAbort = (): void => fail(reading?.signal.reason as Error)
    const late = (): void => fail(new ApiError(408, 'Timeout', `the body did not arrive within ${timeout / 1000} s`))
    const timer = setTimeout(late, timeout)
    incoming.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
    reading?.signal.addEventListener('abort', onAbort)
  })
}
