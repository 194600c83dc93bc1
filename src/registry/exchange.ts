// One HTTP request and its whole answer: redirects followed without leaking credentials, size and time bounded.
import type { Outbound, Requester } from '../http/outbound.ts'
import { RegistryError } from './error.ts'
import { redacted } from './redact.ts'
import { requestText, transportError } from './transportError.ts'

/** A request to a registry. */
export interface Exchange {
  method: 'GET' | 'HEAD'
  url: URL
  /** Lower-case names. `authorization` is sent to the URL's origin only. */
  headers: Readonly<Record<string, string>>
  /** Largest body of a good answer, in bytes. Of other answers at most 64 KiB are read. */
  limit: number
  /** Accept any certificate, and redirects to plain HTTP. */
  insecure: boolean
  /** For the whole exchange, in milliseconds. */
  timeout: number
  signal: AbortSignal
  /** Told where a redirect leads, before it is followed. */
  redirected?: (url: URL) => void | Promise<void>
}

/** What a registry answered, its body read whole. */
export interface Answer {
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: Buffer
  /** Where the answer came from in the end. */
  url: URL
}

/** Redirects of one exchange; registries use one, to where blobs lie. */
const REDIRECTS = 5

/** Bytes of an error's body that are read. */
export const ERROR_LIMIT = 64 * 1024

/** The answer to a condition: nothing has changed. */
export const NOT_MODIFIED = 304

const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Sends the request. Any status is an answer; RegistryError means that there is none. Rejects with the signal's reason. */
export async function exchange(outbound: Outbound, request: Exchange): Promise<Answer> {
  request.signal.throwIfAborted()
  const controller = new AbortController()
  const abort = () => controller.abort(request.signal.reason)
  const timer = setTimeout(() => controller.abort(new DeadlineExceeded()), request.timeout)
  request.signal.addEventListener('abort', abort, { once: true })
  let url = request.url
  try {
    let headers = request.headers
    for (let redirects = 0; redirects <= REDIRECTS; redirects += 1) {
      const answer = await once(outbound, { ...request, url, headers, signal: controller.signal })
      const location = REDIRECT_STATUSES.has(answer.status) ? single(answer.headers['location']) : undefined
      if (location === undefined) return answer
      const next = redirect(request, url, location)
      if (next.origin !== url.origin) headers = without(headers, 'authorization')
      url = next
      await request.redirected?.(url)
    }
    throw new RegistryError(
      'redirect',
      requestText(request.method, request.url, `stopped after ${REDIRECTS} redirects`),
    )
  } catch (error) {
    request.signal.throwIfAborted()
    if (error instanceof RegistryError) throw error
    if (controller.signal.aborted) {
      const text = requestText(request.method, request.url, 'context deadline exceeded')
      throw new RegistryError('timeout', text, { cause: error, temporary: true })
    }
    throw transportError(request.method, url, error, { redirected: url !== request.url })
  } finally {
    clearTimeout(timer)
    request.signal.removeEventListener('abort', abort)
  }
}

class DeadlineExceeded extends Error {
  override name = 'DeadlineExceeded'
}

async function once(outbound: Outbound, request: Exchange): Promise<Answer> {
  const { method, url, signal } = request
  const response = await outbound.dispatcher(!request.insecure).request({
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers: { 'user-agent': 'millrace', ...request.headers },
    // undici would end the connection after each HEAD, for the sake of servers that answer it with a body: with those, the next
    // request fails and is sent again. https://github.com/nodejs/undici/issues/258
    reset: false,
    signal,
  })
  const { statusCode: status, headers } = response
  const good = status >= 200 && status < 300
  const declared = Number(single(headers['content-length']) ?? 0)
  if (good && method === 'GET' && declared > request.limit) {
    response.body.on('error', () => {}).destroy()
    throw tooLarge(request)
  }
  const body = await read(response.body, request, good)
  if (good) return { status, headers, body, url }
  // Errors are shown.
  const shown = redacted(body.toString('utf8'), request.headers['authorization'])
  return { status, headers, body: Buffer.from(shown), url }
}

type Body = Awaited<ReturnType<Requester['request']>>['body']

async function read(body: Body, request: Exchange, good: boolean): Promise<Buffer> {
  const limit = good ? request.limit : ERROR_LIMIT
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    // Leaving the loop destroys the body, and with it the connection.
    if (length > limit && good) throw tooLarge(request)
    if (length > limit) break
  }
  return Buffer.concat(chunks).subarray(0, limit)
}

const tooLarge = (request: Exchange) =>
  new RegistryError(
    'too-large',
    requestText(request.method, request.url, `answer is larger than ${request.limit} bytes`),
  )

function redirect(request: Exchange, from: URL, location: string): URL {
  const next = URL.parse(location, from)
  const protocols = request.insecure ? ['https:', 'http:'] : ['https:']
  if (next && (protocols.includes(next.protocol) || next.protocol === from.protocol)) {
    // Credentials of a URL would be sent, and shown in errors.
    next.username = ''
    next.password = ''
    return next
  }
  throw new RegistryError('redirect', requestText(request.method, from, 'redirect to where it is not allowed'))
}

function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name))
}

/** The first value of a header. */
export function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}

/** Characters of an entity tag: it is sent back as it came, and kept for each tag and page. */
const MAX_ETAG = 200

/** What the registry wants to be asked by whether this is still the same. https://www.rfc-editor.org/rfc/rfc9110#name-etag */
export function etagOf({ headers }: Pick<Answer, 'headers'>): string | undefined {
  const etag = single(headers['etag'])
  return etag && etag.length <= MAX_ETAG ? etag : undefined
}

/** All values of a header. */
export function all(value: string | string[] | undefined): string[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}
