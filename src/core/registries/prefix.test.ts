import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { registryUrl, repositoryName } from '../oci/forms.ts'
import { parseReference } from '../oci/reference.ts'
import { parseLocation, pathBehind, registriesOf } from './prefix.ts'

/** Which of the prefixes counts for what a user has written. */
function found(prefixes: readonly string[], spec: string): string | undefined {
  const reference = parseReference(spec)
  const host = registryUrl(reference).slice('https://'.length)
  const { find } = registriesOf({ registries: prefixes.map((prefix) => ({ prefix })) })
  return find(host, repositoryName(reference))?.prefix
}

describe('the most specific prefix', () => {
  const table: [prefixes: string[], spec: string, expected: string | undefined][] = [
    [[], 'quay.io/a/b', undefined],
    [['quay.io'], 'quay.io/a/b', 'quay.io'],
    [['quay.io'], 'quay.io:443/a/b', 'quay.io'],
    [['quay.io'], 'quay.io:5000/a/b', undefined],
    [['quay.io:5000'], 'quay.io:5000/a/b', 'quay.io:5000'],
    [['quay.io', 'quay.io/a'], 'quay.io/a/b', 'quay.io/a'],
    [['quay.io', 'quay.io/a', 'quay.io/a/b'], 'quay.io/a/b:1', 'quay.io/a/b'],
    [['quay.io', 'quay.io/a'], 'quay.io/ab/c', 'quay.io'],
    [['quay.io/a/b/c'], 'quay.io/a/b', undefined],
    [['*.io', 'quay.io'], 'quay.io/a/b', 'quay.io'],
    [['*.io/a', 'quay.io'], 'quay.io/a/b', 'quay.io'],
    [['*.io', '*.io/a'], 'quay.io/a/b', '*.io/a'],
    [['*.io'], 'r.quay.io/a/b', undefined],
    [['*.dkr.*.amazonaws.com'], '1.dkr.eu.amazonaws.com/a', '*.dkr.*.amazonaws.com'],
    [['*.com:5000'], 'a.com:5000/x/y', '*.com:5000'],
    [['docker.io'], 'busybox', 'docker.io'],
    [['docker.io/library'], 'busybox', 'docker.io/library'],
    [['registry-1.docker.io/library'], 'index.docker.io/library/busybox', 'registry-1.docker.io/library'],
    [['docker.io/library'], 'acme/app', undefined],
    [['Quay.IO'], 'quay.io/a/b', 'Quay.IO'],
  ]
  for (const [prefixes, spec, expected] of table)
    test(`of ${prefixes.join(', ') || 'none'} for ${spec}: ${expected}`, () => {
      assert.equal(found(prefixes, spec), expected)
      assert.equal(found(prefixes.toReversed(), spec), expected)
    })

  test('covers the repository, and is as long as any that does', () => {
    const word = fc.constantFrom('a', 'b', 'ab')
    const path = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('/'))
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 8 }), path, (paths, name) => {
        const { find } = registriesOf({ registries: paths.map((p) => ({ prefix: `r.io/${p}` })) })
        const covering = paths.filter((p) => `${name}/`.startsWith(`${p}/`)).map((p) => p.length)
        const prefix = find('r.io', name)?.prefix
        assert.equal(prefix?.length, covering.length ? Math.max(...covering) + 'r.io/'.length : undefined)
        if (prefix) assert.ok(`r.io/${name}/`.startsWith(`${prefix}/`))
      }),
    )
  })
})

test('locations are hosts with a path', () => {
  assert.deepEqual(parseLocation('Mirror.io:5000/hub'), { host: 'mirror.io:5000', path: 'hub' })
  assert.deepEqual(parseLocation('10.0.0.1:443'), { host: '10.0.0.1', path: '' })
  for (const text of [
    '',
    '/',
    'a/',
    '/a',
    'https://a',
    'a/b:c',
    'a/b@c',
    'a/B',
    '*.io',
    'a b',
    'u:p@a',
    `a/${'b'.repeat(300)}`,
  ])
    assert.equal(parseLocation(text), undefined, text)
  for (const text of ['*', 'a.*', '**.io', '*a.io', '*.io:*']) assert.equal(parseLocation(text, true), undefined, text)
})

test('what is behind a path begins at a slash', () => {
  assert.equal(pathBehind('', 'a/b'), 'a/b')
  assert.equal(pathBehind('a', 'a/b'), 'b')
  assert.equal(pathBehind('a/b', 'a/b'), '')
  assert.equal(pathBehind('a', 'ab'), undefined)
})
