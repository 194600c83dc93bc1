// The body of a delivery as JSON.
import { isUtf8 } from 'node:buffer'
import { mediaType } from '../../apiserver/body.ts'
import { ApiError, badRequest } from '../../core/machinery/status.ts'
import type { Request } from '../../http/handler.ts'

/** GitHub sends a form, unless it is told otherwise. */
const FORM = 'application/x-www-form-urlencoded'

/** Refuses what is neither JSON nor such a form: error 415. */
export function checkType(request: Request): void {
  const type = mediaType(request)
  if (type === '' || type === FORM || type === 'application/json' || type.endsWith('+json')) return
  throw new ApiError(
    415,
    'UnsupportedMediaType',
    'a delivery must be JSON: set its content type to application/json',
    {},
  )
}

/** What the body says. Error: 400. */
export function parsePayload(request: Request, raw: Buffer): unknown {
  if (!isUtf8(raw)) throw badRequest('the body is not in UTF-8')
  const text = raw.toString('utf8')
  const json = mediaType(request) === FORM ? new URLSearchParams(text).get('payload') : text
  if (json === null)
    throw badRequest('the form has no field "payload": if the body is JSON, set its content type to application/json')
  try {
    return JSON.parse(json) as unknown
  } catch {
    throw badRequest('the body is no JSON')
  }
}
