// Calls a Handler as an HTTP client would, without a socket.
import type { Handler, PeerCertificate, Reply } from '../../src/http/handler.ts'

export interface Answer {
  status: number
  headers: Record<string, string | string[]>
  text: string
  /** The body as JSON; undefined when it is none. */
  json: unknown
}

export interface Ask {
  body?: unknown
  type?: string
  accept?: string
  headers?: Record<string, string | string[]>
  signal?: AbortSignal
  /** Common name of the client certificate; null sends none. Default: an administrator. */
  user?: string | null
  /** The client certificate, where it matters; `user` must be null then. */
  peer?: PeerCertificate
}

/** Bytes and texts go as they are, everything else as JSON. */
function bodyOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body
  return Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body))
}

function send(handler: Handler, method: string, url: string, ask: Ask): Promise<Reply> {
  const { pathname, searchParams } = new URL(url, 'https://x')
  const body = bodyOf(ask.body)
  const user = ask.user === undefined ? 'admin' : ask.user
  const headers: Record<string, string | string[] | undefined> = {
    accept: ask.accept,
    ...(body.length > 0 && { 'content-type': ask.type ?? 'application/json' }),
    ...ask.headers,
  }
  const peer = user === null ? ask.peer : { commonName: user, organizations: ['system:masters'], authorities: [] }
  return handler({
    method,
    path: pathname,
    query: searchParams,
    headers,
    values: (name) => [headers[name.toLowerCase()] ?? []].flat(),
    ...(peer && { peer }),
    signal: ask.signal ?? new AbortController().signal,
    body: async () => body,
  })
}

/** One request, answered whole. */
export async function request(handler: Handler, method: string, url: string, ask: Ask = {}): Promise<Answer> {
  const reply = await send(handler, method, url, ask)
  let text = ''
  if (typeof reply.body === 'string' || Buffer.isBuffer(reply.body)) text = reply.body.toString()
  else for await (const piece of reply.body ?? []) text += piece.toString()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  return { status: reply.status, headers: reply.headers ?? {}, text, json }
}

/** The events of a watch, until `count` have come or the stream ends. */
export async function watchEvents<T = { type: string; object: { metadata: { name?: string } } }>(
  handler: Handler,
  url: string,
  count: number,
  ask: Ask = {},
  act?: () => Promise<unknown>,
): Promise<T[]> {
  const stop = new AbortController()
  const reply = await send(handler, 'GET', url, { ...ask, signal: stop.signal })
  const events: T[] = []
  const acting = act?.()
  for await (const piece of reply.body as AsyncIterable<string>) {
    events.push(JSON.parse(piece) as T)
    if (events.length >= count) break
  }
  await acting
  stop.abort()
  return events
}
