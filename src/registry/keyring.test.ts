import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { assertLinear, repeated } from '../../test/support/linearTime.ts'
import type { PullSecret } from '../core/image/pullSecrets.ts'
import { parseReference } from '../core/oci/reference.ts'
import { createKeyring } from './keyring.ts'

const b64 = (text: string) => Buffer.from(text).toString('base64')

function secret(auths: Record<string, unknown>, name = 'pull'): PullSecret {
  const data = { '.dockerconfigjson': b64(JSON.stringify({ auths })) }
  return { name, type: 'kubernetes.io/dockerconfigjson', data }
}

/** A secret whose credentials have the servers' names as user names. */
const servers = (...names: string[]) =>
  secret(Object.fromEntries(names.map((name) => [name, { username: name, password: 'pw' }])))

const matching: [string, string[], string, string | undefined][] = [
  ['the host', ['quay.io'], 'quay.io/a/b:1', 'quay.io'],
  ['another host', ['quay.io'], 'gcr.io/a/b', undefined],
  ['a port must be equal', ['r.io:5000'], 'r.io/a/b', undefined],
  ['also when the key has none', ['r.io'], 'r.io:5000/a/b', undefined],
  ['equal ports', ['r.io:5000'], 'r.io:5000/a/b', 'r.io:5000'],
  ['a scheme does not count', ['https://quay.io'], 'quay.io/a/b', 'https://quay.io'],
  ['nor an API version', ['https://quay.io/v2/'], 'quay.io/a/b', 'https://quay.io/v2/'],
  ['nor one before a path', ['quay.io/v1/team'], 'quay.io/team/b', 'quay.io/v1/team'],
  ['a path', ['quay.io/team'], 'quay.io/team/b', 'quay.io/team'],
  ['another path', ['quay.io/team'], 'quay.io/other/b', undefined],
  ['a path ends anywhere', ['quay.io/te'], 'quay.io/team/b', 'quay.io/te'],
  ['the longest path wins', ['quay.io', 'quay.io/team/b', 'quay.io/team'], 'quay.io/team/b:1', 'quay.io/team/b'],
  ['a path may reach into the tag', ['quay.io/a/b:1'], 'quay.io/a/b:12', 'quay.io/a/b:1'],
  ['a shell pattern for one label', ['*.example.com'], 'r.example.com/a/b', '*.example.com'],
  ['not for two', ['*.example.com'], 'a.r.example.com/a/b', undefined],
  ['nor a host for one that goes on', ['r.example'], 'r.example.com/a/b', undefined],
  ['a pattern that does not fit', ['r??g*.io'], 'registry.io/a/b', undefined],
  ['a pattern that fits', ['re?*y.io'], 'registry.io/a/b', 're?*y.io'],
  ['docker.io for short names', ['docker.io'], 'busybox', 'docker.io'],
  ['a path of docker.io', ['docker.io/library/busybox:latest'], 'busybox', 'docker.io/library/busybox:latest'],
  ["Docker's own key for Docker Hub", ['https://index.docker.io/v1/'], 'team/app:1', 'https://index.docker.io/v1/'],
  ['but docker.io first', ['https://index.docker.io/v1/', 'docker.io'], 'docker.io/team/app', 'docker.io'],
  ["never the host that serves Docker Hub's API", ['registry-1.docker.io'], 'busybox', undefined],
  ['Docker Hub is nobody else', ['https://index.docker.io/v1/'], 'quay.io/a', undefined],
]

for (const [name, keys, image, expected] of matching) {
  test(`keyring: ${name}`, () => {
    assert.equal(createKeyring([servers(...keys)]).find(parseReference(image))[0]?.username, expected)
  })
}

test('of equal keys that of the first secret comes first, a longer key of a later secret before both', () => {
  const one = secret({ 'quay.io': { username: 'one', password: 'p' } })
  const two = secret({ 'quay.io': { username: 'two', password: 'p' }, 'quay.io/b': { username: 'b', password: 'p' } })
  const keyring = createKeyring([one, two])
  const users = (image: string) => keyring.find(parseReference(image)).map(({ username }) => username)
  assert.deepEqual(users('quay.io/a/x'), ['one', 'two'])
  assert.deepEqual(users('quay.io/b/x'), ['b', 'one', 'two'])
})

test('Docker Hub: its own key comes last', () => {
  const keyring = createKeyring([servers('https://index.docker.io/v1/', 'docker.io', 'docker.io/team', 'quay.io')])
  assert.deepEqual(
    keyring.find(parseReference('team/app')).map(({ username }) => username),
    ['docker.io/team', 'docker.io', 'https://index.docker.io/v1/'],
  )
})

