import assert from 'node:assert/strict'
import { test } from 'node:test'
import { causesOf, imageApi, ROOT } from '../../../test/support/imageApi.ts'
import { digest, image } from '../../../test/support/imageObjects.ts'
import type { Image } from '../../core/image/types.ts'
import { digestOf } from '../../core/oci/digest.ts'

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
const config = JSON.stringify({ architecture: 'arm64', os: 'linux' })
const layers = ['1', '2'].map((c) => ({ mediaType: 'layer', digest: digest(c), size: 10 }))
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: MANIFEST,
  config: { mediaType: 'c', digest: digestOf(Buffer.from(config)), size: config.length },
  layers,
})
const NAME = digestOf(Buffer.from(manifest))
/** An image as a registry tells of it. */
const raw = (annotations: Record<string, string> = {}): Image => ({
  metadata: { name: NAME, annotations },
  dockerImageReference: `x/y@${NAME}`,
  dockerImageManifest: manifest,
  dockerImageConfig: config,
  dockerImageManifestMediaType: MANIFEST,
})
const IMAGES = `${ROOT}/images`
const ONE = `${IMAGES}/${NAME}`
const kept = [
  { name: digest('1'), size: 10, mediaType: 'layer' },
  { name: digest('2'), size: 10, mediaType: 'layer' },
]

test('an image needs a reference, and has platforms or layers', async () => {
  const { call } = await imageApi()
  const platform = { digest: digest('b'), mediaType: 'a/b', manifestSize: 1, architecture: 'arm64', os: 'linux' }
  const both = image('a', { dockerImageManifests: [platform], dockerImageLayers: kept })
  for (const [body, field] of [
    [{ metadata: { name: 'x' } }, 'dockerImageReference'],
    [both, 'dockerImageLayers'],
  ] as const) {
    const said = await call('POST', IMAGES, body)
    assert.equal(said.status, 422)
    assert.deepEqual(
      causesOf(said.body).map(([f]) => f),
      [field],
    )
  }
})

test('metadata and layers are derived from the manifest, which stays, unless the registry keeps it', async () => {
  for (const stored of [false, true]) {
    const { call } = await imageApi()
    const annotations: Record<string, string> = stored ? { 'image.openshift.io/manifestBlobStored': 'true' } : {}
    assert.equal((await call('POST', IMAGES, raw(annotations))).status, 201)
    const { body } = await call<Image>('GET', ONE)
    assert.deepEqual(
      [body.dockerImageManifest, body.dockerImageConfig],
      stored ? [undefined, undefined] : [manifest, config],
    )
    assert.equal(body.dockerImageMetadata?.Architecture, 'arm64')
    assert.equal(body.dockerImageMetadata?.Size, config.length + 20)
    assert.deepEqual(body.dockerImageLayers, kept)
    assert.equal(body.metadata.annotations?.['image.openshift.io/dockerLayersOrder'], 'ascending')
  }
})

test('an update changes reference and labels; metadata, layers and a manifest of another digest are put back', async () => {
  const { call } = await imageApi()
  await call('POST', IMAGES, raw())
  const { body: before } = await call<Image>('GET', ONE)
  const next = structuredClone(before)
  next.dockerImageMetadata = { ...next.dockerImageMetadata!, Architecture: 's390x' }
  next.dockerImageLayers = kept.toReversed()
  next.dockerImageManifest = manifest.replace('"schemaVersion":2', '"schemaVersion": 2')
  next.dockerImageReference = 'x/other'
  next.metadata.labels = { l: 'x' }
  const { status, body } = await call<Image>('PUT', ONE, next)
  assert.equal(status, 200)
  for (const key of ['dockerImageMetadata', 'dockerImageLayers', 'dockerImageManifest', 'dockerImageConfig'] as const)
    assert.deepEqual(body[key], before[key], key)
  assert.deepEqual([body.dockerImageReference, body.metadata.labels], ['x/other', { l: 'x' }])
  delete body.dockerImageManifest
  delete body.dockerImageConfig
  const emptied = (await call<Image>('PUT', ONE, body)).body
  assert.deepEqual([emptied.dockerImageManifest, emptied.dockerImageConfig], [undefined, undefined])
  assert.deepEqual(emptied.dockerImageLayers, kept)
})

test('metadata of a version that nobody knows is a bad request', async () => {
  const { call } = await imageApi()
  const { status, body } = await call('POST', IMAGES, image('b', { dockerImageMetadataVersion: '9' }))
  assert.deepEqual([status, body.reason], [400, 'BadRequest'])
})

test('an image can be deleted while streams refer to it', async () => {
  const { call, make, push } = await imageApi()
  await make('s')
  await push('s:v1', 'a')
  const { status, body } = await call('DELETE', `${IMAGES}/${digest('a')}`)
  assert.deepEqual([status, body.details?.kind, body.details?.name], [200, 'images', digest('a')])
})
