import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { assertLinear, repeated } from '../../../test/support/linearTime.ts'
import { parseChallenges } from './challenge.ts'

const table: [string, string[], [string, Record<string, string>][]][] = [
  [
    'bearer',
    ['Bearer realm="https://a.io/token",service="a.io",scope="repository:x/y:pull,push"'],
    [['bearer', { realm: 'https://a.io/token', service: 'a.io', scope: 'repository:x/y:pull,push' }]],
  ],
  ['basic, unquoted', ['Basic realm=registry'], [['basic', { realm: 'registry' }]]],
  ['no parameters', ['Basic'], [['basic', {}]]],
  [
    'several in one header',
    ['Basic realm="a", Bearer realm="b" , service = "c", Negotiate'],
    [
      ['basic', { realm: 'a' }],
      ['bearer', { realm: 'b', service: 'c' }],
      ['negotiate', {}],
    ],
  ],
  [
    'several headers',
    ['Negotiate dGVzdA==', 'BASIC Realm="x"'],
    [
      ['negotiate', {}],
      ['basic', { realm: 'x' }],
    ],
  ],
  ['escapes and commas in quotes', ['Basic realm="a\\"b, c=d"'], [['basic', { realm: 'a"b, c=d' }]]],
  ['the first of two equal names counts', ['Basic realm="a",realm="b"'], [['basic', { realm: 'a' }]]],
  ['an open quote ends the header', ['Basic realm="a",x="b'], [['basic', { realm: 'a' }]]],
  ['parameters without a scheme', ['="x"', 'realm="x"', ''], []],
  ['no prototype is touched', ['Basic __proto__="x"'], [['basic', Object.fromEntries([['__proto__', 'x']])]]],
]

for (const [name, headers, expected] of table) {
  test(`challenges: ${name}`, () => {
    const plain = parseChallenges(headers).map((c) => [c.scheme, Object.entries(c.parameters)])
    assert.deepEqual(
      plain,
      expected.map(([scheme, parameters]) => [scheme, Object.entries(parameters)]),
    )
  })
}

test('any header is read without an exception, in linear time', () => {
  fc.assert(fc.property(fc.string(), (text) => parseChallenges([text]).length <= text.length))
  const pieces = [
    'a',
    'a ',
    'a  ',
    'a=',
    'a=a=',
    '"',
    '=',
    ' ',
    ',',
    '\\',
    '\\"',
    'a="b",',
    'a ~',
    'Bearer realm="',
    'Basic a="\\',
  ]
  for (const piece of pieces)
    for (const end of ['', '"', 'x'])
      for (const start of ['', 'Basic a="']) {
        const read = (text: string) => parseChallenges([text])
        assertLinear(start + piece + end, read, repeated(piece, end, start))
      }
})
