import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digest, image, istag, tag } from '../../../test/support/imageObjects.ts'
import type { ImageStream, ImageStreamTag, ImageTag } from '../../core/image/types.ts'
import { at, failure, type Fixture, imageFixture, IMAGES } from './image.fixture.ts'

const IS = at('imagestreams')
const T = at('imagestreamtags')
const IT = at('imagetags')
const named = (name: string) => ({ ...T, name })
const body = (name: string, wanted: object | null, more: object = {}) =>
  ({ kind: 'ImageStreamTag', metadata: { name, ...more }, tag: wanted }) as never
const pointer = (from = 'x/y:1') => ({ from: { kind: 'DockerImage', name: from }, reference: true })

/** Stream `s` with tag v1 on image a. */
async function withImage(): Promise<Fixture> {
  const f = await imageFixture()
  await f.client.create(IMAGES, image('a'))
  await f.client.create(IS, { kind: 'ImageStream', metadata: { name: 's', labels: { team: 'a' } } })
  await f.client.create(at('imagestreammappings'), { metadata: { name: 's' }, image: image('a'), tag: 'v1' } as never)
  return f
}

test('get: names, streams, tags and images that are not there', async () => {
  const { client } = await withImage()
  const get = (name: string) => failure(client.get(named(name)))
  for (const bad of ['s', 's:a:b', 's@sha256:ab'])
    assert.deepEqual(await get(bad), [400, 'BadRequest', 'ImageStreamTags must be retrieved with <name>:<tag>'])
  assert.equal((await get('no:v1'))[2], 'imagestreamtags.image.openshift.io "no" not found')
  assert.equal((await get('s:no'))[2], 'imagestreamtags.image.openshift.io "s:no" not found')
  await client.delete({ ...IMAGES, name: digest('a') })
  assert.equal((await get('s:v1'))[2], `imagestreamtags.image.openshift.io "${digest('a')}" not found`)
})

test('list: by name, label and namespace; tags without image are left out', async () => {
  const { client } = await withImage()
  await client.create(T, body('s:ref', pointer()))
  const names = async (options: object) =>
    (await client.list<ImageStreamTag>(T, options)).items.map((i) => i.metadata.name)
  assert.deepEqual(await names({}), ['s:v1'])
  assert.deepEqual(await names({ fieldSelector: 'metadata.name=s:v1' }), ['s:v1'])
  assert.deepEqual(await names({ fieldSelector: 'metadata.name=s' }), [])
  assert.deepEqual(await names({ fieldSelector: 'metadata.namespace!=p' }), [])
  assert.deepEqual(await names({ labelSelector: 'team=a' }), ['s:v1'])
  assert.deepEqual(await names({ labelSelector: 'team=b' }), [])
  for (const field of ['tag.name', 'constructor'])
    assert.equal((await failure(names({ fieldSelector: `${field}=v1` })))[0], 400)
  assert.equal((await client.list(IT)).items.length, 2)
})

test('create: makes the stream, refuses a second spec tag, takes over a pushed one', async () => {
  const { client } = await withImage()
  await client.create(T, body('new:v1', pointer()))
  assert.equal((await client.get<ImageStream>({ ...IS, name: 'new' })).metadata.generation, 1)
  assert.deepEqual(await failure(client.create(T, body('new:v1', pointer()))), [
    409,
    'AlreadyExists',
    'imagestreamtag.image.openshift.io "new:v1" already exists',
  ])
  const taken = await client.create<ImageStreamTag>(T, body('s:v1', { from: { kind: 'DockerImage', name: 'x/y' } }))
  assert.equal(taken.tag?.name, 'v1')
  assert.equal(taken.image.metadata.name, digest('a'))
})

test('create: bad names and annotations', async () => {
  const { client } = await imageFixture()
  assert.deepEqual(await failure(client.create(T, body('new', pointer()))), [
    400,
    'BadRequest',
    '"new" must be of the form <stream_name>:<tag>',
  ])
  assert.equal((await failure(client.create(T, body('new:a:b', pointer()))))[0], 400)
  assert.equal((await failure(client.create(T, body(':v1', pointer()))))[0], 422)
  assert.equal((await failure(client.create(T, body('a/b:v1', pointer()))))[0], 422)
  const different = body('new:v1', { ...pointer(), annotations: { a: '1' } }, { annotations: { a: '2' } })
  assert.match((await failure(client.create(T, different)))[2], /tag annotations must not be provided or must be equal/)
})

test('put: creates stream and tag, then moves it, blindly', async () => {
  const { client } = await imageFixture()
  const put = (from: string) => client.update<ImageStreamTag>(named('s:v1'), body('s:v1', pointer(from)))
  assert.equal((await put('x/y:1')).tag?.generation, 1)
  assert.equal((await put('x/y:1')).tag?.generation, 1)
  assert.equal((await put('x/y:2')).tag?.generation, 2)
})

test('put with a version: of the stream, or a conflict; none for a stream that does not exist', async () => {
  const { client } = await withImage()
  const wanted = { from: { kind: 'DockerImage', name: 'x/y' } }
  assert.match(
    (await failure(client.update(named('s:v1'), body('s:v1', wanted, { resourceVersion: '1' }))))[2],
    /^Operation cannot be fulfilled on imagestreamtags.image.openshift.io "s:v1": another caller has updated the resource version to \d+$/,
  )
  const { resourceVersion } = (await client.get<ImageStream>({ ...IS, name: 's' })).metadata
  await client.update(named('s:v1'), body('s:v1', wanted, { resourceVersion }))
  assert.equal(
    (await failure(client.update(named('no:v1'), body('no:v1', wanted, { resourceVersion: '1' }))))[2],
    'imagestreamtags.image.openshift.io "no:v1" not found',
  )
})

