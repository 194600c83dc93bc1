import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeBlocks, matches, steps } from './walkthrough.ts'

test('a document yields its blocks, and blocks their commands', () => {
  const document = 'text\n```console\n$ one \\\n    two\nout\n\nput\n$ three\n```\n```yaml\na: 1\n```\n'
  assert.deepEqual(codeBlocks(document, 'yaml'), ['a: 1\n'])
  assert.deepEqual(codeBlocks(document, 'console').flatMap(steps), [
    { command: 'one \\\n    two', output: 'out\n\nput' },
    { command: 'three', output: '' },
  ])
})

const CASES: readonly [string, string, boolean][] = [
  ['a\nb', 'a\nb\n', true],
  ['a\nb', 'a\nc\n', false],
  ['a\n…\nz', 'a\nb\nc\nz\n', true],
  ['a\n…', 'a\n', true],
  ['…\nz', 'y\n', false],
  ['x sha256:2c53…', `x sha256:${'0'.repeat(64)}`, true],
  ['NAME   AGE\nx      3s', 'NAME AGE\nx 12s', true],
  ['x   Less than a second ago', 'x\t2 seconds ago', true],
  ['a.b', 'axb', false],
]
for (const [shown, actual, expected] of CASES) {
  test(`${JSON.stringify(shown)} ${expected ? 'is' : 'is not'} ${JSON.stringify(actual)}`, () => {
    assert.equal(matches(shown, actual), expected)
  })
}
