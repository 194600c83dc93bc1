import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from './digest.ts'
import { INDEX_LIMIT, manifestDigest, parseManifest } from './manifest.ts'
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST, SCHEMA1, SCHEMA1_SIGNED } from './mediaType.ts'

const D = digestOf(Buffer.from('d'))
const descriptor = { mediaType: 't', digest: D, size: 3 }
const image = { schemaVersion: 2, config: descriptor, layers: [descriptor] }
const index = { schemaVersion: 2, manifests: [{ ...descriptor, platform: { architecture: 'arm64', os: 'linux' } }] }
const old = { schemaVersion: 1, fsLayers: [{ blobSum: D }], history: [{ v1Compatibility: '{"id":"x"}' }] }
const parse = (value: unknown, type: string) => parseManifest(Buffer.from(JSON.stringify(value)), type)

for (const type of [DOCKER_MANIFEST, OCI_MANIFEST]) {
  test(`${type} is an image`, () => {
    const expected = { kind: 'image', mediaType: type, config: descriptor, layers: [descriptor] }
    assert.deepEqual(parse({ ...image, mediaType: type }, type), expected)
    assert.deepEqual(parse(image, `${type.toUpperCase()}; charset=utf-8`), expected)
  })
}

for (const type of [DOCKER_LIST, OCI_INDEX]) {
  test(`${type} is an index`, () => {
    const manifests = [{ ...descriptor, platform: { architecture: 'arm64', os: 'linux' } }]
    assert.deepEqual(parse({ ...index, mediaType: type }, type), { kind: 'index', mediaType: type, manifests })
  })
}

test('an entry without a platform has an empty one; a variant is kept', () => {
  const manifests = [descriptor, { ...descriptor, platform: { architecture: 'arm', os: 'linux', variant: 'v7' } }]
  const parsed = parse({ manifests }, OCI_INDEX)
  assert.ok(parsed.kind === 'index')
  assert.deepEqual(
    parsed.manifests.map((m) => m.platform),
    [
      { architecture: '', os: '' },
      { architecture: 'arm', os: 'linux', variant: 'v7' },
    ],
  )
})

const guessed: [string, unknown, string][] = [
  ['its own mediaType', { ...image, mediaType: DOCKER_MANIFEST }, DOCKER_MANIFEST],
  ['layers', image, OCI_MANIFEST],
  ['manifests', index, OCI_INDEX],
  ['fsLayers', old, SCHEMA1_SIGNED],
]
for (const [by, document, type] of guessed) {
  for (const served of ['', 'application/json', 'text/plain; charset=utf-8']) {
    test(`served as "${served}", a manifest is known by ${by}`, () => {
      assert.equal(parse(document, served).mediaType, type)
    })
  }
}

const refused: [string, unknown, string, RegExp][] = [
  ['another type than served', { ...image, mediaType: OCI_MANIFEST }, DOCKER_MANIFEST, /should be '.*v2\+json' not/],
  ['an index with layers', { ...index, layers: [] }, OCI_INDEX, /unexpected field layers/],
  ['an index with a config', { ...index, config: {} }, DOCKER_LIST, /unexpected field config/],
  ['an image with manifests', { ...image, manifests: [] }, OCI_MANIFEST, /unexpected field manifests/],
  ['no config', { layers: [] }, OCI_MANIFEST, /config is not a descriptor/],
  ['no layers', { config: descriptor }, OCI_MANIFEST, /no layers/],
  ['a bad digest', { ...image, layers: [{ digest: 'sha256:1' }] }, OCI_MANIFEST, /layers\[0\] has no valid digest/],
  ['a negative size', { ...image, config: { ...descriptor, size: -1 } }, OCI_MANIFEST, /config has no valid size/],
  [
    'too many entries',
    { manifests: Array.from({ length: INDEX_LIMIT + 1 }, () => descriptor) },
    OCI_INDEX,
    /more than 1000/,
  ],
  ['an array', [], OCI_MANIFEST, /not a JSON object/],
  ['something else', { mediaType: 'application/x' }, 'text/plain', /unsupported manifest media type "application\/x"/],
  ['an empty object', {}, 'application/json', /unsupported manifest media type "application\/json"/],
  ['schema 1 without history', { ...old, history: [], fsLayers: [] }, SCHEMA1, /no history/],
  ['schema 1 of unequal length', { ...old, fsLayers: [] }, SCHEMA1, /length of history/],
  ['schema 1 with broken history', { ...old, history: [{ v1Compatibility: '{' }] }, SCHEMA1, /v1Compatibility/],
  ['schema 1 with null entries', { ...old, fsLayers: [null] }, SCHEMA1, /fsLayers\[0\]/],
]
for (const [what, document, type, message] of refused) {
  test(`refused: ${what}`, () => assert.throws(() => parse(document, type), { name: 'ManifestError', message }))
}

test('what is no JSON is refused in the words of Go', () => {
  const texts: [string, RegExp][] = [
    ['<html>', /^invalid character '<' looking for beginning of value$/],
    ['', /^unexpected end of JSON input$/],
    ['{"a":', /^malformed JSON$/],
  ]
  for (const [text, message] of texts) {
    assert.throws(() => parseManifest(Buffer.from(text), OCI_MANIFEST), { name: 'ManifestError', message })
  }
})

test('the digest of a signed schema 1 manifest leaves the signatures out', () => {
  const payload = JSON.stringify(old, null, 3)
  const formatLength = payload.length - 2
  const header = { formatLength, formatTail: Buffer.from('\n}').toString('base64url'), time: '2020-01-01T00:00:00Z' }
  const signatures = [{ protected: Buffer.from(JSON.stringify(header)).toString('base64url') }]
  const signed = Buffer.from(`${payload.slice(0, formatLength)},"signatures":${JSON.stringify(signatures)}\n}`)
  const manifest = parseManifest(signed, SCHEMA1_SIGNED)
  assert.equal(manifestDigest(manifest, signed), digestOf(Buffer.from(payload)))
  assert.notEqual(manifestDigest(manifest, signed), digestOf(signed))
  const other = Buffer.from(JSON.stringify(image))
  assert.equal(manifestDigest(parseManifest(other, OCI_MANIFEST), other), digestOf(other))
})

for (const broken of [
  {},
  { protected: '!' },
  { protected: Buffer.from('{"formatLength":9e9}').toString('base64url') },
]) {
  test(`a broken signature is refused: ${JSON.stringify(broken)}`, () => {
    assert.throws(() => parse({ ...old, signatures: [broken] }, SCHEMA1_SIGNED), { name: 'ManifestError' })
  })
}
