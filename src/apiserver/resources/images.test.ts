// images, imagestreamimages, imagestreammappings, imagesignatures, and the subresources of streams.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digest, image, istag, tag } from '../../../test/support/imageObjects.ts'
import type { Image, ImageStream, ImageStreamImage, ImageStreamLayers } from '../../core/image/types.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { at, failure, imageFixture, IMAGES } from './image.fixture.ts'

const IS = at('imagestreams')
const ISM = at('imagestreammappings')
const SIGNATURES = { resource: { ...IMAGES.resource, plural: 'imagesignatures' } }
const mapping = (stream: string, c: string, tagName: string, more: Partial<Image> = {}) =>
  ({ metadata: { name: stream }, image: image(c, more), tag: tagName }) as never
const managed = { metadata: { name: digest('a'), annotations: { 'openshift.io/image.managed': 'true' } } }
const newest = async (f: Awaited<ReturnType<typeof imageFixture>>, name: string) =>
  (await f.client.get<ImageStream>({ ...IS, name })).status.tags?.[0]?.items?.[0]

test('an image: metadata in a fixed shape; unknown versions are refused', async () => {
  const { client } = await imageFixture()
  const stored = await client.create<Image>(IMAGES, image('a', { dockerImageMetadata: { Id: 'x', Bogus: 1 } as never }))
  assert.deepEqual(stored.dockerImageMetadata, {
    kind: 'DockerImage',
    apiVersion: 'image.openshift.io/1.0',
    Id: 'x',
    Created: null,
    ContainerConfig: {},
  })
  assert.equal((await failure(client.create(IMAGES, image('b', { dockerImageMetadataVersion: '9' }))))[0], 400)
  assert.equal((await failure(client.create(IMAGES, { metadata: { name: 'x' } })))[0], 422)
  const patched = await client.patch<Image>({ ...IMAGES, name: digest('a') }, 'merge', {
    dockerImageMetadata: { Id: 'y' },
    dockerImageReference: 'x/other',
  })
  assert.equal(patched.dockerImageMetadata?.Id, 'x')
  assert.equal(patched.dockerImageReference, 'x/other')
})

test('a mapping of a missing stream makes nothing', async () => {
  const { client } = await imageFixture()
  assert.deepEqual(await failure(client.create(ISM, mapping('m', 'a', 'v1'))), [
    404,
    'NotFound',
    'imagestreammappings.image.openshift.io "m" not found',
  ])
  assert.equal((await failure(client.get({ ...IMAGES, name: digest('a') })))[0], 404)
})

test('a mapping makes the image and the event, and followers follow', async () => {
  const f = await imageFixture()
  await f.client.create(IS, {
    metadata: { name: 'm' },
    spec: { tags: [tag('follow', istag('v1'))] },
  } as never)
  assert.equal(((await f.client.create(ISM, mapping('m', 'a', 'v1'))) as { code?: number }).code, 201)
  const { metadata, status } = await f.client.get<ImageStream>({ ...IS, name: 'm' })
  assert.equal(metadata.generation, 1)
  assert.deepEqual(
    status.tags?.map((t) => [t.tag, t.items?.[0]?.image]),
    [
      ['follow', digest('a')],
      ['v1', digest('a')],
    ],
  )
  await f.client.create(ISM, mapping('m', 'a', 'v1'))
  assert.equal((await f.client.get({ ...IS, name: 'm' })).metadata.resourceVersion, metadata.resourceVersion)
})

test('a managed image that is known is pulled through the stream that it is mapped into', async () => {
  const f = await imageFixture({ config: { internalRegistryHostname: 'reg:5000' } })
  for (const name of ['m', 'n']) await f.client.create(IS, { metadata: { name } })
  const { dockerImageReference: _, ...bare } = image('a', managed)
  await f.client.create(ISM, { metadata: { name: 'm' }, image: bare, tag: 'v1' } as never)
  assert.equal((await newest(f, 'm'))?.dockerImageReference, `reg:5000/p/m@${digest('a')}`)
  await f.client.create(ISM, mapping('n', 'a', 'v1', managed))
  assert.equal((await newest(f, 'n'))?.dockerImageReference, `reg:5000/p/n@${digest('a')}`)
})

