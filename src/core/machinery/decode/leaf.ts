// Decoders of scalars: each checks one JSON value and gives its canonical form.
import { setOwn } from '../json/clone.ts'
import { DecodeError, MAX_DEPTH, outOfRange, tooDeep, wrongType, type Place } from './error.ts'
import { canonicalQuantity } from '../scalar/quantity.ts'
import { normaliseTime } from '../scalar/rfc3339.ts'
import type { GoKind } from '../schema.ts'

/** How one kind of scalar is decoded. */
export interface Leaf {
  /** The value is neither null nor undefined. */
  decode(value: unknown, place: Place | undefined, depth: number): unknown
  /** What Go writes for a value that was never set. */
  readonly zero: unknown
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

function integer(goType: string, fits: (value: number) => boolean): Leaf {
  return {
    zero: 0,
    decode(value, place) {
      if (typeof value !== 'number') throw wrongType(value, place, goType)
      if (!fits(value)) throw outOfRange(value, place, goType)
      return value
    },
  }
}

/** A type that unmarshals itself: Go's messages then do not say where. */
function timeLeaf(digits: 0 | 6): Leaf {
  return {
    zero: null,
    decode(value) {
      if (typeof value !== 'string') throw wrongType(value, undefined, 'string')
      return normaliseTime(value, digits)
    },
  }
}

const int32 = integer('int32', (value) => (value | 0) === value)

/** One decoder per kind of leaf. */
export const LEAVES: Readonly<Record<GoKind, Leaf>> = {
  string: {
    zero: '',
    decode(value, place) {
      if (typeof value !== 'string') throw wrongType(value, place, 'string')
      return value
    },
  },
  bool: {
    zero: false,
    decode(value, place) {
      if (typeof value !== 'boolean') throw wrongType(value, place, 'bool')
      return value
    },
  },
  int32,
  // Beyond 2^53 a JSON number has lost digits before it comes here: better none than another.
  int64: integer('int64', Number.isSafeInteger),
  number: {
    zero: 0,
    decode(value, place) {
      if (typeof value !== 'number') throw wrongType(value, place, 'float64')
      if (!Number.isFinite(value)) throw outOfRange(value, place, 'float64')
      return value
    },
  },
  time: timeLeaf(0),
  microtime: timeLeaf(6),
  bytes: {
    zero: '',
    decode(value, place) {
      if (typeof value !== 'string') throw wrongType(value, place, '[]uint8')
      // Go's decoder skips line breaks inside base64.
      const text = value.includes('\n') || value.includes('\r') ? value.replaceAll(/[\r\n]/g, '') : value
      if (!BASE64.test(text)) throw new DecodeError('base64', 'illegal base64 data')
      return text
    },
  },
  any: { zero: null, decode: (value, _place, depth) => copy(value, depth) },
  intOrString: {
    zero: 0,
    decode: (value) => (typeof value === 'string' ? value : int32.decode(value, undefined, 0)),
  },
  quantity: {
    zero: '0',
    decode(value) {
      if (typeof value !== 'string' && typeof value !== 'number') {
        throw new DecodeError('quantity', QUANTITY_ERROR)
      }
      const text = canonicalQuantity(String(value).trim())
      if (text === undefined) throw new DecodeError('quantity', QUANTITY_ERROR)
      return text
    },
  },
}

const QUANTITY_ERROR = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

/** A deep copy that ends at MAX_DEPTH. What JSON cannot write (1e400 is read as infinite) would be null for the next reader. */
function copy(value: unknown, depth: number): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw outOfRange(value, undefined, 'float64')
  if (value === null || typeof value !== 'object') return value
  if (depth >= MAX_DEPTH) throw tooDeep()
  if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1))
  const result: Record<string, unknown> = {}
  const source = value as Record<string, unknown>
  for (const key in source) setOwn(result, key, copy(source[key], depth + 1))
  return result
}
