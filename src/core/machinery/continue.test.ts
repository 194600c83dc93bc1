import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { decodeContinue, encodeContinue } from './continue.ts'

test('a token leads back to what it was made from', () => {
  fc.assert(
    fc.property(fc.nat(), fc.string({ minLength: 1, maxLength: 300 }), (rv, start) => {
      // Lone surrogates do not survive UTF-8; keys have none.
      fc.pre(start.isWellFormed())
      assert.deepEqual(decodeContinue(encodeContinue({ rv, start })), { rv, start })
    }),
  )
})

for (const text of [
  'xyz',
  '',
  'e30',
  Buffer.from('{"v":1,"rv":"1","start":"a"}').toString('base64url'),
  'a'.repeat(9999),
])
  test(`${JSON.stringify(text.slice(0, 40))} is no token`, () => {
    assert.throws(() => decodeContinue(text), { message: /continue key is not valid/ })
  })