test('a mapping without tag or reference is invalid', async () => {
  const { client } = await imageFixture()
  await client.create(IS, { metadata: { name: 'm' } })
  const broken = { metadata: { name: 'm' }, image: { metadata: { name: digest('a') } }, tag: '' }
  const [code, , message] = await failure(client.create(ISM, broken))
  assert.equal(code, 422)
  assert.match(message, /tag: Required value, image\.dockerImageReference: Required value/)
})

test('a dry run of a mapping stores nothing', async () => {
  const f = await imageFixture()
  await f.client.create(IS, { metadata: { name: 'm' } })
  await f.client.create(ISM, mapping('m', 'a', 'v1'), { dryRun: true })
  assert.equal(await newest(f, 'm'), undefined)
  assert.equal((await failure(f.client.get({ ...IMAGES, name: digest('a') })))[0], 404)
})

test('an image of a stream: by digest, by prefix, as a platform of a list', async () => {
  const { client } = await imageFixture()
  const platform = { digest: digest('b'), mediaType: 'a/b', manifestSize: 1, architecture: 'arm64', os: 'linux' }
  await client.create(IS, { metadata: { name: 'm' } })
  await client.create(ISM, mapping('m', 'a', 'v1', { dockerImageManifests: [platform] }))
  const get = (id: string) => client.get<ImageStreamImage>({ ...at('imagestreamimages'), name: id })
  assert.equal(
    (await failure(get('m@sha256:b')))[2],
    'imagestreamimages.image.openshift.io "' + digest('b') + '" not found',
  )
  await client.create(IMAGES, image('b'))
  await client.create(IMAGES, image('c'))
  for (const [id, expected] of [
    [digest('a'), 'a'],
    ['sha256:aa', 'a'],
    ['aaaa', 'a'],
    ['bb', 'b'],
  ]) {
    const found = await get(`m@${id}`)
    assert.equal(found.metadata.name, `m@${id}`)
    assert.equal(found.image.metadata.name, digest(expected!))
  }
  assert.equal((await failure(get('m@cc')))[2], 'imagestreamimage.image.openshift.io "m@cc" not found')
  assert.equal((await failure(get('m')))[2], 'ImageStreamImages must be retrieved with <name>@<id>')
  const layers = await client.get<ImageStreamLayers>({ ...IS, name: 'm', subresource: 'layers' })
  assert.deepEqual(Object.keys(layers.images).toSorted(), [digest('a'), digest('b')])
})

test('secrets of the namespace are told even where there is no stream', async () => {
  const secret = { name: 'pull', type: 'kubernetes.io/dockercfg' as const, data: { '.dockercfg': 'e30=' } }
  const { client } = await imageFixture({ secrets: [secret] })
  const list = await client.get<KubeObject & { items: unknown[] }>({ ...IS, name: 'none', subresource: 'secrets' })
  assert.deepEqual(list.items, [{ metadata: { name: 'pull', namespace: 'p' }, data: secret.data, type: secret.type }])
  assert.deepEqual([list.kind, list.apiVersion], ['SecretList', 'image.openshift.io/v1'])
})

test('signatures live in their image, once each', async () => {
  const { client } = await imageFixture()
  await client.create(IMAGES, image('a'))
  const name = `${digest('a')}@one`
  const signature = (n: string, more: object = {}) =>
    ({ metadata: { name: n }, type: 'AtomicImageV1', content: 'c2ln', ...more }) as never
  const stored = await client.create(SIGNATURES, signature(name, { imageIdentity: 'forged', content: 'c2ln' }))
  assert.equal('imageIdentity' in stored, false)
  const { signatures } = await client.get<Image>({ ...IMAGES, name: digest('a') })
  assert.deepEqual(
    signatures?.map((s) => s.metadata.name),
    [name],
  )
  const again = 'imageSignatures.image.openshift.io'
  assert.equal((await failure(client.create(SIGNATURES, signature(name))))[2], `${again} "${name}" already exists`)
  const copy = `${digest('a')}@two`
  assert.equal((await failure(client.create(SIGNATURES, signature(copy))))[2], `${again} "${copy}" already exists`)
  assert.equal((await failure(client.create(SIGNATURES, signature('plain'))))[0], 422)
  assert.equal((await failure(client.create(SIGNATURES, signature(`${digest('f')}@x`))))[0], 404)
  await client.delete({ ...SIGNATURES, name })
  assert.equal((await failure(client.delete({ ...SIGNATURES, name })))[2], `${again} "${name}" not found`)
  assert.equal((await failure(client.delete({ ...SIGNATURES, name: 'plain' })))[0], 400)
})
