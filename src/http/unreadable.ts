// What is no HTTP request, answered: Node would close the connection with a bare status line.
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { ApiError, badRequest } from '../core/machinery/status.ts'

/** Milliseconds in which what the client still sends is read, and dropped. */
const LINGER = 250

/** The error of Node's parser of HTTP/1.1. */
interface ParseError extends Error {
  code?: string
  /** What the parser stumbled over, in its words. */
  reason?: string
}

const refused = new WeakSet<Duplex>()

/** Answers with a Status and closes the connection. Listener of `clientError`. */
export function refuseUnreadable(error: ParseError, socket: Duplex): void {
  // What still arrives is unreadable, too.
  if (refused.has(socket)) return
  refused.add(socket)
  // The client has gone, or an answer is under way: nothing can be said any more.
  const begun = (socket as { _httpMessage?: { headersSent: boolean } })._httpMessage?.headersSent
  if (error.code === 'ECONNRESET' || !socket.writable || begun) return void socket.destroy()
  const { code, status } = statusOf(error)
  const body = JSON.stringify(status)
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  // A connection that is closed on bytes that nobody has read is reset, and the answer lost on its way.
  socket.resume()
  setTimeout(() => socket.destroy(), LINGER).unref()
}

function statusOf({ code, reason, message }: ParseError): ApiError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new ApiError(431, 'BadRequest', 'the headers of the request are too large: send fewer or shorter ones')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ApiError(408, 'Timeout', 'the request did not arrive in time')
    default:
      return badRequest(`the request is no HTTP: ${reason || message}`)
  }
}
