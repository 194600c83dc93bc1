import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertLinear, repeated } from '../../../test/support/linearTime.ts'
import { nextLink } from './link.ts'

const table: [string, string | undefined][] = [
  ['</v2/a/tags/list?last=b&n=2>; rel="next"', '/v2/a/tags/list?last=b&n=2'],
  ['<https://a.io/x>;rel=next', 'https://a.io/x'],
  ['<a>; rel="prev", <b>; title="x, <y>"; rel="next"', 'b'],
  ['<a>; rel="first NEXT"', 'a'],
  ['<a>; rel="prev"', undefined],
  ['<a>', undefined],
  ['a; rel="next"', undefined],
  ['', undefined],
]

for (const [header, expected] of table) {
  test(`next of ${header || 'nothing'} is ${expected}`, () => assert.equal(nextLink(header), expected))
}

test('any header is read in linear time', () => {
  const pieces = [
    '<',
    '>',
    '"',
    '\\',
    ';',
    '; ',
    ' ',
    'a ',
    '<a>',
    '<>"',
    '<>"\\',
    '<a>; rel="prev",',
    '; rel',
    '; rel = ',
    ' rel',
  ]
  for (const piece of pieces)
    for (const end of ['', '"', '>', '; rel="next"'])
      for (const start of ['', '<a>', '<a>; rel="']) assertLinear(start + piece, nextLink, repeated(piece, end, start))
})
