import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { assertLinear, repeated } from '../../../../test/support/linearTime.ts'
import { ApiError } from '../status.ts'
import { parseLabelSelector, parseRequirements } from './labels.ts'

const message = (text: string): string => {
  try {
    parseLabelSelector(text)
  } catch (error) {
    assert.ok(error instanceof ApiError)
    assert.equal(error.code, 400)
    return error.message
  }
  return 'parsed'
}

test('selectors select', () => {
  const cases: [string, Record<string, string>, boolean][] = [
    ['', {}, true],
    ['app=x', { app: 'x' }, true],
    ['app==x', { app: 'x' }, true],
    ['app=x', { app: 'y' }, false],
    ['app=x', {}, false],
    ['app=', { app: '' }, true],
    ['app=', {}, false],
    ['app!=x', {}, true],
    ['app!=x', { app: 'x' }, false],
    ['app in (x,z)', { app: 'z' }, true],
    ['app in (x, z )', { app: 'y' }, false],
    ['app notin (x,z)', { app: 'y' }, true],
    ['app notin (x)', {}, true],
    ['app notin (x)', { app: 'x' }, false],
    ['app in ()', { app: '' }, true],
    ['app in (x,)', { app: '' }, true],
    ['app', { app: '' }, true],
    ['app', {}, false],
    ['!app', {}, true],
    [' ! app ', { app: 'x' }, false],
    ['a=1,b notin (2),!c , d', { a: '1', b: '3', d: '' }, true],
    ['a=1,b notin (2),!c,d', { a: '1', b: '2', d: '' }, false],
    ['n>9', { n: '10' }, true],
    ['n<10', { n: '10' }, false],
    ['n>1', { n: 'x' }, false],
    ['n>9007199254740993', { n: '9007199254740994' }, true],
    ['in=notin', { in: 'notin' }, true],
    ['in in (in)', { in: 'in' }, true],
    ['example.com/app=x', { 'example.com/app': 'x' }, true],
    ['!constructor', {}, true],
  ]
  for (const [text, labels, expected] of cases) assert.equal(parseLabelSelector(text)(labels), expected, text)
})

test('errors have the words of Kubernetes', () => {
  const cases: [string, string][] = [
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in x', "unable to parse requirement: found 'x' expected: '('"],
    ['a in (x', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in (x y)', "unable to parse requirement: found 'y', expected: ',' or ')'"],
    ['a==!', "unable to parse requirement: found '!', expected: identifier"],
    ['a,,b', "found ',', expected: identifier after ','"],
    ['a,', "found '', expected: identifier after ','"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    [
      'a>x',
      "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
  ]
  for (const [text, expected] of cases) assert.equal(message(text), expected)
  assert.match(message('-a=b'), /^unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of/)
  assert.match(message('a=-b'), /^unable to parse requirement: values\[0\]\[a\]: Invalid value: "-b": a valid label/)
})

test('values are a sorted set', () => {
  assert.deepEqual(parseRequirements('a in (z,b,z)'), [{ key: 'a', operator: 'in', values: ['b', 'z'] }])
})

test('any text parses or is a bad request', () => {
  const piece = fc.constantFrom('a', 'b-1', ' ', ',', '=', '!', '(', ')', 'in', 'notin', '<', '>', '5', '/', '\0', 'ä')
  fc.assert(fc.property(fc.array(piece), (pieces) => void message(pieces.join(''))))
})

test('any selector is read in linear time', () => {
  const pieces = ['a', 'a.', 'a,', 'a=b,', 'a=b=', '!', 'a in (b),', 'a in (', ' ', '(', '=', 'a ', 'a/', '9', '-']
  for (const piece of pieces)
    for (const end of ['', ')'])
      for (const start of ['', 'a in (', 'a>'])
        assertLinear(start + piece, parseLabelSelector, repeated(piece, end, start))
})
