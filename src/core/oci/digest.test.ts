import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestAnswersTo, digestOf, digestProblem, isDigest, matchesDigest } from './digest.ts'

const bytes = Buffer.from('hello')
const HELLO = 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'

test('digests are computed and verified for every algorithm', () => {
  assert.equal(digestOf(bytes), HELLO)
  for (const algorithm of ['sha256', 'sha384', 'sha512'] as const) {
    const digest = digestOf(bytes, algorithm)
    assert.ok(isDigest(digest))
    assert.ok(matchesDigest(bytes, digest))
    assert.ok(!matchesDigest(Buffer.from('hallo'), digest))
  }
  assert.ok(matchesDigest(bytes, HELLO.slice(0, 7) + HELLO.slice(7).toUpperCase()))
  assert.ok(!matchesDigest(bytes, 'md5:5d41402abc4b2a76b9719d911017c592'))
})

const problems: [string, string | undefined][] = [
  [HELLO, undefined],
  ['', 'invalid checksum digest format'],
  ['sha256', 'invalid checksum digest format'],
  ['sha256:', 'invalid checksum digest format'],
  [':abc', 'invalid checksum digest format'],
  ['sha256:xyz', 'invalid checksum digest format'],
  ['sha256:abc', 'invalid checksum digest length'],
  ['md5:abc', 'unsupported digest algorithm'],
  ['toString:abc', 'unsupported digest algorithm'],
]

for (const [text, problem] of problems) {
  test(`${text.slice(0, 20) || 'nothing'}: ${problem ?? 'fine'}`, () => assert.equal(digestProblem(text), problem))
}

test('an image answers to beginnings of its digest, with or without algorithm', () => {
  for (const asked of [HELLO, 'sha256:2cf2', '2cf24d', 's', '']) assert.ok(digestAnswersTo(HELLO, asked), asked)
  for (const asked of ['cf24', 'sha512:2cf2', `${HELLO}0`]) assert.ok(!digestAnswersTo(HELLO, asked), asked)
  assert.ok(digestAnswersTo('custom-name', 'custom'))
  assert.ok(!digestAnswersTo('x:2cf2', '2cf2'))
})
