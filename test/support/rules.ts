// Rules that objects can break, as tables: what is sent, and what the server says is wrong with it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { causesOf, type ImageApi, sorted } from './imageApi.ts'

/** What is wrong with one field, as clients see it. */
export type Cause = [field: string, reason: string, message: string]
/** What is sent, and what is wrong with it. */
export type Rule = [what: string, body: object, ...causes: Cause[]]

/** A field that is missing. */
export const required = (field: string, why?: string): Cause => [
  field,
  'FieldValueRequired',
  `Required value${why ? `: ${why}` : ''}`,
]
/** A field with a value that it may not have. */
export const invalid = (field: string, value: unknown, why: string): Cause => [
  field,
  'FieldValueInvalid',
  `Invalid value: ${JSON.stringify(value)}: ${why}`,
]
/** A field that may not be set so. */
export const forbidden = (field: string, why: string): Cause => [field, 'FieldValueForbidden', `Forbidden: ${why}`]

/** One test for each rule: the request is refused with exactly these causes. `type`: of the body, default JSON. */
export function testRules(
  api: () => ImageApi,
  [method, path, type = 'application/json']: [method: string, path: string, type?: string | undefined],
  table: readonly Rule[],
): void {
  for (const [what, body, ...causes] of table) {
    test(what, async () => {
      const said = await api().call(method, path, body, { 'content-type': type })
      assert.deepEqual([said.status, said.body.reason], [422, 'Invalid'], JSON.stringify(said.body))
      assert.deepEqual(causesOf(said.body), sorted(causes))
    })
  }
}
