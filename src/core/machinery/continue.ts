// Continue tokens: where a list goes on. Opaque to clients; ours hold the revision of the first page and the last key of this one.
import { badRequest } from './status.ts'

/** What a token says. */
export interface ContinueToken {
  /** Revision that all pages show. */
  rv: number
  /** Last key that was given out. */
  start: string
}

const VERSION = 1
const MAX_LENGTH = 2048

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
    return { rv: rv as number, start }
  } catch {
    throw badRequest('continue key is not valid: use the token of the page before, unchanged')
  }
}
