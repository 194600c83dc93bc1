// Writing tags: what is answered, and what becomes of the stream.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { causesOf, type ImageApi, imageApi, ROOT } from '../../../test/support/imageApi.ts'
import { digest, istag, tag } from '../../../test/support/imageObjects.ts'
import type { ImageStreamTag } from '../../core/image/types.ts'

const MERGE = { 'content-type': 'application/merge-patch+json' }
const pointer = (name: string) => ({ from: { kind: 'DockerImage', name }, reference: true })
const post = ({ call }: ImageApi, name: string, wanted: object | null, metadata: object = {}) =>
  call('POST', 'imagestreamtags', { metadata: { name, ...metadata }, tag: wanted })

/** Stream `s` with labels and an annotation: spec tag v1, pushed tag v2. */
async function withTags(options: Parameters<typeof imageApi>[0] = {}): Promise<ImageApi> {
  const api = await imageApi(options)
  const metadata = { labels: { team: 'a' }, annotations: { stream: 'yes' } }
  await api.make('s', { tags: [tag('v1', 'x/y', { reference: true, annotations: { note: 'n' } })] }, metadata)
  await api.push('s:v2', 'a')
  return api
}

test('POST makes stream and tag; a second of the name is refused, one that was only pushed is not', async () => {
  const api = await withTags()
  const made = await post(api, 'new:v1', pointer('x/y'))
  assert.equal(made.status, 201)
  const { metadata, spec } = await api.stream('new')
  assert.deepEqual([metadata.generation, spec.tags?.[0]?.generation], [1, 1])
  const again = await post(api, 's:v1', pointer('x/z'))
  assert.deepEqual(
    [again.status, again.body.reason, again.body.message],
    [409, 'AlreadyExists', 'imagestreamtag.image.openshift.io "s:v1" already exists'],
  )
  assert.equal((await post(api, 's:v2', pointer('x/z'))).status, 201)
  assert.deepEqual(
    (await api.stream('s')).spec.tags?.map((t) => t.name),
    ['v1', 'v2'],
  )
})

test('POST takes annotations that stand at tag and object alike', async () => {
  const api = await withTags()
  const annotations = { a: '1' }
  const { status, body } = await post(api, 's:v3', { ...pointer('x/y'), annotations: { a: '2' } }, { annotations })
  assert.deepEqual([status, causesOf(body)[0]?.[0]], [422, 'tag.annotations'])
  assert.equal((await post(api, 's:v3', { ...pointer('x/y'), annotations }, { annotations })).status, 201)
  assert.deepEqual((await api.stream('s')).spec.tags?.[1]?.annotations, annotations)
})

test('PUT answers 201 where the spec tag is new, with its stream or without, and 200 from then on', async () => {
  const { put } = await withTags()
  for (const name of ['s:v3', 's:v2', 'made:v1']) {
    assert.equal((await put(name, pointer('x/y'))).status, 201, name)
    assert.equal((await put(name, pointer('x/y'))).status, 200, name)
  }
})

test('PUT with a version: the current one is needed, and named where it is not', async () => {
  const { put, stream } = await withTags()
  const { resourceVersion } = (await stream('s')).metadata
  const stale = await put('s:v1', pointer('x/z'), { resourceVersion: '1' })
  assert.deepEqual(
    [stale.status, stale.body.message],
    [
      409,
      `Operation cannot be fulfilled on imagestreamtags.image.openshift.io "s:v1": another caller has updated the resource version to ${resourceVersion}`,
    ],
  )
  assert.equal((await put('s:v1', pointer('x/z'), { resourceVersion })).status, 200)
  const none = await put('none:v1', pointer('x/z'), { resourceVersion: '1' })
  assert.deepEqual([none.status, none.body.message], [404, 'imagestreamtags.image.openshift.io "none:v1" not found'])
})

