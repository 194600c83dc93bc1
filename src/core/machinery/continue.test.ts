import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { assertLinear, repeated } from '../../../test/support/linearTime.ts'
import { decodeContinue, encodeContinue, expiredContinue, LATEST } from './continue.ts'

const revision = fc.oneof(fc.integer({ min: 1 }), fc.constant(LATEST))
// Lone surrogates do not survive UTF-8; keys have none.
const key = fc.string({ minLength: 1, maxLength: 300 }).filter((start) => start.isWellFormed())

test('a token leads back to what it was made from', () => {
  fc.assert(
    fc.property(revision, key, (rv, start) => {
      assert.deepEqual(decodeContinue(encodeContinue({ rv, start })), { rv, start })
    }),
  )
})

const base64 = (text: string) => Buffer.from(text).toString('base64url')
const token = encodeContinue({ rv: 7, start: 'a' })
for (const text of [
  'xyz',
  '',
  'e30',
  base64('{"v":1,"rv":"1","start":"a"}'),
  base64('{"v":1,"rv":0,"start":"a"}'),
  base64('{"v":1,"rv":-2,"start":"a"}'),
  base64('{"v":1,"rv":1e400,"start":"a"}'),
  base64('{"v":1,"rv":7,"start":""}'),
  base64('{"v":2,"rv":7,"start":"a"}'),
  // The same, written otherwise.
  base64('{"v":1,"rv":7, "start":"a"}'),
  base64('{"v":1,"rv":7,"start":"a","more":1}'),
  base64('{"v":1,"rv":7,"start":"a","__proto__":{}}'),
  `${token}=`,
  `${token}$`,
  `${token.slice(0, 5)} ${token.slice(5)}`,
  'a'.repeat(100_000),
])
  test(`${JSON.stringify(text.slice(0, 60))} is no token`, () => {
    assert.throws(() => decodeContinue(text), { code: 400, message: /continue key is not valid/ })
  })

test('a token of which anything was changed is none, or is one that was given out', () => {
  fc.assert(
    fc.property(revision, key, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (rv, start, at, letter) => {
      const made = encodeContinue({ rv, start })
      const changed = made.slice(0, at % made.length) + letter + made.slice((at % made.length) + 1)
      try {
        assert.equal(encodeContinue(decodeContinue(changed)), changed)
      } catch (error) {
        assert.equal((error as { code?: number }).code, 400)
      }
    }),
  )
})

test('a token that has expired is answered with one that goes on from the same place', () => {
  const { code, status } = expiredContinue({ rv: 7, start: 'a/b' })
  assert.deepEqual([code, status.reason], [410, 'Expired'])
  assert.deepEqual(decodeContinue(status.metadata.continue ?? ''), { rv: LATEST, start: 'a/b' })
})

test('any text is looked at in linear time', () => {
  for (const piece of ['a', '=', '[', 'eyJ2Ijox']) assertLinear(piece, decodeContinue, repeated(piece))
})
