// Limits of a namespace, on every way into a stream.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digest, event, image, tag } from '../../../test/support/imageObjects.ts'
import type { ImageStream } from '../../core/image/types.ts'
import { at, failure, imageFixture, SUCCESS } from './image.fixture.ts'

const IS = at('imagestreams')
const ISM = at('imagestreammappings')
const ISI = at('imagestreamimports')
const limits = (max: Record<string, string>) => [{ type: 'openshift.io/ImageStream', max }]
const tooMany = (what: string, numbers: string) =>
  `ImageStream.image.openshift.io "s" is forbidden: requested usage of ${what} exceeds the maximum limit per openshift.io/ImageStream (${numbers})`
const imported = (name: string, c: string) => ({
  metadata: { name: 's' },
  spec: { import: true, images: [{ from: { kind: 'DockerImage', name }, to: { name: c } }] },
  status: {},
})
const mapping = (c: string, size: number) => ({
  metadata: { name: 's' },
  image: image(c, { dockerImageMetadata: { Size: size } as never }),
  tag: c,
})

test('a large image cannot be pushed, but imported', async () => {
  const f = await imageFixture({ limits: [{ type: 'openshift.io/Image', max: { storage: '1Ki' } }] })
  await f.client.create(IS, { metadata: { name: 's' } })
  await f.client.create(ISM, mapping('a', 1024))
  assert.deepEqual(await failure(f.client.create(ISM, mapping('b', 2048))), [
    403,
    'Forbidden',
    'imagestreammappings.image.openshift.io "s" is forbidden: requested usage of storage exceeds the maximum limit per openshift.io/Image (2Ki > 1Ki)',
  ])
  const { image: big } = mapping('b', 2048)
  f.registry.set('q.io/a/big:1', { status: SUCCESS, image: big })
  await f.client.create(ISI, imported('q.io/a/big:1', 'b'))
  const { status } = await f.client.get<ImageStream>({ ...IS, name: 's' })
  assert.deepEqual(
    status.tags?.map((t) => t.items?.[0]?.image),
    [digest('a'), digest('b')],
  )
  await f.client.create(at('imagestreams', 'q'), { metadata: { name: 's' } })
  await f.client.create(at('imagestreammappings', 'q'), mapping('c', 2048))
})

test('more sources than allowed are refused on every path, and what is there can be changed', async () => {
  const f = await imageFixture({ limits: limits({ 'openshift.io/image-tags': '1' }) })
  const inner = tooMany('openshift.io/image-tags', '2 > 1')
  const expected = [422, 'Invalid', `ImageStream.image.openshift.io "s" is invalid: []: Internal error: ${inner}`]
  const two = [tag('a', 'q.io/a/b:1'), tag('b', 'q.io/a/b:2')]
  const put = (spec: object) => f.client.create(IS, { metadata: { name: 's' }, spec } as never)
  assert.deepEqual(await failure(put({ tags: two })), expected)
  await put({ tags: [two[0], tag('same', 'q.io/a/b:1')] })
  const patch = (spec: object) => f.client.patch({ ...IS, name: 's' }, 'merge', { spec })
  assert.deepEqual(await failure(patch({ tags: two })), expected)
  const added = { metadata: { name: 's:b' }, tag: two[1] }
  assert.deepEqual(await failure(f.client.create(at('imagestreamtags'), added as never)), expected)
  await patch({ lookupPolicy: { local: true } })
  await patch({ tags: [two[0]] })
})

test('more images than allowed are refused for imports, which say so at the tag, pushes and writes of the status', async () => {
  const f = await imageFixture({ limits: limits({ 'openshift.io/images': '1' }) })
  await f.client.create(IS, { metadata: { name: 's' } })
  await f.client.create(ISM, mapping('a', 1))
  const inner = tooMany('openshift.io/images', '2 > 1')
  const invalid = 'ImageStream.image.openshift.io "s" is invalid'
  const status = [422, 'Invalid', `${invalid}: imageStream: Forbidden: ${inner}`]
  assert.deepEqual(await failure(f.client.create(ISM, mapping('b', 1))), status)
  const stream = await f.client.get<ImageStream>({ ...IS, name: 's' })
  const more = { ...stream, status: { ...stream.status, tags: [{ tag: 'x', items: [event('a'), event('b')] }] } }
  assert.deepEqual(await failure(f.client.update({ ...IS, name: 's', subresource: 'status' }, more)), status)
  f.registry.set('q.io/a/b:1', { status: SUCCESS, image: image('c') })
  assert.deepEqual(await failure(f.client.create(ISI, imported('q.io/a/b:1', 'c'))), [
    422,
    'Invalid',
    `${invalid}: []: Internal error: ${inner}`,
  ])
  const after = await f.client.get<ImageStream>({ ...IS, name: 's' })
  assert.deepEqual([after.spec, after.metadata.generation], [stream.spec, stream.metadata.generation])
  const [before, refused] = after.status.tags ?? []
  assert.deepEqual(before, stream.status.tags?.[0])
  const message = `${invalid}: []: Internal error: ${inner}`
  assert.equal(refused?.tag, 'c')
  assert.partialDeepStrictEqual(refused.conditions, [{ status: 'False', reason: 'Invalid', message, generation: 2 }])
})
