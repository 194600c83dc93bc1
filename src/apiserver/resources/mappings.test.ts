// What a registry tells of pushes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { causesOf, type ImageApi, imageApi, ROOT } from '../../../test/support/imageApi.ts'
import { digest, event, image, istag, REPOSITORY, tag } from '../../../test/support/imageObjects.ts'
import type { Image } from '../../core/image/types.ts'

const INTERNAL = { config: { internalRegistryHostname: 'reg:5000' } }
const managed = { metadata: { name: digest('a'), annotations: { 'openshift.io/image.managed': 'true' } } }
const mapping = (name: string, c: string, more: Partial<Image> = {}, tagName = 'v1') => ({
  metadata: { name },
  image: image(c, more),
  tag: tagName,
})
const map = async ({ call }: ImageApi, body: object, query = '') =>
  await call('POST', `imagestreammappings${query}`, body)
const newest = async (api: ImageApi, name: string) => (await api.stream(name)).status.tags?.[0]?.items?.[0]
const hasImage = async ({ call }: ImageApi, c: string) =>
  (await call('GET', `${ROOT}/images/${digest(c)}`)).status === 200

test('a mapping of a missing stream is not found, in the words that registries look for, and makes no image', async () => {
  const api = await imageApi()
  const { status, body } = await map(api, mapping('m', 'a'))
  assert.deepEqual([status, body.reason], [404, 'NotFound'])
  assert.deepEqual(body.details, { name: 'm', group: 'image.openshift.io', kind: 'imagestreammappings' })
  assert.equal(await hasImage(api, 'a'), false)
})

test('a mapping makes image and event as of the stream, and leaves the spec alone', async () => {
  const api = await imageApi()
  const { metadata: made } = await api.make('m', { tags: [tag('v1', 'x/waits'), tag('follow', istag('v1'))] })
  const s = await api.stream('m')
  await api.call('PUT', 'imagestreams/m', { ...s, spec: { ...s.spec, lookupPolicy: { local: true } } })
  const before = await api.stream('m')
  const { status, body } = await map(api, mapping('m', 'a'))
  assert.deepEqual(
    { status, body },
    { status: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } },
  )
  const after = await api.stream('m')
  assert.deepEqual([after.spec, after.metadata.generation], [before.spec, 2])
  for (const name of ['follow', 'v1']) {
    const history = after.status.tags?.find((t) => t.tag === name)?.items
    assert.deepEqual(history, [event('a', { generation: 2, created: history?.[0]?.created ?? null })])
  }
  assert.ok(await hasImage(api, 'a'))
  assert.equal(made.generation, 1)
  await map(api, mapping('m', 'a'))
  assert.equal((await api.stream('m')).metadata.resourceVersion, after.metadata.resourceVersion)
})

test('an image that is known stays as it was stored first', async () => {
  const api = await imageApi()
  await api.make('m')
  await api.push('m:v1', 'a')
  await api.push('m:v2', 'a', { dockerImageReference: 'x/other' })
  const { body } = await api.call<Image>('GET', `${ROOT}/images/${digest('a')}`)
  assert.equal(body.dockerImageReference, `${REPOSITORY}@${digest('a')}`)
})

test('a pushed image that is known is pulled through the stream it is mapped into; a new one from where it was pushed', async () => {
  const api = await imageApi(INTERNAL)
  for (const name of ['m', 'n']) await api.make(name)
  const pushed = { ...managed, dockerImageReference: `reg:5000/q/base@${digest('a')}` }
  await map(api, mapping('m', 'a', pushed))
  assert.equal((await newest(api, 'm'))?.dockerImageReference, pushed.dockerImageReference)
  await map(api, mapping('n', 'a', pushed))
  assert.equal((await newest(api, 'n'))?.dockerImageReference, `reg:5000/p/n@${digest('a')}`)
})

test('an imported image that is mapped is pulled from where it says', async () => {
  const api = await imageApi(INTERNAL)
  for (const name of ['m', 'n']) await api.make(name)
  for (const name of ['m', 'n']) await map(api, mapping(name, 'a'))
  assert.equal((await newest(api, 'n'))?.dockerImageReference, `${REPOSITORY}@${digest('a')}`)
})

test('an image without reference lies in the own registry, if there is one', async () => {
  const bare = { metadata: { name: 'm' }, image: { metadata: { name: digest('a') } }, tag: 'v1' }
  const own = await imageApi(INTERNAL)
  await own.make('m')
  assert.equal((await map(own, bare)).status, 201)
  assert.equal((await newest(own, 'm'))?.dockerImageReference, `reg:5000/p/m@${digest('a')}`)
  const none = await imageApi()
  await none.make('m')
  assert.deepEqual(causesOf((await map(none, bare)).body), [
    ['image.dockerImageReference', 'FieldValueRequired', 'Required value'],
  ])
})

test('pushes of different tags at the same time all arrive', async () => {
  const api = await imageApi()
  await api.make('m')
  const tags = Array.from({ length: 8 }, (_, i) => `t${i}`)
  const answers = await Promise.all(tags.map((name) => map(api, mapping('m', 'a', {}, name))))
  assert.ok(answers.every(({ status }) => status === 201))
  assert.equal((await api.stream('m')).status.tags?.length, tags.length)
})

test('a dry run of a mapping stores nothing', async () => {
  const api = await imageApi()
  await api.make('m')
  assert.equal((await map(api, mapping('m', 'a'), '?dryRun=All')).status, 201)
  assert.equal(await newest(api, 'm'), undefined)
  assert.equal(await hasImage(api, 'a'), false)
})
