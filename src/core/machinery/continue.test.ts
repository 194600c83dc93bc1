import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { decodeContinue, encodeContinue } from './continue.ts'

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

test('a token comes back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1 }), fc.string({ minLength: 1, unit: 'binary' }), (rv, start) => {
      const well = start.toWellFormed()
      const token = encodeContinue({ rv, start: well })
      assert.match(token, /^[\w-]+$/)
      assert.deepEqual(decodeContinue(token), { rv, start: well })
    }),
  )
})

test('anything else is a bad request', () => {
  const v = 'meta.k8s.io/v1'
  const cases: [string, string][] = [
    ['xyz', 'continue key is not valid'],
    ['', 'continue key is not valid'],
    ['!', 'continue key is not valid'],
    ['a'.repeat(5000), 'continue key is not valid'],
    [encode(null), 'continue key is not valid'],
    [
      encode({ v: 'v2', rv: 1, start: 'a' }),
      'continue key is not valid: server does not recognize this encoded version v2',
    ],
    [
      encode({ v, rv: 0, start: 'a' }),
      `continue key is not valid: incorrect encoded start resourceVersion (version ${v})`,
    ],
    [
      encode({ v, rv: 1.5, start: 'a' }),
      `continue key is not valid: incorrect encoded start resourceVersion (version ${v})`,
    ],
    [encode({ v, rv: 1 }), `continue key is not valid: encoded start key empty (version ${v})`],
  ]
  for (const [token, message] of cases) assert.throws(() => decodeContinue(token), { message, code: 400 })
})