test('of PUTs at the same time, those without a version all succeed, of those with one the first', async () => {
  const { put, stream } = await withTags()
  const { resourceVersion } = (await stream('s')).metadata
  const names = Array.from({ length: 8 }, (_, i) => `s:t${i}`)
  const statuses = async (metadata: object) =>
    (await Promise.all(names.map((name) => put(name, pointer('x/y'), metadata)))).map(({ status }) => status)
  const guarded = await statuses({ resourceVersion })
  assert.equal(guarded.filter((status) => status === 201).length, 1)
  assert.equal(guarded.filter((status) => status === 409).length, names.length - 1)
  assert.ok((await statuses({})).every((status) => status < 300))
  assert.equal((await stream('s')).spec.tags?.length, names.length + 1)
})

test('PUT of null leaves the spec tag as it is, and says so where there is none', async () => {
  const { put, stream } = await withTags()
  const before = (await stream('s')).spec.tags
  assert.equal((await put('s:v1', null, { annotations: { note: 'n' } })).status, 200)
  assert.deepEqual((await stream('s')).spec.tags, before)
  const { status, body } = await put('s:v2', null)
  assert.deepEqual(
    [status, body.message],
    [400, 'imagestreamtag v2 is not a spec tag in imagestream p/s, cannot be updated'],
  )
})

test('PUT takes the annotations of the object for those of the tag, also none; labels must be those of the stream', async () => {
  const { put, stream } = await withTags()
  const annotations = async () => (await stream('s')).spec.tags?.[0]?.annotations
  const wanted = { ...pointer('x/y'), annotations: { ignored: 'yes' } }
  await put('s:v1', wanted, { annotations: { a: '1' }, labels: { team: 'a' } })
  assert.deepEqual(await annotations(), { a: '1' })
  await put('s:v1', null)
  assert.equal(await annotations(), null)
  await put('s:v1', wanted, { annotations: { a: '1' } })
  await put('s:v1', wanted)
  assert.equal(await annotations(), null)
  const { status, body } = await put('s:v1', wanted, { labels: { team: 'b' } })
  assert.deepEqual(
    [status, causesOf(body)],
    [
      422,
      [['metadata', 'FieldValueInvalid', 'Invalid value: "": may not update fields other than metadata.annotations']],
    ],
  )
})

test('PATCH of a tag of a missing stream makes both', async () => {
  const { call, stream } = await withTags()
  const { status } = await call('PATCH', 'imagestreamtags/made:v1', { tag: { name: 'v1', ...pointer('x/y') } }, MERGE)
  assert.equal(status, 201)
  assert.equal((await stream('made')).spec.tags?.[0]?.name, 'v1')
})

test('DELETE takes a tag out of spec and status, and nothing else', async () => {
  const { call, put, stream } = await withTags()
  await put('s:v3', { from: istag('v2') })
  const remove = (name: string, body?: object) => call('DELETE', `imagestreamtags/${name}`, body)
  const { metadata } = await stream('s')
  const guarded = await remove('s:v3', { preconditions: { uid: 'other' } })
  assert.deepEqual(
    [guarded.status, guarded.body.message],
    [
      409,
      'Operation cannot be fulfilled on imagestreamtags.image.openshift.io "s:v3": the UID precondition was not met',
    ],
  )
  const gone = await remove('s:v3', { preconditions: { uid: metadata.uid } })
  assert.deepEqual(gone, { status: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } })
  const left = await stream('s')
  assert.deepEqual([left.spec.tags?.map((t) => t.name), left.status.tags?.map((t) => t.tag)], [['v1'], ['v1', 'v2']])
  assert.equal(left.metadata.generation, metadata.generation! + 1)
  const again = await remove('s:v3')
  assert.deepEqual([again.status, again.body.details?.name], [404, 's:v3'])
  assert.equal((await remove('none:v1')).body.details?.name, 'none')
  for (const name of ['s:v1', 's:v2']) assert.equal((await remove(name)).status, 200)
  const empty = await stream('s')
  assert.deepEqual([empty.spec.tags, empty.status.tags], [undefined, undefined])
  assert.equal((await call('GET', `${ROOT}/images/${digest('a')}`)).status, 200)
})

test('an answer to a write shows no image where the tag has none', async () => {
  const api = await withTags()
  const { body } = await api.put<ImageStreamTag>('s:ref', pointer('x/y'))
  assert.deepEqual([body.generation, body.image.metadata, body.image.dockerImageReference], [0, {}, undefined])
})
