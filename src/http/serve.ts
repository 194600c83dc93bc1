// One request from first byte to last: never throws, always answers, says nothing of what went wrong inside.
import { constants } from 'node:http2'
import { withoutSecret } from '../core/hooks/receiver.ts'
import { ApiError } from '../core/machinery/status.ts'
import type { Log } from '../core/machinery/log.ts'
import { gzipped } from './gzip.ts'
import { BodyTooLarge, isStream, type Handler, type PeerCertificate, type Reply, type Request } from './handler.ts'
import { toRequest, type Incoming } from './incoming.ts'
import { send, type Outgoing } from './outgoing.ts'

/** What serves requests, and what hears of them. */
export interface ServeOptions {
  handler: Handler
  log: Log
  /** Requests under way: each aborts its own when the client goes away, the server all of them when it stops. */
  underWay: Set<AbortController>
  peer: PeerCertificate | undefined
  bodyTimeout?: number | undefined
}

/** Made once: an error of its own for every request that ends early would cost a stack trace each. */
const GONE = new DOMException('the client has gone away', 'AbortError')

/** Answers one request. Resolves when the answer is handed over or the client is gone. */
export async function serve(incoming: Incoming, outgoing: Outgoing, options: ServeOptions): Promise<void> {
  const { handler, log, underWay, peer, bodyTimeout } = options
  // Not AbortSignal.any(): it costs more than all the rest of a short request.
  const controller = new AbortController()
  let gone = false
  let answered = false
  underWay.add(controller)
  outgoing.once('close', () => {
    gone = true
    underWay.delete(controller)
    if (!answered) controller.abort(GONE)
  })
  // Broken connections are the client's business: 'close' follows, and that is enough to know.
  incoming.on('error', () => undefined)
  outgoing.on('error', () => undefined)
  const method = incoming.method ?? 'GET'
  const request = toRequest(incoming, { signal: controller.signal, peer, bodyTimeout })
  try {
    const reply = await answer(handler, request, log)
    if (gone) return
    const { 'accept-encoding': encodings } = request.headers
    await send(outgoing, await gzipped(reply, [encodings].flat().join()), method)
    // What streams may go on behind an answer that shows none of it (HEAD): the signal ends it.
    answered = !isStream(reply.body)
    releaseBody(incoming, outgoing)
  } catch (error) {
    // In the middle of an answer nothing can be said any more; a connection that breaks tells the client.
    log.error({ err: error, method, path: withoutSecret(request.path) }, 'answer broken off')
    abort(outgoing)
  }
}

async function answer(handler: Handler, request: Request, log: Log): Promise<Reply> {
  try {
    return await handler(request)
  } catch (error) {
    return failure(error, log, `${request.method} ${withoutSecret(request.path)}`)
  }
}

/** An answer may come before the body is read (413): what still arrives is dropped, not kept. */
function releaseBody(incoming: Incoming, outgoing: Outgoing): void {
  if (incoming.complete) return
  incoming.resume()
  if (!('stream' in outgoing)) return
  // RFC 9113, 8.1: a server that has answered may ask the client to stop sending, without an error.
  outgoing.once('finish', () => {
    if (!incoming.complete) outgoing.stream?.close(constants.NGHTTP2_NO_ERROR)
  })
}

function abort(outgoing: Outgoing): void {
  if (!('stream' in outgoing)) outgoing.destroy()
  else outgoing.stream?.close(constants.NGHTTP2_INTERNAL_ERROR)
}

function failure(error: unknown, log: Log, request: string): Reply {
  if (error instanceof BodyTooLarge) {
    return status(new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${error.limit}`))
  }
  if (error instanceof ApiError) return status(error)
  log.error({ err: error, request }, 'handler failed')
  return status(new ApiError(500, 'InternalError', 'Internal error occurred: the server log tells more'))
}

function status(error: ApiError): Reply {
  return {
    status: error.code,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(error.status),
  }
}
