import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { didYouMean, PROBLEM_EFFECTS, quote } from './problem.ts'

test('every code and its effect stands in the documentation, and none that is not there', async () => {
  const page = await readFile(new URL('../../../../docs/spec/triggers.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `(Trigger\w+)` \| (\w+) \|/gm)].map(([, code, effect]) => [code, effect])
  assert.deepEqual(Object.fromEntries(rows), PROBLEM_EFFECTS)
})

test('what users write is repeated in bounds', () => {
  assert.equal(quote('a"b'), '"a\\"b"')
  assert.equal(quote('x'.repeat(5000)).length, 121)
  assert.equal(quote(undefined), 'undefined')
})

test('a suggestion, or none', () => {
  assert.equal(didYouMean('pause', ['from', 'paused']), '; did you mean "paused"?')
  assert.equal(didYouMean('pause', ['from']), '')
})
