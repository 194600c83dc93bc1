/** A JSON object whose members are not known yet. */
export type JsonObject = Record<string, unknown>

/** Whether a JSON value is an object: not null, a list or a scalar. */
export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
