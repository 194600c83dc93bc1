// What may have to be waited for, where it does not.
import assert from 'node:assert/strict'

export function atOnce<T>(value: T | Promise<T>): T {
  assert.ok(!(value instanceof Promise), 'it is waited for')
  return value
}