test('what the pull secrets of a ServiceAccount give, those of its namespace give, too', () => {
  const host = fc.constantFrom('r.io', 'q.io', '*.io')
  const path = fc.constantFrom('', '/team', '/team/app')
  const server = fc.tuple(host, path).map((parts) => parts.join(''))
  const auths = fc.dictionary(server, fc.record({ username: fc.string(), password: fc.string() }))
  const namespace = fc.array(auths).map((all) => all.map((each, i) => secret(each, `s${i}`)))
  const linked = namespace.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all)))
  fc.assert(
    fc.property(linked, ([all, some]) => {
      const image = parseReference('r.io/team/app:1')
      const own = createKeyring(all).find(image)
      for (const credential of createKeyring(some).find(image))
        assert.ok(own.some((each) => isDeepStrictEqual(each, credential)))
    }),
  )
})

const entries: [string, unknown, { username: string; password: string }][] = [
  ['user name and password', { username: 'u', password: 'p', email: 'e' }, { username: 'u', password: 'p' }],
  ['auth overrides them', { username: 'u', password: 'p', auth: b64('a:b') }, { username: 'a', password: 'b' }],
  ['auth without padding', { auth: b64('a:b').replaceAll('=', '') }, { username: 'a', password: 'b' }],
  [
    'auth in two lines',
    { auth: `${b64('a:b').slice(0, 2)}\n${b64('a:b').slice(2)}\n` },
    { username: 'a', password: 'b' },
  ],
  ['a password with colons', { auth: b64('a:b:c') }, { username: 'a', password: 'b:c' }],
  ['nothing', {}, { username: '', password: '' }],
]
for (const [name, entry, credential] of entries) {
  test(`an entry: ${name}`, () => {
    assert.deepEqual(createKeyring([secret({ 'r.io': entry })]).find(parseReference('r.io/a')), [credential])
  })
}

test('dockercfg is the map itself', () => {
  const data = { '.dockercfg': b64(JSON.stringify({ 'r.io': { username: 'u', password: 'p' } })) }
  const keyring = createKeyring([{ name: 'old', type: 'kubernetes.io/dockercfg', data }])
  assert.equal(keyring.find(parseReference('r.io/a'))[0]?.username, 'u')
})

const S = 'hunter2'
const json = (text: string): PullSecret => ({
  name: 'broken',
  type: 'kubernetes.io/dockerconfigjson',
  data: { '.dockerconfigjson': b64(text) },
})
const broken: [string, PullSecret, RegExp][] = [
  ['no key', { ...json(''), data: { [S]: S } }, /^it has no key \.dockerconfigjson$/],
  ['no JSON', json(`{"auths":{"r.io":{"password":"${S}`), /is not a JSON object$/],
  ['an array', json(`["${S}"]`), /is not a JSON object$/],
  ['auths of another type', json(`{"auths":"${S}"}`), /^auths of key .* is not a JSON object$/],
  ['auth that is no base64', secret({ 'r.io': { auth: `${S}!` } }, 'broken'), /no credential of a registry$/],
  ['auth without a colon', secret({ 'r.io': { auth: b64(S) } }, 'broken'), /no credential of a registry$/],
  ['a password of another type', secret({ 'r.io': { password: [S] } }, 'broken'), /no credential of a registry$/],
  ['a server that is none', secret({ [`http://${S} x`]: {} }, 'broken'), /no credential of a registry$/],
]
for (const [name, bad, message] of broken) {
  test(`a broken secret disables only itself, and tells nothing: ${name}`, () => {
    const problems: string[] = []
    const keyring = createKeyring([bad, servers('r.io')], (secret, text) => problems.push(secret.name, text))
    assert.equal(keyring.find(parseReference('r.io/a'))[0]?.username, 'r.io')
    assert.equal(problems[0], 'broken')
    assert.match(problems[1]!, message)
    assert.ok(!problems.join('').includes(S))
  })
}

test('a pattern of many stars takes no time', () => {
  const key = `${'*a'.repeat(5000)}.io`
  const start = process.cpuUsage().user
  assert.deepEqual(createKeyring([servers(key)]).find(parseReference(`${'a'.repeat(200)}.io/x`)), [])
  assert.ok(process.cpuUsage().user - start < 1_000_000)
})

test('secrets are read, and searched, in linear time', () => {
  const dockercfg = (text: string): PullSecret => ({
    name: 'pull',
    type: 'kubernetes.io/dockercfg',
    data: { '.dockercfg': b64(text) },
  })
  for (const piece of ['[', '{"a":', ' ', '"', '{}'])
    assertLinear(`document of ${piece}`, (text) => createKeyring([dockercfg(text)]), repeated(piece))
  for (const piece of ['a', '/', '.', ':', 'https://', '/v1/', '@', '%', '*', '?', '*a', '\\'])
    assertLinear(
      `server of ${piece}`,
      (text) => createKeyring([servers(text)]).find(parseReference('registry.io/a/b')),
      repeated(piece, '.io'),
    )
  for (const piece of ['a', '=', ' ', '\n', 'YTpi\n', ':'])
    for (const end of ['', '!', '='])
      assertLinear(`auth of ${piece}`, (auth) => createKeyring([secret({ a: { auth } })]), repeated(piece, end))
  const many = (text: string) =>
    createKeyring([servers(...text.split(' ').map((word, i) => `${word}${i}.io`))]).find(parseReference('r.io/a/b'))
  assertLinear('many servers', many, repeated('* '))
})
