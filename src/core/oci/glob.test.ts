import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { glob } from './glob.ts'

const words = (...letters: string[]) =>
  fc.array(fc.constantFrom(...letters), { maxLength: 8 }).map((list) => list.join(''))

test('a pattern means what the regular expression of the same meaning means', () => {
  fc.assert(
    fc.property(words('a', 'b', '*', '?'), words('a', 'b'), (pattern, text) => {
      const meaning = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`)
      assert.equal(glob(pattern, text), meaning.test(text))
    }),
    { numRuns: 2000 },
  )
})

test('many stars take no time', () => {
  const start = process.cpuUsage().user
  assert.equal(glob('*a'.repeat(5000), 'b'.repeat(200)), false)
  assert.equal(glob(`${'*a'.repeat(100)}b`, 'a'.repeat(5000)), false)
  assert.ok(process.cpuUsage().user - start < 1_000_000)
})
