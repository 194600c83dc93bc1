import assert from 'node:assert/strict'
import { test } from 'node:test'
import { image } from '../../../test/support/imageObjects.ts'
import type { ImageStreamTag } from '../../core/image/types.ts'
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

test('create: a tag that could never be read again is refused', async () => {
  const { client } = await imageFixture()
  for (const [name, why] of [
    ['s:a:b', /more than one colon/],
    ['s:a@b', /has an @, which is for images/],
    ['s@a:b', /has an @, which is for images/],
  ] as const) {
    const [code, , message] = await failure(client.create(T, body(name, pointer())))
    assert.equal(code, 400)
    assert.match(message, why)
  }
})

test('put: creates stream and tag, then moves it, blindly', async () => {
  const { client } = await imageFixture()
  const put = (from: string) => client.update<ImageStreamTag>(named('s:v1'), body('s:v1', pointer(from)))
  assert.equal((await put('x/y:1')).tag?.generation, 1)
  assert.equal((await put('x/y:1')).tag?.generation, 1)
  assert.equal((await put('x/y:2')).tag?.generation, 2)
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
