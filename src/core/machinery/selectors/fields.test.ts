import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { assertLinear, repeated } from '../../../../test/support/linearTime.ts'
import { parseFieldSelector } from './fields.ts'

test('field selectors', () => {
  const cases: [string, string][] = [
    ['', ''],
    ['metadata.name=b', 'metadata.name is b'],
    ['metadata.name==b', 'metadata.name is b'],
    ['metadata.name!=b,metadata.namespace=', 'metadata.name not b; metadata.namespace is '],
    [',a=1,,', 'a is 1'],
    ['b=1,a=2', 'a is 2; b is 1'],
    [String.raw`a=x\,y\=z\\`, String.raw`a is x,y=z\ `.trimEnd()],
    ['spec.dockerImageRepository=example.invalid/a/b', 'spec.dockerImageRepository is example.invalid/a/b'],
    ['a!b=c', 'a!b is c'],
  ]
  for (const [text, expected] of cases) {
    const { requirements } = parseFieldSelector(text)
    assert.equal(requirements.map((r) => `${r.field} ${r.equals ? 'is' : 'not'} ${r.value}`).join('; '), expected)
  }
})

test('errors have the words of Kubernetes', () => {
  const cases: [string, string][] = [
    ['a', "invalid selector: 'a'; can't understand 'a'"],
    ['a=b,c!d', "invalid selector: 'a=b,c!d'; can't understand 'c!d'"],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    [String.raw`a=\n`, String.raw`invalid field selector: invalid escape sequence: \n`],
    ['a=\\', 'invalid field selector: invalid escape sequence: \\'],
  ]
  for (const [text, message] of cases) assert.throws(() => parseFieldSelector(text), { message, code: 400 })
})

test('an escaped value comes back', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const escaped = value.replaceAll(/[\\,=]/g, (c) => `\\${c}`)
      assert.equal(parseFieldSelector(`f=${escaped}`).requirements[0]?.value, value)
    }),
  )
})

test('any selector is read in linear time', () => {
  for (const piece of ['a', '!', '=', '\\', ',', '!!', '!a', 'a!', 'a=b,', 'a!='])
    for (const end of ['', '=', '!']) assertLinear(piece + end, parseFieldSelector, repeated(piece, end))
})
