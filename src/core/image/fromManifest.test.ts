import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../oci/digest.ts'
import { type ImageManifest, type IndexManifest, parseManifest } from '../oci/manifest.ts'
import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../oci/mediaType.ts'
import type { Schema1Manifest } from '../oci/schema1.ts'
import { imageOf, imageOfIndex, imageOfSchema1, schema1Layers } from './fromManifest.ts'

const digest = (seed: string) => digestOf(Buffer.from(seed))
const json = (value: unknown) => Buffer.from(JSON.stringify(value))

function fixture(config: unknown, layers: [string, number][] = [['a', 10]], mediaType = DOCKER_MANIFEST) {
  const blob = json(config)
  const bytes = json({
    schemaVersion: 2,
    mediaType,
    config: { mediaType: 'c', digest: digestOf(blob), size: blob.length },
    layers: layers.map(([seed, size]) => ({
      mediaType: 'l',
      digest: seed === 'config' ? digestOf(blob) : digest(seed),
      size,
    })),
  })
  const source = { digest: digestOf(bytes), reference: `r.io/app@${digestOf(bytes)}`, bytes }
  return { blob, source, image: imageOf(source, parseManifest(bytes, mediaType) as ImageManifest, blob) }
}

test('an image of one platform', () => {
  const config = {
    architecture: 'arm64',
    os: 'linux',
    variant: 'v8',
    created: '2020-01-02T03:04:05.678901234Z',
    author: 'me',
    config: {
      Env: ['PATH=/bin'],
      Entrypoint: ['/run'],
      ExposedPorts: { '80/tcp': { x: 1 } },
      Volumes: {},
      Labels: { a: 'b' },
      User: '',
      ArgsEscaped: true,
      StopSignal: 'SIGTERM',
    },
    container_config: { Hostname: 'h', Tty: true },
    rootfs: {},
    history: [],
  }
  const { blob, source, image } = fixture(
    config,
    [
      ['a', 10],
      ['b', 20],
      ['a', 10],
    ],
    OCI_MANIFEST,
  )
  const layer = (seed: string, size: number) => ({ name: digest(seed), size, mediaType: 'l' })
  assert.deepEqual(image, {
    metadata: { name: source.digest, annotations: { 'image.openshift.io/dockerLayersOrder': 'ascending' } },
    dockerImageReference: source.reference,
    dockerImageMetadata: {
      kind: 'DockerImage',
      apiVersion: 'image.openshift.io/1.0',
      Id: digestOf(blob),
      Created: '2020-01-02T03:04:05Z',
      ContainerConfig: { Hostname: 'h', Tty: true },
      Author: 'me',
      Config: { ExposedPorts: { '80/tcp': {} }, Env: ['PATH=/bin'], Entrypoint: ['/run'], Labels: { a: 'b' } },
      Architecture: 'arm64',
      Size: blob.length + 30,
    },
    dockerImageMetadataVersion: '1.0',
    dockerImageManifest: source.bytes.toString(),
    dockerImageLayers: [layer('a', 10), layer('b', 20), layer('a', 10)],
    dockerImageManifestMediaType: OCI_MANIFEST,
    dockerImageConfig: blob.toString(),
  })
})

test('the configuration does not count twice when it is also a layer', () => {
  const { blob, image } = fixture({}, [
    ['config', 99],
    ['b', 20],
  ])
  assert.equal(image.dockerImageMetadata?.Size, blob.length + 20)
})

test('keys of the configuration are found in any case', () => {
  const { image } = fixture({ Architecture: 'ppc64le', CONFIG: { env: ['A=b'], Cmd: ['x'], cmd: ['y'] } })
  assert.equal(image.dockerImageMetadata?.Architecture, 'ppc64le')
  assert.deepEqual(image.dockerImageMetadata?.Config, { Env: ['A=b'], Cmd: ['x'] })
})

const times: [unknown, string | null][] = [
  ['2020-01-02T03:04:05+02:00', '2020-01-02T01:04:05Z'],
  ['0001-01-01T00:00:00Z', null],
  [undefined, null],
  ['yesterday', null],
  [12, null],
]
for (const [created, expected] of times) {
  test(`created ${JSON.stringify(created)} is ${expected}`, () => {
    assert.equal(fixture({ created }).image.dockerImageMetadata?.Created, expected)
  })
}

