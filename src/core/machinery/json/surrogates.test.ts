import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { assertLinear, repeated } from '../../../../test/support/linearTime.ts'
import { withoutSurrogates } from './surrogates.ts'

test('halves of characters become the replacement character, and nothing else changes', () => {
  const cases: [string, string][] = [
    [String.raw`"\ud800"`, '\ufffd'],
    [String.raw`"\uDC00\uD800"`, '\ufffd\ufffd'],
    [String.raw`"\ud83d\ude00"`, '\u{1F600}'],
    [String.raw`"\ud800\ud83d\ude00"`, '\ufffd\u{1F600}'],
    [String.raw`"\\ud800"`, String.raw`\ud800`],
    [String.raw`"\\\ud800"`, '\\\ufffd'],
    [String.raw`"\ud7ff\ue000"`, '\ud7ff\ue000'],
  ]
  for (const [text, value] of cases) assert.equal(JSON.parse(withoutSurrogates(text)), value, text)
})

test('any JSON is well formed afterwards, as if each text in it had been made so', () => {
  const text = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) })
  const value = fc.oneof(text, fc.dictionary(text, fc.array(text)))
  fc.assert(
    fc.property(value, (given) => {
      const written = JSON.stringify(given)
      const wellFormed = JSON.parse(written, (_, v: unknown) =>
        typeof v === 'string' ? v.toWellFormed() : v,
      ) as unknown
      if (typeof given === 'string') assert.equal(JSON.parse(withoutSurrogates(written)), wellFormed)
      assert.ok(JSON.stringify(JSON.parse(withoutSurrogates(written))).isWellFormed())
      assert.doesNotMatch(JSON.stringify(JSON.parse(withoutSurrogates(written))), /(?<!\\)(?:\\\\)*\\ud[89a-f]/)
    }),
  )
})

test('in linear time', () => {
  for (const piece of ['\\', '\\u', '\\ud800', '\\ud83d\\ude00', '\\ud8', '"', 'a'])
    assertLinear(piece, withoutSurrogates, repeated(piece, '"', '"\\ud800'))
})
