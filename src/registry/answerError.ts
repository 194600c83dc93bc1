// What an answer that is no success means.
import { STATUS_CODES } from 'node:http'
import { parseChallenges } from '../core/oci/challenge.ts'
import { invalidCharacter } from '../core/oci/malformed.ts'
import { parseDetails, parseWireErrors } from '../core/oci/wireError.ts'
import { RegistryError, type RegistryErrorOptions, refused } from './error.ts'
import { all, type Answer, single } from './exchange.ts'

/** Statuses that may be different a moment later. */
const TEMPORARY: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

/** Characters of an unreadable body that are quoted. */
const QUOTE_LIMIT = 200

/** Errors of the header, RFC 6750 section 3.1, as registry codes. */
const BEARER_CODES: Readonly<Record<string, string>> = { invalid_token: 'UNAUTHORIZED', insufficient_scope: 'DENIED' }

/** What is known of the request. */
interface Asked {
  /** It was a HEAD, so that the status of the answer is all there is. */
  head?: boolean
  /** It was for a check. Of those another comes: one that is refused is not sent again before. */
  check?: boolean
  /** It was a ping, or for a token. Who refuses even those is asked again only when that was said. */
  session?: boolean
}

/** Whether who answers wants to be left alone: 429, or a 503 that says for how long. https://www.rfc-editor.org/rfc/rfc9110#name-retry-after */
export function isRefusal(answer: Pick<Answer, 'status' | 'headers'>, now: Date): boolean {
  return answer.status === 429 || (answer.status === 503 && retryAfter(answer, now) !== undefined)
}

/** The error of an answer whose status is not 2xx. */
export function answerError(answer: Answer, now: Date, asked: Asked = {}): RegistryError {
  const { head = false, check = false, session = false } = asked
  const { status } = answer
  const denied = status === 401 || status === 403
  const wait = retryAfter(answer, now)
  const busy = isRefusal(answer, now)
  const temporary = TEMPORARY.has(status) && !(busy && (check || (session && wait === undefined)))
  const options = { temporary, retryAfter: wait, denied, ...(busy && { reason: 'RateLimited' as const }) }
  if (status < 400 || status >= 500) {
    return new RegistryError('status', `received unexpected HTTP status: ${statusLine(status)}`, options)
  }
  const body = answer.body.toString('utf8')
  const details = parseDetails(body)
  const limited = status === 429
  const codeOfStatus = status === 401 ? 'UNAUTHORIZED' : limited ? 'TOOMANYREQUESTS' : 'UNKNOWN'
  if (details !== undefined) return refused([{ code: codeOfStatus, message: details }], options)
  const errors = parseWireErrors(body)
  if (errors) return refused(errors, options)
  const code = bearerCode(answer) ?? (status === 401 ? 'UNAUTHORIZED' : undefined)
  if (code) return refused([{ code, message: '' }], options)
  if (head) return headError(answer, options)
  const limits = limited ? [{ code: codeOfStatus, message: '' }] : []
  return new RegistryError('malformed', unreadable(status, body), { ...options, errors: limits })
}

const HEAD_CODES: Readonly<Record<number, string>> = { 403: 'DENIED', 404: 'BLOB_UNKNOWN', 429: 'TOOMANYREQUESTS' }

/** Answers to HEAD have no body to be understood: what the registry would have said in it. */
function headError({ status, url }: Answer, options: RegistryErrorOptions): RegistryError {
  const ofManifest = status === 404 && url.pathname.includes('/manifests/')
  const code = ofManifest ? 'MANIFEST_UNKNOWN' : HEAD_CODES[status]
  if (code) return refused([{ code, message: '' }], options)
  return new RegistryError('status', `received unexpected HTTP status: ${statusLine(status)}`, options)
}

/** "404 Not Found". */
export function statusLine(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trim()
}

function bearerCode(answer: Answer): string | undefined {
  const bearer = parseChallenges(all(answer.headers['www-authenticate'])).find((c) => c.scheme === 'bearer')
  const error = bearer?.parameters['error']
  return error !== undefined && Object.hasOwn(BEARER_CODES, error) ? BEARER_CODES[error] : undefined
}

function unreadable(status: number, body: string): string {
  const why = /^\s*[{[]/.test(body) ? 'no error details found in HTTP response body' : invalidCharacter(body)
  const quote = JSON.stringify(body.slice(0, QUOTE_LIMIT))
  return `error parsing HTTP ${status} response body: ${why}: ${quote}`
}

/** Milliseconds that a Retry-After header asks for: seconds, or a date by the registry's clock, which its answer tells. */
export function retryAfter(answer: Pick<Answer, 'headers'>, now: Date): number | undefined {
  const value = single(answer.headers['retry-after'])?.trim()
  if (!value) return undefined
  const told = Date.parse(single(answer.headers['date']) ?? '')
  const current = Number.isNaN(told) ? now.getTime() : told
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - current
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds)
}
