// A Reply on the wire: whole, or piece by piece as fast as the client reads.
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import type { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import { isStream, type Reply } from './handler.ts'

export type Outgoing = ServerResponse | Http2ServerResponse

/** Bytes that are written at once: a long body must not fill the queue that an HTTP/2 connection shares. */
const PIECE = 64 * 1024

/** Headers that speak of a connection: HTTP/2 has none of them (RFC 9113, 8.2.2). */
const CONNECTION_HEADERS = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'])

// flushHeaders() and write() are typed apart in the two protocols, and the same in both: hence the casts to ServerResponse.

/** Answers that have no body, whatever the handler says. */
const isBodiless = (method: string, status: number): boolean =>
  method === 'HEAD' || status === 204 || status === 304 || status < 200

/** Sends the reply; resolves when all is handed over or the client is gone, rejects when the body's iterable fails. */
export async function send(outgoing: Outgoing, reply: Reply, method: string): Promise<void> {
  const { body } = reply
  outgoing.statusCode = reply.status
  const overHttp2 = 'stream' in outgoing
  for (const [name, value] of Object.entries(reply.headers ?? {})) {
    if (!overHttp2 || !CONNECTION_HEADERS.has(name.toLowerCase())) outgoing.setHeader(name, value)
  }
  const bodiless = isBodiless(method, reply.status)
  if (typeof body === 'object' && !Buffer.isBuffer(body)) {
    if (bodiless) {
      outgoing.end()
      return
    }
    // A watch may have nothing to say for long: its headers go at once.
    ;(outgoing as ServerResponse).flushHeaders()
    await stream(outgoing, isStream(body) ? body : slices(body))
    return
  }
  const whole = Buffer.isBuffer(body) ? body : Buffer.from(body ?? '')
  if (!bodiless || method === 'HEAD') outgoing.setHeader('content-length', whole.length)
  if (bodiless) outgoing.end()
  else if (whole.length <= PIECE) outgoing.end(whole)
  else await stream(outgoing, slices([whole]))
}

/**
 * Pieces, none of them too long to be written at once. After each all other requests have a turn: a client that reads as fast as
 * it is written to would have the server for itself until it has everything.
 */
async function* slices(pieces: Iterable<Buffer>): AsyncGenerator<Buffer, undefined> {
  for (const piece of pieces) {
    for (let offset = 0; offset < piece.length; offset += PIECE) {
      yield piece.subarray(offset, offset + PIECE)
      await turn()
    }
  }
}

async function stream(outgoing: Outgoing, pieces: AsyncIterable<string | Buffer>): Promise<void> {
  const gone = new AbortController()
  const onClose = (): void => gone.abort()
  outgoing.once('close', onClose)
  try {
    for await (const piece of pieces) {
      if (gone.signal.aborted || outgoing.destroyed) return
      const roomLeft = (outgoing as ServerResponse).write(piece)
      if (!roomLeft) await once(outgoing, 'drain', { signal: gone.signal }).catch(() => undefined)
    }
  } finally {
    outgoing.off('close', onClose)
  }
  if (!gone.signal.aborted) outgoing.end()
}
