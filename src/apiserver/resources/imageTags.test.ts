import assert from 'node:assert/strict'
import { test } from 'node:test'
import { causesOf, type ImageApi, imageApi } from '../../../test/support/imageApi.ts'
import { digest, istag, tag } from '../../../test/support/imageObjects.ts'
import type { ImageTag } from '../../core/image/types.ts'

const pointer = (name: string) => ({ from: { kind: 'DockerImage', name }, reference: true })
const itag = (name: string, spec: object | null, more: object = {}) => ({
  metadata: { name },
  spec,
  status: null,
  image: null,
  ...more,
})

/** Stream `s`: `both` in spec and status, `spec` and `status` where they say. */
async function withTags(metadata: object = {}): Promise<ImageApi> {
  const api = await imageApi()
  const tags = [tag('both', istag('status')), tag('spec', 'x/y', { annotations: { note: 'n' } })]
  await api.make('s', { tags }, metadata)
  await api.push('s:status', 'a')
  return api
}
const get = async ({ call }: ImageApi, name: string) => await call<ImageTag>('GET', `imagetags/${name}`)

test('there is an image tag for every tag in spec or status, with the metadata of the stream but for owners of fields', async () => {
  const api = await withTags({ labels: { l: 'x' }, annotations: { stream: 'yes' } })
  const {
    metadata: { managedFields: _, ...metadata },
    spec,
    status,
  } = await api.stream('s')
  const has = async (name: string) => {
    const { body } = await get(api, `s:${name}`)
    assert.deepEqual(body.metadata, { ...metadata, name: `s:${name}` })
    return [body.spec, body.status, body.image?.metadata.name ?? null]
  }
  const tagOf = (name: string) => spec.tags?.find((t) => t.name === name)
  const historyOf = (name: string) => status.tags?.find((t) => t.tag === name)
  assert.deepEqual(await has('spec'), [tagOf('spec'), null, null])
  assert.deepEqual(await has('status'), [null, historyOf('status'), digest('a')])
  assert.deepEqual(await has('both'), [tagOf('both'), historyOf('both'), digest('a')])
})

test('names that are none, and tags that are nowhere', async () => {
  const api = await withTags()
  const said = async (name: string) => {
    const { status, body } = await get(api, name)
    return [status, (body as { message?: string }).message]
  }
  for (const name of ['s', 's:a:b', 's@x'])
    assert.deepEqual(await said(name), [400, 'ImageTags must be retrieved with <name>:<tag>'])
  assert.deepEqual(await said('s:no'), [404, 'imagetags.image.openshift.io "s:no" not found'])
  assert.deepEqual(await said('no:v1'), [404, 'imagetags.image.openshift.io "no" not found'])
})

test('creation needs a spec of the own name, which may be left out, and a spec tag that is new', async () => {
  const { call, stream } = await withTags()
  const post = async (name: string, spec: object | null) => await call('POST', 'imagetags', itag(name, spec))
  assert.deepEqual(causesOf((await post('s:new', null)).body)[0]?.[0], 'spec')
  assert.deepEqual(causesOf((await post('s:new', { name: 'other', ...pointer('x/y') })).body)[0]?.[0], 'spec.name')
  assert.equal((await post('s:new', pointer('x/y'))).status, 201)
  assert.equal((await post('made:v1', pointer('x/y'))).status, 201)
  assert.equal((await stream('made')).metadata.generation, 1)
  const taken = await post('s:spec', pointer('x/y'))
  assert.deepEqual([taken.status, taken.body.message], [409, 'imagetags.image.openshift.io "s:spec" already exists'])
  assert.equal((await post('s:status', pointer('x/y'))).status, 201)
  assert.equal((await post('s:a:b', { ...pointer('x/y'), name: 'a:b' })).status, 400)
})

test('an update changes the spec and nothing else; bookkeeping of the server may differ', async () => {
  const api = await withTags({ labels: { l: 'x' } })
  const { body: current } = await get(api, 's:spec')
  const put = async (change: (t: ImageTag) => unknown) => {
    const next = structuredClone(current)
    delete next.metadata.resourceVersion
    change(next)
    const { status, body } = await api.call('PUT', 'imagetags/s:spec', next)
    return [status, causesOf(body).map(([field]) => field)]
  }
  assert.deepEqual(await put((t) => (t.metadata.labels = { l: 'y' })), [422, ['metadata']])
  assert.deepEqual(await put((t) => (t.status = { tag: 'spec', items: null })), [422, ['status']])
  assert.deepEqual(await put((t) => (t.spec!.name = 'other')), [422, ['spec.name']])
  // Whoever kept a tag of OpenShift has owners of the stream's fields in it.
  assert.equal(current.metadata.managedFields, undefined)
  assert.ok((await api.stream('s')).metadata.managedFields)
  const managedFields = [{ manager: 'x', operation: 'Update' as const, fieldsV1: { 'f:spec': {} } }]
  assert.deepEqual(await put((t) => (t.metadata.managedFields = managedFields)), [200, []])
  assert.equal((await get(api, 's:spec')).body.metadata.managedFields, undefined)
  assert.deepEqual(await put((t) => delete t.metadata.creationTimestamp), [200, []])
  assert.deepEqual(await put((t) => (t.spec!.from!.name = 'x/z')), [200, []])
  assert.equal((await get(api, 's:spec')).body.spec?.from?.name, 'x/z')
})

test('an update makes stream and tag; a spec of null removes the spec tag alone', async () => {
  const api = await withTags()
  const put = async (name: string, spec: object | null, more: object = {}) =>
    (await api.call('PUT', `imagetags/${name}`, itag(name, spec, more))).status
  assert.equal(await put('made:v1', pointer('x/y')), 201)
  assert.equal(await put('s:new', { name: 'new', ...pointer('x/y') }), 201)
  const { body: both } = await get(api, 's:both')
  assert.equal(await put('s:both', null, { metadata: both.metadata, status: both.status }), 200)
  const { spec, status } = await api.stream('s')
  assert.deepEqual(
    [spec.tags?.map((t) => t.name), status.tags?.map((t) => t.tag)],
    [
      ['new', 'spec'],
      ['both', 'new', 'status'],
    ],
  )
})

test('DELETE takes both, spec and history', async () => {
  const api = await withTags()
  assert.equal((await api.call('DELETE', 'imagetags/s:both')).status, 200)
  assert.equal((await get(api, 's:both')).status, 404)
  const again = await api.call('DELETE', 'imagetags/s:both')
  assert.deepEqual([again.status, again.body.message], [404, 'imagetags.image.openshift.io "s:both" not found'])
})
