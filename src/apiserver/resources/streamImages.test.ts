// Images of streams, what may be pulled through a stream, and the secrets to do so.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ImageApi, imageApi, ROOT } from '../../../test/support/imageApi.ts'
import { digest, image, REPOSITORY } from '../../../test/support/imageObjects.ts'
import type { ImageStreamImage, ImageStreamLayers } from '../../core/image/types.ts'
import type { KubeObject } from '../../core/machinery/object.ts'

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const INDEX = 'application/vnd.oci.image.index.v1+json'
const layer = { name: digest('1'), size: 10, mediaType: 'layer' }
const single = (id: string) => ({
  dockerImageManifestMediaType: MANIFEST,
  dockerImageLayers: [layer],
  dockerImageMetadata: { Id: digest(id), Size: 12 } as never,
})

/** Stream `s`: v1 on index a with the platform b, over image c. Image d is of no stream. */
async function withImages(): Promise<ImageApi> {
  const api = await imageApi()
  await api.make('s', {}, { annotations: { stream: 'yes' }, labels: { l: 'x' } })
  await api.push('s:v1', 'c', single('3'))
  const platform = { digest: digest('b'), mediaType: MANIFEST, manifestSize: 1, architecture: 'arm64', os: 'linux' }
  await api.push('s:v1', 'a', { dockerImageManifestMediaType: INDEX, dockerImageManifests: [platform] })
  for (const [c, id] of [
    ['b', '2'],
    ['d', '4'],
  ] as const)
    await api.call('POST', `${ROOT}/images`, image(c, single(id)))
  return api
}

const ids: [what: string, id: string, expected: string][] = [
  ['its digest', digest('a'), 'a'],
  ['a prefix of its digest', 'sha256:aaaa', 'a'],
  ['a prefix without algorithm', 'aa', 'a'],
  ['an old digest of the history', digest('c'), 'c'],
  ['the digest of a platform', digest('b'), 'b'],
  ['a prefix of a platform', 'bbbb', 'b'],
]
for (const [what, id, expected] of ids) {
  test(`an image of a stream is found by ${what}, and shown under that name`, async () => {
    const { call } = await withImages()
    const { status, body } = await call<ImageStreamImage>('GET', `imagestreamimages/s@${id}`)
    assert.equal(status, 200)
    const { creationTimestamp } = (await call<KubeObject>('GET', `${ROOT}/images/${digest(expected)}`)).body.metadata
    const annotations = { stream: 'yes' }
    assert.deepEqual(body.metadata, { name: `s@${id}`, namespace: 'p', creationTimestamp, annotations })
    assert.equal(body.image.metadata.name, digest(expected))
    assert.equal(body.image.dockerImageReference, `${REPOSITORY}@${digest(expected)}`)
  })
}

const missing: [what: string, name: string, status: number, message: string][] = [
  ['of no stream', `s@${digest('d')}`, 404, `imagestreamimage.image.openshift.io "s@${digest('d')}" not found`],
  ['that does not exist', 's@ff', 404, 'imagestreamimage.image.openshift.io "s@ff" not found'],
  ['of a missing stream', 'no@aa', 404, 'imagestreamimages.image.openshift.io "no" not found'],
  ['without digest', 's', 400, 'ImageStreamImages must be retrieved with <name>@<id>'],
  ['with two digests', 's@a@b', 400, 'ImageStreamImages must be retrieved with <name>@<id>'],
]
for (const [what, name, code, message] of missing) {
  test(`an image ${what} answers ${code}`, async () => {
    const { call } = await withImages()
    const { status, body } = await call('GET', `imagestreamimages/${name}`)
    assert.deepEqual([status, body.message], [code, message])
  })
}

test('of several images that answer to a prefix, the first by name is taken, unless one is called so', async () => {
  const { call, make, push } = await imageApi()
  await make('s')
  for (const c of ['ab2', 'ab1', 'ab3']) await push('s:v1', c)
  const found = async (id: string) => {
    const { body } = await call<ImageStreamImage>('GET', `imagestreamimages/s@${id}`)
    return body.image.metadata.name
  }
  assert.equal(await found('ab'), digest('ab1'))
  assert.equal(await found(digest('ab3')), digest('ab3'))
})

test('layers: of an index its platforms, of an image layers and configuration, of what is gone that it is missing', async () => {
  const { call, stream } = await withImages()
  const layers = async () => (await call<ImageStreamLayers>('GET', 'imagestreams/s/layers')).body
  const before = await layers()
  assert.deepEqual(before.metadata, (await stream('s')).metadata)
  const of = (config: string) => ({ imageMissing: false, layers: [digest('1')], config: digest(config) })
  assert.deepEqual(before.images, {
    [digest('a')]: { imageMissing: false, layers: null, config: null, manifests: [digest('b')] },
    [digest('b')]: of('2'),
    [digest('c')]: of('3'),
  })
  const config = { size: null, mediaType: 'application/vnd.oci.image.config.v1+json' }
  const manifest = { size: null, mediaType: MANIFEST }
  assert.deepEqual(before.blobs, {
    [digest('1')]: { size: 10, mediaType: 'layer' },
    [digest('2')]: config,
    [digest('3')]: config,
    [digest('a')]: { size: null, mediaType: INDEX },
    [digest('b')]: manifest,
    [digest('c')]: manifest,
  })
  await call('DELETE', `${ROOT}/images/${digest('c')}`)
  const { images, blobs } = await layers()
  assert.deepEqual(images[digest('c')], { imageMissing: true, layers: null, config: null })
  assert.deepEqual(Object.keys(blobs).toSorted(), ['1', '2', 'a', 'b'].map(digest))
  assert.equal((await call('GET', 'imagestreams/no/layers')).status, 404)
})

test('an image whose configuration is not known hides neither itself nor others', async () => {
  const { call, make, push } = await imageApi()
  await make('s')
  await push('s:v1', 'a', { dockerImageManifestMediaType: MANIFEST })
  const { status, body } = await call<ImageStreamLayers>('GET', 'imagestreams/s/layers')
  assert.deepEqual([status, body.images[digest('a')]?.config], [200, null])
  assert.equal((await call('GET', `imagestreamimages/s@${digest('a')}`)).status, 200)
})

test('secrets of the namespace are told even where there is no stream, as a list of the image API', async () => {
  const secret = { name: 'pull', type: 'kubernetes.io/dockercfg' as const, data: { '.dockercfg': 'e30=' } }
  const { call } = await imageApi({ secrets: [secret] })
  const { status, body } = await call<KubeObject & { items: unknown[] }>('GET', 'imagestreams/none/secrets')
  assert.deepEqual([status, body.kind, body.apiVersion], [200, 'SecretList', 'image.openshift.io/v1'])
  assert.deepEqual(body.items, [{ metadata: { name: 'pull', namespace: 'p' }, data: secret.data, type: secret.type }])
})
