// Continue tokens: where a list goes on. Opaque to clients; ours hold the revision of the first page and the last key of this one.
import { ApiError, badRequest, expired } from './status.ts'

/** What a token says. */
export interface ContinueToken {
  /** Revision that all pages show; LATEST: whatever is there by now. */
  rv: number
  /** Last key that was given out. */
  start: string
}

/** In place of the revision of a list that has expired: the client goes on, although the pages do not fit together. */
export const LATEST = -1

const VERSION = 1
/** Characters; the longest key has 600, and tags may be long. */
const MAX_LENGTH = 32 * 1024

/** A token as text that is safe in URLs. */
export function encodeContinue({ rv, start }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: VERSION, rv, start })).toString('base64url')
}

/** Error: BadRequest for anything that encodeContinue did not make. */
export function decodeContinue(text: string): ContinueToken {
  try {
    if (text.length > MAX_LENGTH) throw new Error('too long')
    const { v, rv, start } = JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>
    if (v !== VERSION || !Number.isSafeInteger(rv) || typeof start !== 'string' || start === '')
      throw new Error('not ours')
    const token = { rv: rv as number, start }
    if (token.rv <= 0 && token.rv !== LATEST) throw new Error('not ours')
    // Base64 is read over what does not belong to it, and JSON can be written in many ways.
    if (encodeContinue(token) !== text) throw new Error('not ours')
    return token
  } catch {
    throw invalidContinue()
  }
}

/** 400: nobody gave out this token. */
export const invalidContinue = (): ApiError =>
  badRequest('continue key is not valid: use the token of the page before, unchanged')

/** 410 for a token whose revision is gone. With the one in the answer the rest can be read, as it is by now. */
export function expiredContinue({ start }: ContinueToken): ApiError {
  // The words of Kubernetes.
  const error = expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  )
  error.status.metadata.continue = encodeContinue({ rv: LATEST, start })
  return error
}
