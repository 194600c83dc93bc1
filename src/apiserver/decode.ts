import { decode, DecodeError } from '../core/machinery/decode/decode.ts'
import { isObject, type JsonObject } from '../core/machinery/json/jsonObject.ts'
import { apiVersionOf, type KubeObject } from '../core/machinery/object.ts'
import { badRequest } from '../core/machinery/status.ts'
import type { Spoken } from './call.ts'

/** How unknown and duplicate fields are treated: the query parameter fieldValidation. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'

/**
 * A client's value as a canonical, defaulted object of the kind that is spoken. `complaints` are found before: duplicate keys.
 * Errors: BadRequest for another kind, a wrong type, or (Strict) an unknown field.
 */
export function decodeObject(
  spoken: Spoken,
  value: unknown,
  validation: FieldValidation,
  warn: (text: string) => void,
  complaints: readonly string[] = [],
): KubeObject {
  if (!isObject(value))
    throw badRequest(
      `the body must be an object of kind ${spoken.kind}, not ${value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value}`,
    )
  checkKind(spoken, value)
  const { object, unknown } = decodeValue(spoken, value)
  const found = [...complaints, ...unknown.map((path) => `unknown field ${JSON.stringify(path)}`)]
  if (found.length > 0 && validation === 'Strict')
    throw badRequest(
      `${spoken.kind} in version ${JSON.stringify(spoken.version)} cannot be handled as a ${spoken.kind}: strict decoding error: ${found.join(', ')}`,
    )
  if (validation === 'Warn') found.forEach(warn)
  // Set whatever the client left out: the canonical form always knows what it is.
  object.kind = spoken.kind
  object.apiVersion = apiVersionOf(spoken)
  object.metadata ??= {}
  spoken.defaults?.(object)
  return object
}

function decodeValue(spoken: Spoken, value: unknown): { object: KubeObject; unknown: string[] } {
  try {
    const { object, unknown } = decode(spoken.schema, value)
    return { object: object as KubeObject, unknown }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw badRequest(
      `${spoken.kind} in version ${JSON.stringify(spoken.version)} cannot be handled as a ${spoken.kind}: ${error.message}`,
    )
  }
}

function checkKind(spoken: Spoken, value: JsonObject): void {
  const expected = apiVersionOf(spoken)
  const { apiVersion, kind } = value
  if (apiVersion && apiVersion !== expected)
    throw badRequest(
      `the API version in the data (${typeof apiVersion === 'string' ? apiVersion : JSON.stringify(apiVersion)}) does not match the expected API version (${expected})`,
    )
  if (kind && kind !== spoken.kind)
    throw badRequest(
      `the object provided is unrecognized (must be of type ${spoken.kind}): it says kind ${JSON.stringify(kind)} of ${expected}`,
    )
}
