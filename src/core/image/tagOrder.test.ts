import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { assertLinear, repeated } from '../../../test/support/linearTime.ts'
import { orderTags } from './tagOrder.ts'

const table: [string, string[], string[]][] = [
  ['classes', ['v1', 'other', 'v2', '3', '3.1', 'abc'], ['3.1', '3', 'abc', 'other', 'v1', 'v2']],
  [
    'a repository with everything',
    ['1.0.0', '1.2', 'v1.10.0', '2.0.0-rc1', 'edge', '3', 'v2', 'latest'],
    ['latest', '1.2', '2.0.0-rc1', 'v1.10.0', '1.0.0', '3', 'edge', 'v2'],
  ],
  ['numbers are not text', ['1.9.0', '1.10.0', '1.2.0'], ['1.10.0', '1.9.0', '1.2.0']],
  ['pre-releases come after their release', ['1.0.0-rc1', '1.0.0', '0.9.9'], ['1.0.0', '1.0.0-rc1', '0.9.9']],
  [
    'pre-releases among themselves',
    ['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta.11', '1.0.0-beta.2', '1.0.0-1'],
    ['1.0.0-beta.11', '1.0.0-beta.2', '1.0.0-alpha.beta', '1.0.0-alpha.1', '1.0.0-alpha', '1.0.0-1'],
  ],
  ['unprefixed before prefixed', ['v1.0.0', '1.0.0', 'v1.1', '1.1'], ['1.1', 'v1.1', '1.0.0', 'v1.0.0']],
  ['minor with a word', ['8.0-122', '8.0-154', '8.0', '8.1'], ['8.1', '8.0', '8.0-154', '8.0-122']],
  ['leading zeros and underscores make no version', ['1.02', '1.2-a_b', '1.2'], ['1.2', '1.02', '1.2-a_b']],
  ['duplicates', ['a', 'a', 'latest', 'latest'], ['latest', 'a']],
  [
    'numbers beyond 2^53',
    ['1.0.90071992547409931', '1.0.90071992547409932'],
    ['1.0.90071992547409932', '1.0.90071992547409931'],
  ],
  ['nothing', [], []],
]

for (const [name, tags, expected] of table) {
  test(`tag order: ${name}`, () => assert.deepEqual(orderTags(tags), expected))
}

test('the order does not depend on the order of the input, and nothing is lost', () => {
  const tag = fc.oneof(
    fc.stringMatching(/^v?[0-3](\.[0-3]){0,2}(-[ab1](\.[ab1])?)?$/),
    fc.stringMatching(/^[a-c0-2_.-]{1,4}$/),
    fc.constant('latest'),
  )
  fc.assert(
    fc.property(fc.array(tag, { maxLength: 30 }), (tags) => {
      const once = orderTags(tags)
      assert.deepEqual(orderTags(tags.toReversed()), once)
      assert.deepEqual(once.toSorted(), [...new Set(tags)].sort())
    }),
  )
})

test('any tags are put in order in time that grows with them', () => {
  const order = (text: string) => orderTags(text.split(' '))
  for (const piece of [
    '1.2.3 ',
    '1.2.3-a.b ',
    '1',
    '1.',
    '1.2-',
    'a',
    '-',
    '1.1-1a',
    '0',
    '1.2.3-0.',
    '1.1.1-a-',
    '1.1.1+a.',
  ])
    for (const end of ['', '!', '.']) assertLinear(piece + end, order, repeated(piece, end))
  const near = (text: string) => orderTags([`1.2.3-${text}`, `1.2.3-${text}b`])
  for (const piece of ['1.', 'a.', '1', '0a', '-', '1a.'])
    for (const end of ['', '!', '_']) assertLinear(`two of ${piece}`, near, repeated(piece, end))
})
