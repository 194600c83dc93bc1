// What an HTTP answer that is not a success means, whoever sent it: the API server or something in between.
import { ApiError, type Status, type StatusReason } from '../core/machinery/status.ts'

const REASONS: Readonly<Record<number, StatusReason>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
}

/** How much of a foreign answer an error quotes. */
const QUOTED = 200

/** The error for a non-2xx answer. A Status speaks for itself; anything else (a proxy's page) is quoted, shortened. */
export function failureOf(code: number, contentType: string, body: string): ApiError {
  const status = statusIn(body)
  if (status) return ApiError.from({ ...status, code: status.code ?? code })
  const reason = REASONS[code] ?? ''
  if (code === 401) return new ApiError(code, reason, 'the server has asked for the client to provide credentials')
  const text = plainText(contentType, body)
  const what = `the server answered ${code} without a Kubernetes status`
  return new ApiError(code, reason, text ? `${what}: ${text}` : `${what}: is this address a Kubernetes API?`)
}

function statusIn(body: string): Status | undefined {
  const value = parsed(body)
  if (typeof value !== 'object' || value === null) return undefined
  const status = value as Partial<Status>
  return status.kind === 'Status' && status.status === 'Failure' ? (status as Status) : undefined
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function plainText(contentType: string, body: string): string {
  // Only the beginning is looked at: pages can be large and the patterns must not cost more than they are worth.
  const head = body.slice(0, 20 * QUOTED)
  const bare = contentType.includes('html') ? head.replaceAll(/<(style|script)[^]*?<\/\1>|<[^>]*>/g, ' ') : head
  const text = bare.replaceAll(/\s+/g, ' ').trim()
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}...` : text
}
