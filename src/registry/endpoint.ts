// Finds out how a host is spoken to: HTTPS or (where that is allowed) HTTP, and what it wants for authentication.
import { type Challenge, parseChallenges } from '../core/oci/challenge.ts'
import type { Outbound } from '../http/outbound.ts'
import { answerError, isRefusal, retryAfter, statusLine } from './answerError.ts'
import { RegistryError } from './error.ts'
import { all, type Answer, ERROR_LIMIT, exchange } from './exchange.ts'
import { requestText } from './transportError.ts'

/** A registry that has answered. */
export interface Endpoint {
  /** `https://host:port`, without a path. */
  origin: string
  challenges: readonly Challenge[]
}

/** Which registry to ask, and how. */
export interface PingOptions {
  outbound: Outbound
  host: string
  insecure: boolean
  /** Milliseconds for each attempt. */
  timeout: number
  signal: AbortSignal
  /** For a check. */
  check: boolean
  /** Told what was answered, whatever it means. */
  answered?: (answer: Answer) => void
}

/**
 * Asks `/v2/`. Plain HTTP is tried only for an insecure registry whose HTTPS failed below HTTP; the error is then that of HTTP.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#determining-support
 */
export async function ping(options: PingOptions): Promise<Endpoint> {
  try {
    return await pingOrigin(`https://${options.host}`, options)
  } catch (error) {
    const below = error instanceof RegistryError && (error.problem === 'transport' || error.problem === 'timeout')
    if (!below || !options.insecure) throw error
    return await pingOrigin(`http://${options.host}`, options)
  }
}

async function pingOrigin(
  origin: string,
  { outbound, insecure, timeout, signal, check, answered }: PingOptions,
): Promise<Endpoint> {
  const url = new URL('/v2/', origin)
  const answer = await exchange(outbound, {
    method: 'GET',
    url,
    headers: {},
    limit: ERROR_LIMIT,
    insecure,
    timeout,
    signal,
  })
  answered?.(answer)
  if (speaksV2(answer)) return { origin, challenges: challengesOf(answer, origin) }
  const now = new Date()
  if (isRefusal(answer, now)) {
    const cause = answerError(answer, now, { check, session: true })
    const { temporary, retryAfter: wait, errors } = cause
    const text = requestText('GET', url, cause.message)
    throw new RegistryError(cause.problem, text, { cause, temporary, retryAfter: wait, errors })
  }
  const message = `endpoint "${url.href}" does not support v2 API (got ${statusLine(answer.status)})`
  const temporary = answer.status >= 500
  throw new RegistryError('not-v2', message, { temporary, retryAfter: retryAfter(answer, now) })
}

/** What a registry asks for. Where it redirects to, nobody may ask for its credentials. */
export function challengesOf(answer: Answer, origin: string): Challenge[] {
  return answer.url.origin === origin ? parseChallenges(all(answer.headers['www-authenticate'])) : []
}

function speaksV2({ status, headers }: Answer): boolean {
  if (headers['docker-distribution-api-version'] !== undefined && status !== 429 && status < 500) return true
  return (status >= 200 && status < 300) || status === 401 || status === 403
}
