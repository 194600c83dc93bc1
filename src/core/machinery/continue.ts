// Continue tokens: where the next page of a list starts. Opaque to clients; they survive a restart of the server.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
import { badRequest } from './status.ts'

export interface Continue {
  /** Revision that all pages of the list show. */
  rv: number
  /** The last key of the page before, below the list's prefix. */
  start: string
}

const VERSION = 'meta.k8s.io/v1'
/** A key is two names; no token of ours comes near this many characters. */
const MAX_LENGTH = 4096

export function encodeContinue({ rv, start }: Continue): string {
  return Buffer.from(JSON.stringify({ v: VERSION, rv, start })).toString('base64url')
}

/** Error: BadRequest for anything that encodeContinue did not make. */
export function decodeContinue(token: string): Continue {
  const { v, rv, start } = parse(token)
  if (v !== VERSION) throw wrong(`: server does not recognize this encoded version ${String(v)}`)
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv <= 0) {
    throw wrong(`: incorrect encoded start resourceVersion (version ${VERSION})`)
  }
  if (typeof start !== 'string' || start === '') throw wrong(`: encoded start key empty (version ${VERSION})`)
  return { rv, start }
}

function parse(token: string): Record<string, unknown> {
  if (token.length > MAX_LENGTH || !/^[\w-]+$/.test(token)) throw wrong('')
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (value !== null && typeof value === 'object') return value as Record<string, unknown>
  } catch {
    // What is not JSON is no token; which error it makes does not matter.
  }
  throw wrong('')
}

const wrong = (why: string) => badRequest(`continue key is not valid${why}`)
