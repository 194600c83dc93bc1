import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { glob } from '../oci/glob.ts'
import { assertLinear, repeated } from '../../../test/support/linearTime.ts'
import { InvalidPattern, parsePattern } from './pattern.ts'

const digits = (text: string): boolean => /^[0-9]+$/.test(text)
const semver = (text: string): boolean => /^[0-9]+\.[0-9]+\.[0-9]+$/.test(text)

describe('the version of a tag', () => {
  const cases: [string, string, (text: string) => boolean, string | undefined][] = [
    ['*', '1.2.3', semver, '1.2.3'],
    ['{version}', '1.2.3', semver, '1.2.3'],
    ['v{version}', 'v1.2.3', semver, '1.2.3'],
    ['v{version}', '1.2.3', semver, undefined],
    ['{version}-alpine', '1.2.3-alpine', semver, '1.2.3'],
    ['{version}-alpine', '1.2.3-alpine3.19', semver, undefined],
    ['{version}-alpine*', '1.2.3-alpine3.19', semver, '1.2.3'],
    ['main-*-{version}', 'main-a1b2-1700000000', digits, '1700000000'],
    ['main-*-{version}', 'main-my-branch-a1b2-17', digits, '17'],
    ['main-*-{version}', 'main-5', digits, undefined],
    ['*-{version}-amd64', 'x-y-7-amd64', digits, '7'],
    ['{version}-*', '7-8-9', digits, '7'],
    ['v{version}', 'v', () => true, undefined],
    ['1.*', '1.2.3', semver, '1.2.3'],
  ]
  for (const [pattern, tag, isVersion, expected] of cases)
    test(`${pattern} of ${tag} is ${expected ?? 'none'}`, () =>
      assert.equal(parsePattern(pattern).version(tag, isVersion), expected))
})

test('what is no pattern is refused, and it is said why', () => {
  const cases: [string, RegExp][] = [
    ['', /1 to 160 characters/],
    ['a'.repeat(161), /1 to 160 characters/],
    ['^v(?<version>.*)$', /no regular expression/],
    ['{version}-{version}', /once/],
    ['*{version}-*', /not both/],
    ['{version}*', /where the one ends/],
    ['{tag}', /no regular expression/],
  ]
  for (const [text, message] of cases) {
    assert.throws(() => parsePattern(text), InvalidPattern)
    assert.throws(() => parsePattern(text), message)
  }
})

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '1', '.', '-'), maxLength: 24 })
const stars = fc.string({ unit: fc.constantFrom('a', 'b', '1', '.', '-', '*'), minLength: 1, maxLength: 10 })

test('without a version it is a glob', () => {
  fc.assert(
    fc.property(stars, letters, (pattern, tag) => assert.equal(parsePattern(pattern).fits(tag), glob(pattern, tag))),
  )
})

test('a version is found behind as many dashes as a tag may have', () => {
  const dashes = '-'.repeat(127)
  assert.equal(parsePattern('*-{version}').version(`${dashes}1`, digits), '1')
  assert.equal(
    parsePattern('{version}-*').version(`1${dashes}`, (text) => text.length === 127),
    `1${'-'.repeat(126)}`,
  )
})

test('what is put in the place of the version is found', () => {
  const version = fc.stringMatching(/^[0-9]{1,6}$/)
  const words = fc.stringMatching(/^[a-z-]{0,8}$/)
  fc.assert(
    fc.property(words, version, words, (before, number, after) => {
      assert.equal(parsePattern(`${before}{version}${after}`).version(before + number + after, digits), number)
      assert.equal(parsePattern(`*-{version}${after}`).version(`${before}-${number}${after}`, digits), number)
      assert.equal(parsePattern(`${before}{version}-*`).version(`${before}${number}-${after}`, digits), number)
    }),
  )
})

for (const pattern of ['*a*a*a*a*a*a*a*a*a*b', '*-{version}', '{version}-*a*a*a*a*b', '*a*a*a*a*a*{version}'])
  test(`${pattern} is looked for in linear time`, () => {
    const parsed = parsePattern(pattern)
    for (const text of [repeated('a'), repeated('a-'), repeated('1-', 'x'), repeated('-1')])
      assertLinear(pattern, (tag) => parsed.version(tag, digits), text)
  })
