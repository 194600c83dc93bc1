import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { closest, editDistance } from './suggest.ts'

const distances: [string, string, number][] = [
  ['', '', 0],
  ['', 'abc', 3],
  ['paused', 'pause', 1],
  ['ab', 'ba', 1],
  ['kitten', 'sitting', 3],
]
for (const [a, b, expected] of distances)
  test(`"${a}" to "${b}": ${expected}`, () => assert.equal(editDistance(a, b), expected))

test('only what is near is suggested', () => {
  assert.equal(closest('sidcar', ['main', 'sidecar']), 'sidecar')
  assert.equal(closest('PAUSED', ['paused']), 'paused')
  assert.equal(closest('database', ['main', 'sidecar']), undefined)
  assert.equal(closest('a', ['b']), undefined)
  assert.equal(closest('A', ['a']), 'a')
  assert.equal(closest('x'.repeat(10_000), ['x'.repeat(10_000)]), undefined)
})

test('property: a distance is symmetric, 0 only for equal words, and at most the longer word', () => {
  const word = fc.string({ maxLength: 12 })
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b)
      assert.equal(distance, editDistance(b, a))
      assert.equal(distance === 0, a === b)
      assert.ok(distance <= Math.max(a.length, b.length))
    }),
  )
})

test('among very many candidates nobody is looked for', () => {
  const many = Array.from({ length: 100_000 }, (_, i) => `${i}`.padStart(60, 'x'))
  const started = performance.now()
  for (let i = 0; i < 100; i++) closest('x'.repeat(60), many)
  // All of them would take half an hour.
  assert.ok(performance.now() - started < 10_000)
})
