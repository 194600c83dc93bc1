import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { assertLinear, repeated } from '../../../test/support/linearTime.ts'
import { formatReference } from './reference.fixture.ts'
import { exact, InvalidReference, parseReference, tryParseReference } from './reference.ts'

const D = `sha256:${'ab'.repeat(32)}`

const parts = (registry: string, namespace: string, name: string, tag = '', id = '') => ({
  registry,
  namespace,
  name,
  tag,
  id,
})

const parsed: [string, ReturnType<typeof parts>][] = [
  ['busybox', parts('', '', 'busybox')],
  ['busybox:1', parts('', '', 'busybox', '1')],
  ['library/busybox', parts('', 'library', 'busybox')],
  ['a/b/c/d:x', parts('', 'a', 'b/c/d', 'x')],
  ['quay.io/app', parts('quay.io', '', 'app')],
  ['quay.io/team/app:v1', parts('quay.io', 'team', 'app', 'v1')],
  ['quay.io/team/sub/app:v1', parts('quay.io', 'team', 'sub/app', 'v1')],
  ['localhost/app', parts('localhost', '', 'app')],
  ['localhosts/app', parts('', 'localhosts', 'app')],
  ['host:5000/app', parts('host:5000', '', 'app')],
  ['127.0.0.1:5000/a/b@' + D, parts('127.0.0.1:5000', 'a', 'b', '', D)],
  ['quay.io/a/b:t@' + D, parts('quay.io', 'a', 'b', 't', D)],
  // A lone word that looks like a host is one, tag included.
  ['my.image:v1', parts('my.image:v1', '', '')],
  ['localhost:5000', parts('localhost:5000', '', '')],
  ['a__b/c-----d/e.f_g', parts('', 'a__b', 'c-----d/e.f_g')],
  [`a@${D.toUpperCase().replace('SHA', 'sha')}`, parts('', '', 'a', '', `sha256:${'AB'.repeat(32)}`)],
  [`a:${'t'.repeat(128)}`, parts('', '', 'a', 't'.repeat(128))],
  ['a'.repeat(255), parts('', '', 'a'.repeat(255))],
]

for (const [text, expected] of parsed) {
  test(`parses ${text.slice(0, 60)}`, () => assert.deepEqual(parseReference(text), expected))
}

const refused: [string, string][] = [
  ['', 'repository name must have at least one component'],
  ['Busybox', 'repository name must be lowercase'],
  ['quay.io/Team/app', 'repository name must be lowercase'],
  ['a b', 'invalid reference format'],
  ['a:', 'invalid reference format'],
  ['a:-x', 'invalid reference format'],
  [`a:${'t'.repeat(129)}`, 'invalid reference format'],
  ['a@sha256:abc', 'invalid reference format'],
  ['/a', 'invalid reference format'],
  ['a/', 'invalid reference format'],
  ['a//b', 'invalid reference format'],
  ['a___b', 'invalid reference format'],
  ['-host.com/a', 'invalid reference format'],
  ['a\n', 'invalid reference format'],
  ['http://quay.io/a', 'invalid reference format'],
  ['a'.repeat(256), 'repository name must not be more than 255 characters'],
  [`a@sha256:${'ab'.repeat(31)}`, 'invalid checksum digest length'],
  [`a@sha512:${'ab'.repeat(32)}`, 'invalid checksum digest length'],
  [`a@md5:${'ab'.repeat(16)}`, 'unsupported digest algorithm'],
]

for (const [text, problem] of refused) {
  test(`refuses ${JSON.stringify(text.slice(0, 60))}: ${problem}`, () => {
    assert.throws(() => parseReference(text), new InvalidReference(problem as InvalidReference['problem']))
    assert.equal(tryParseReference(text), undefined)
  })
}

test('exact: the digest wins over the tag', () => {
  assert.equal(exact(parseReference(`quay.io/a/b:t@${D}`)), `quay.io/a/b@${D}`)
  assert.equal(exact(parseReference('b:t')), 'b:t')
  assert.equal(exact({ registry: 'r.io', namespace: '', name: 'b', tag: 't', id: 'short' }), 'r.io/b:short')
  assert.equal(exact(parseReference('my.image:v1')), '')
})

const word = (chars: string, max: number) =>
  fc.array(fc.constantFrom(...chars.split('')), { minLength: 1, maxLength: max }).map((a) => a.join(''))
const low = 'abcxyz0189'
const component = fc
  .array(fc.tuple(word(low, 5), fc.constantFrom('.', '_', '__', '-', '---')), { minLength: 1, maxLength: 3 })
  .map((pieces) => pieces.map(([w, s]) => w + s).join('') + 'e')
const host = fc.tuple(word('abcXYZ019', 6), word('abcXYZ019', 6), fc.option(fc.integer({ min: 0, max: 65535 })))
const pullSpec = fc
  .record({
    host: fc.option(host.map(([a, b, port]) => `${a}.${b}${port === null ? '' : `:${port}`}/`)),
    path: fc.array(component, { minLength: 1, maxLength: 4 }).map((c) => c.join('/')),
    tag: fc.option(word('abcXYZ019_.-', 20).map((t) => `:T${t}`)),
    id: fc.option(fc.constantFrom('sha256', 'sha384', 'sha512')),
  })
  .map((r) => {
    const length = { sha256: 64, sha384: 96, sha512: 128 }
    return `${r.host ?? ''}${r.path}${r.tag ?? ''}${r.id ? `@${r.id}:${'0'.repeat(length[r.id])}` : ''}`
  })

test('printing a parsed reference gives it back', () => {
  fc.assert(fc.property(pullSpec, (text) => formatReference(parseReference(text)) === text))
})

test('any text is either refused or prints as itself', () => {
  const text = word('aA0.:/@_-sh256 \n', 80)
  fc.assert(
    fc.property(text, (t) => {
      const r = tryParseReference(t)
      return r === undefined || formatReference(r) === t
    }),
  )
})

test('parsing takes linear time', () => {
  const pieces = [
    'a',
    'A',
    '0',
    'a-',
    'a.',
    'a..',
    'a/',
    'a__',
    'a_',
    'a:',
    'A.A:1/',
    'a.a/',
    'a/a-',
    '--',
    'a@',
    'sha256:',
    ' ',
  ]
  for (const piece of pieces)
    for (const end of ['', '!', '/', 'A', ':'])
      assertLinear(`${piece} and ${end}`, parseReference, repeated(piece, end))
  for (const start of ['a:', 'a@sha256:', 'a.io:', 'a.io:1/'])
    for (const piece of ['a', '0', '-', '.']) assertLinear(start + piece, parseReference, repeated(piece, '', start))
})