test('many blind puts at once all land', async () => {
  const { client } = await withImage()
  const names = Array.from({ length: 8 }, (_, i) => `s:t${i}`)
  await Promise.all(names.map((name) => client.update(named(name), body(name, pointer()))))
  const { spec } = await client.get<ImageStream>({ ...IS, name: 's' })
  assert.equal(spec.tags?.length, names.length)
})

test('put without a tag leaves the spec tag, and says so where there is none', async () => {
  const { client } = await withImage()
  assert.deepEqual(await failure(client.update(named('s:v1'), body('s:v1', null))), [
    400,
    'BadRequest',
    'imagestreamtag v1 is not a spec tag in imagestream p/s, cannot be updated',
  ])
  await client.create(T, body('s:v1', pointer()))
  const kept = await client.update<ImageStreamTag>(named('s:v1'), body('s:v1', null, { annotations: { a: 'b' } }))
  assert.deepEqual(kept.tag?.annotations, { a: 'b' })
})

test('patch: annotations reach the tag, labels are refused, a missing stream is made', async () => {
  const { client } = await withImage()
  await client.create(T, body('s:v1', pointer()))
  const patched = await client.patch<ImageStreamTag>(named('s:v1'), 'merge', { metadata: { annotations: { a: 'b' } } })
  assert.deepEqual(patched.tag?.annotations, { a: 'b' })
  assert.match(
    (await failure(client.patch(named('s:v1'), 'merge', { metadata: { labels: { x: 'y' } } })))[2],
    /may not update fields other than metadata.annotations/,
  )
  const made = await client.patch<ImageStreamTag>(named('made:v1'), 'merge', { tag: { name: 'v1', ...pointer() } })
  assert.equal(made.tag?.generation, 1)
})

test('an update that creates needs the right to create', async () => {
  const f = await imageFixture({ allow: (_, q) => q.verb !== 'create' })
  assert.equal((await failure(f.as('editor').update(named('s:v1'), body('s:v1', pointer()))))[0], 403)
})

test('delete: spec and history of one tag; twice is not found; a wrong uid is a conflict', async () => {
  const { client } = await withImage()
  await client.create(T, body('s:v1', pointer()))
  assert.equal((await failure(client.delete(named('s:v1'), { uid: 'other' })))[0], 409)
  assert.deepEqual(await client.delete(named('s:v1')), {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
  })
  assert.equal((await failure(client.delete(named('s:v1'))))[2], 'imagestreamtags.image.openshift.io "s:v1" not found')
  const { spec, status } = await client.get<ImageStream>({ ...IS, name: 's' })
  assert.equal(spec.tags, undefined)
  assert.equal(status.tags, undefined)
  await client.get({ ...IMAGES, name: digest('a') })
})

test('dry run of tags: create, put and delete change nothing', async () => {
  const { client } = await withImage()
  const before = await client.get({ ...IS, name: 's' })
  const dry = { dryRun: true }
  await client.create(T, body('s:x', pointer()), dry)
  await client.update(named('s:y'), body('s:y', pointer()), dry)
  await client.update(named('made:y'), body('made:y', pointer()), dry)
  await client.delete(named('s:v1'), dry)
  assert.deepEqual(await client.get({ ...IS, name: 's' }), before)
  assert.equal((await failure(client.get({ ...IS, name: 'made' })))[0], 404)
})

test('image tags: spec of null keeps the history, and only the spec may change', async () => {
  const { client } = await withImage()
  const it = { ...IT, name: 's:v1' }
  const current = structuredClone(await client.get<ImageTag>(it))
  assert.equal(current.spec, null)
  const spec = tag('v1', istag('other'), { generation: null })
  const withSpec = structuredClone(await client.update<ImageTag>(it, { ...current, spec } as never))
  assert.equal(withSpec.spec?.from?.name, 'other')
  const relabelled = { ...withSpec, metadata: { ...withSpec.metadata, labels: {} } }
  assert.match((await failure(client.update(it, relabelled)))[2], /may not update fields other than spec/)
  const without = await client.update<ImageTag>(it, { ...withSpec, spec: null } as never)
  assert.equal(without.spec, null)
  assert.equal(without.status?.items?.length, 1)
})

test('image tags: creation needs a spec; an update makes stream and tag', async () => {
  const { client } = await imageFixture()
  const of = (spec: object | null) => ({
    kind: 'ImageTag',
    metadata: { name: 's:v1' },
    spec,
    status: null,
    image: null,
  })
  assert.match((await failure(client.create(IT, of(null))))[2], /spec is a required field during creation/)
  assert.match((await failure(client.create(IT, of({ name: 'v2', ...pointer() }))))[2], /must match image tag name/)
  const made = await client.update<ImageTag>({ ...IT, name: 's:v1' }, of(pointer()))
  assert.equal(made.spec?.name, 'v1')
  assert.equal(
    (await failure(client.create(IT, of(pointer()))))[2],
    'imagetags.image.openshift.io "s:v1" already exists',
  )
  await client.delete({ ...IT, name: 's:v1' })
  assert.equal((await failure(client.get({ ...IT, name: 's:v1' })))[0], 404)
  assert.equal(
    (await failure(client.create(IT, { ...of({ name: 'a:b', ...pointer() }), metadata: { name: 's:a:b' } })))[0],
    400,
  )
  assert.match((await failure(client.get({ ...IT, name: 's' })))[2], /ImageTags must be retrieved with <name>:<tag>/)
})