test('an empty configuration of the container is kept, an absent one is not', () => {
  assert.deepEqual(fixture({ config: {} }).image.dockerImageMetadata?.Config, {})
  assert.ok(!('Config' in (fixture({ config: null }).image.dockerImageMetadata ?? {})))
})

const wrong: [string, unknown][] = [
  ['field Env', { config: { Env: 'A=b' } }],
  ['field Cmd', { config: { Cmd: [1] } }],
  ['field Labels', { config: { Labels: { a: 1 } } }],
  ['field Tty', { config: { Tty: 'yes' } }],
  ['field Memory', { config: { Memory: 1.5 } }],
  ['field Volumes', { config: { Volumes: [] } }],
  ['field author', { author: {} }],
  ['not a JSON object', []],
]
for (const [message, config] of wrong) {
  test(`a configuration is refused: ${message}`, () => {
    assert.throws(() => fixture(config), { name: 'ManifestError', message: new RegExp(message) })
  })
}

test('a configuration that is no JSON is refused without quoting it', () => {
  const manifest = { kind: 'image', mediaType: '', config: { mediaType: '', digest: digest('c'), size: 1 }, layers: [] }
  const source = { digest: 'd', reference: 'r', bytes: Buffer.from('') }
  assert.throws(() => imageOf(source, manifest as ImageManifest, Buffer.from('<html>secret')), {
    message: "image configuration: invalid character '<' looking for beginning of value",
  })
})

test('an index: every platform, created now, no layers and no raw manifest', () => {
  const manifest: IndexManifest = {
    kind: 'index',
    mediaType: OCI_INDEX,
    manifests: [
      { mediaType: 'm', digest: digest('1'), size: 7, platform: { architecture: 'arm64', os: 'linux', variant: 'v8' } },
      { mediaType: 'm', digest: digest('2'), size: 8, platform: { architecture: '', os: '' } },
    ],
  }
  const source = { digest: digest('i'), reference: 'r.io/a@x', bytes: Buffer.from('raw') }
  assert.deepEqual(imageOfIndex(source, manifest, new Date('2026-01-02T03:04:05.9Z')), {
    metadata: { name: source.digest },
    dockerImageReference: 'r.io/a@x',
    dockerImageMetadata: {
      kind: 'DockerImage',
      apiVersion: 'image.openshift.io/1.0',
      Id: source.digest,
      Created: '2026-01-02T03:04:05Z',
      ContainerConfig: {},
    },
    dockerImageMetadataVersion: '1.0',
    dockerImageManifestMediaType: OCI_INDEX,
    dockerImageManifests: [
      { digest: digest('1'), mediaType: 'm', manifestSize: 7, architecture: 'arm64', os: 'linux', variant: 'v8' },
      { digest: digest('2'), mediaType: 'm', manifestSize: 8, architecture: '', os: '' },
    ],
  })
})

test('schema 1: layers base first, sizes from history or from outside', () => {
  const manifest: Schema1Manifest = {
    kind: 'schema1',
    mediaType: 'x',
    layers: [digest('new'), digest('base')],
    history: [
      { id: 'abc', created: '2020-01-02T03:04:05Z', architecture: 'amd64', config: { Cmd: ['c'] } },
      { Size: 5 },
    ],
    payload: Buffer.from(''),
  }
  assert.deepEqual(
    schema1Layers(manifest).map((layer) => [layer.name, layer.size]),
    [
      [digest('base'), 5],
      [digest('new'), 0],
    ],
  )
  const source = { digest: digest('m'), reference: 'r', bytes: Buffer.from('raw') }
  const image = imageOfSchema1(source, manifest, new Map([[digest('new'), 30]]))
  assert.equal(image.dockerImageMetadata?.Id, 'abc')
  assert.equal(image.dockerImageMetadata?.Size, 35)
  assert.deepEqual(image.dockerImageMetadata?.Config, { Cmd: ['c'] })
  assert.equal(image.dockerImageManifestMediaType, 'application/vnd.docker.distribution.manifest.v1+json')
  assert.equal(image.dockerImageLayers?.[1]?.size, 30)
})
