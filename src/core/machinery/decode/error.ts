// What is wrong with a JSON value that should become an object, in the words of Go's encoding/json (clients know them).

/**
 * type: a string where a list belongs; range: a number that its type cannot hold; time, base64, quantity: text that does
 * not parse; depth: nested deeper than MAX_DEPTH.
 */
export type DecodeErrorCode = 'type' | 'range' | 'time' | 'base64' | 'quantity' | 'depth'

/** A JSON value that does not fit its schema. */
export class DecodeError extends Error {
  readonly code: DecodeErrorCode
  constructor(code: DecodeErrorCode, message: string) {
    super(message)
    this.name = 'DecodeError'
    this.code = code
  }
}

/** Nesting that is refused. No Kubernetes type comes near; it keeps recursion over the result within any stack. */
export const MAX_DEPTH = 200

/** Where a schema sits, for messages: the Go type around it and the path of field names (without indexes) to it. */
export interface Place {
  readonly struct: string
  readonly path: string
}

const jsonKind = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : value === null ? 'null' : typeof value

const cannot = (what: string, place: Place | undefined, goType: string): string =>
  `json: cannot unmarshal ${what} into Go ${place ? `struct field ${place.struct}.${place.path}` : 'value'} of type ${goType}`

/** A value of the wrong JSON type. Without a place: the value as a whole, or inside a type that parses itself. */
export function wrongType(value: unknown, place: Place | undefined, goType: string): DecodeError {
  return new DecodeError('type', cannot(jsonKind(value), place, goType))
}

/** A number that does not fit. */
export function outOfRange(value: number, place: Place | undefined, goType: string): DecodeError {
  return new DecodeError('range', cannot(`number ${value}`, place, goType))
}

/**
 * Refuses JSON that is nested deeper than MAX_DEPTH; call it before any recursion over something a client sent. Gives the
 * number of objects and lists that it looked at.
 */
export function checkDepth(value: unknown): number {
  // Breadth first: no recursion, whatever comes.
  let level: unknown[] = [value]
  let count = 0
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= MAX_DEPTH) throw tooDeep()
    const next: unknown[] = []
    count += level.length
    for (const item of level) {
      if (item === null || typeof item !== 'object') continue
      for (const child of Object.values(item)) if (child !== null && typeof child === 'object') next.push(child)
    }
    level = next
  }
  return count
}

/** The error for nesting beyond MAX_DEPTH. */
export function tooDeep(): DecodeError {
  return new DecodeError('depth', 'json: exceeded max depth')
}
