// Requests to the services of clouds that give out credentials: small, bounded, and silent about what is sent and answered.
import type { Outbound } from '../../http/outbound.ts'
import { single } from '../exchange.ts'

/** Why there is no credential, in words that hold nothing of one. */
export class HelperError extends Error {
  override name = 'HelperError'
}

/** A request. Redirects are not followed: none of these services sends any. */
export interface Ask {
  method: 'GET' | 'POST'
  url: string
  headers?: Readonly<Record<string, string>>
  body?: string | undefined
  /** Who is asked, for people. */
  who: string
  signal: AbortSignal
}

/** Bytes of an answer; the longest are tokens, of a few KiB. */
const LIMIT = 128 * 1024

/** Where services put the word for what is wrong: AWS (XML and JSON), Google, Entra, Azure Container Registry. */
const CODES = [
  /<Code>(\w{1,60})<\/Code>/,
  /"__type"\s*:\s*"(?:[\w.]{1,80}#)?(\w{1,60})"/,
  /"(?:error|status|code|Code)"\s*:\s*"(\w{1,60})"/,
]

/** The body of a 2xx. Rejects with HelperError. */
export async function ask(outbound: Outbound, { who, ...request }: Ask): Promise<string> {
  const url = URL.parse(request.url)
  if (!url) throw new HelperError(`${who}: its address is no URL`)
  let status: number
  let text: string
  try {
    const answer = await outbound.dispatcher(true).request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method,
      headers: { 'user-agent': 'millrace', ...request.headers },
      ...(request.body !== undefined && { body: request.body }),
      signal: request.signal,
    })
    status = answer.statusCode
    const declared = Number(single(answer.headers['content-length']) ?? 0)
    text = await read(answer.body, declared, who)
  } catch (error) {
    if (error instanceof HelperError) throw error
    if (request.signal.aborted) throw new HelperError(`${who} does not answer in time`, { cause: error })
    throw new HelperError(`${who} cannot be reached${reasonOf(error)}`)
  }
  if (status >= 200 && status < 300) return text
  throw new HelperError(`${who} answers ${status}${codeOf(text, request)}`)
}

/** The fields of an answer. Throws HelperError. */
export function fieldsOf(text: string, who: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (value !== null && typeof value === 'object') return value as Record<string, unknown>
  } catch {
    // Not quoted: it may hold a credential all the same.
  }
  throw new HelperError(`${who} answers with no JSON object`)
}

/** A text that can stand in a header. Throws HelperError. */
export function secretOf(value: unknown, field: string, who: string): string {
  if (typeof value === 'string' && /^[\u0021-\u007e]+$/.test(value)) return value
  throw new HelperError(`${who} answers without a usable ${field}`)
}

/** Fields of a form. */
export const form = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString()

export const FORM = 'application/x-www-form-urlencoded'

async function read(body: AsyncIterable<Buffer>, declared: number, who: string): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    length += chunk.length
    // Leaving the loop ends the connection.
    if (Math.max(length, declared) > LIMIT) throw new HelperError(`${who} answers with more than ${LIMIT} bytes`)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Never what was sent, should it come back. */
function codeOf(text: string, { headers = {}, body = '' }: Omit<Ask, 'who'>): string {
  const code = CODES.map((pattern) => pattern.exec(text)?.[1]).find((found) => found !== undefined)
  const sent = [body, ...Object.values(headers)].some((value) => code !== undefined && value.includes(code))
  return code === undefined || sent ? '' : ` (${code})`
}

/** The system's word: ECONNREFUSED, ENOTFOUND, CERT_HAS_EXPIRED. */
function reasonOf(error: unknown): string {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? ` (${code})` : ''
}
