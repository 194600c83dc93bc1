import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textReply } from './respond.ts'

const warningsOf = (...warnings: string[]): string[] =>
  (textReply(200, '{}', 'json', warnings).headers!.warning ?? []) as string[]

test('warnings are headers, quoted, without control characters', () => {
  assert.deepEqual(warningsOf('unknown field "a\nb"'), ['299 - "unknown field \\"a?b\\""'])
})

test('warnings longer than clients take in headers are cut, and then left out', () => {
  assert.deepEqual(warningsOf('x'.repeat(4000)), [`299 - "${'x'.repeat(4000)}"`])
  assert.deepEqual(warningsOf('x'.repeat(200_000), 'short'), [`299 - "${'x'.repeat(256)}"`, '299 - "short"'])
  const many = Array.from({ length: 20 }, (_, i) => `${i}${'x'.repeat(1000)}`)
  assert.equal(warningsOf(...many).length, 16)
})
