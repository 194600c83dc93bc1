// What a write of a stream does to generations and to the status.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imageApi } from '../../../test/support/imageApi.ts'
import { event, tag } from '../../../test/support/imageObjects.ts'
import type { ImageStream, TagReference } from '../../core/image/types.ts'

/** What is changed, how, and the generations of the stream and of its tag `a`, which were 2 and 2. */
const edits: [what: string, edit: (s: ImageStream, a: TagReference) => unknown, stream: number, tag: number][] = [
  ['nothing', () => undefined, 2, 2],
  [
    'labels and annotations',
    ({ metadata }) => Object.assign(metadata, { labels: { l: 'x' }, annotations: { a: 'x' } }),
    2,
    2,
  ],
  ['its own generation', ({ metadata }) => (metadata.generation = 99), 2, 2],
  ['the status', ({ status }) => delete status.tags, 2, 2],
  ['the generation of a tag to 99', (_, a) => (a.generation = 99), 2, 2],
  ['the generation of a tag to null', (_, a) => (a.generation = null), 2, 2],
  ['the generation of a tag to 0', (_, a) => (a.generation = 0), 3, 3],
  ['scheduled', (_, a) => (a.importPolicy.scheduled = true), 3, 2],
  ['insecure', (_, a) => (a.importPolicy.insecure = true), 3, 2],
  ['the reference policy', (_, a) => (a.referencePolicy.type = 'Local'), 3, 2],
  ['annotations of a tag', (_, a) => (a.annotations = { a: 'x' }), 3, 2],
  ['the import mode', (_, a) => (a.importPolicy.importMode = 'PreserveOriginal'), 3, 3],
  ['from.name', (_, a) => (a.from!.name = 'x/c'), 3, 3],
  ['from.kind', (_, a) => (a.from = { kind: 'ImageStreamTag', name: 'b' }), 3, 3],
  ['reference', (_, a) => (a.reference = true), 3, 3],
  ['the lookup policy', ({ spec }) => (spec.lookupPolicy.local = true), 3, 2],
  ['another tag', ({ spec }) => spec.tags!.push(tag('c', 'x/c', { generation: 77 })), 3, 2],
  ['several things at once', ({ spec }, a) => ((spec.lookupPolicy.local = true), (a.from!.name = 'x/c')), 3, 3],
]
for (const [what, edit, ofStream, ofTag] of edits) {
  test(`a PUT that changes ${what}: stream ${ofStream}, tag ${ofTag}`, async () => {
    const { call, make } = await imageApi()
    const first = structuredClone(await make('s', { tags: [tag('a', 'x/a')] }))
    first.spec.tags = [tag('a', 'x/a2'), tag('b', 'x/b')]
    const s = (await call<ImageStream>('PUT', 'imagestreams/s', first)).body
    edit(s, s.spec.tags![0]!)
    const { status, body } = await call<ImageStream>('PUT', 'imagestreams/s', s)
    assert.equal(status, 200, JSON.stringify(body))
    assert.deepEqual([body.metadata.generation, body.spec.tags?.[0]?.generation], [ofStream, ofTag])
    assert.equal(body.spec.tags?.[1]?.generation, 2)
  })
}

test('from.namespace is a source, too', async () => {
  const { call, make } = await imageApi()
  await call('POST', '/apis/image.openshift.io/v1/namespaces/q/imagestreams', { metadata: { name: 'o' } })
  await make('o')
  const s = await make('s', { tags: [tag('a', { kind: 'ImageStreamTag', name: 'o:1' })] })
  s.spec.tags![0]!.from!.namespace = 'q'
  const { body } = await call<ImageStream>('PUT', 'imagestreams/s', s)
  assert.deepEqual([body.metadata.generation, body.spec.tags?.[0]?.generation], [2, 2])
})

test('a PUT of a stream needs its version, and makes no stream', async () => {
  const { call, make } = await imageApi()
  const s = await make('s')
  const put = async (name: string, resourceVersion?: string) => {
    const { status, body } = await call('PUT', `imagestreams/${name}`, { metadata: { name, resourceVersion } })
    return [status, body.message]
  }
  assert.deepEqual(await put('s'), [
    422,
    'imagestreams.image.openshift.io "s" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
  ])
  assert.equal((await put('s', s.metadata.resourceVersion))[0], 200)
  assert.equal((await put('s', '1'))[0], 409)
  assert.deepEqual(await put('none', '1'), [404, 'imagestreams.image.openshift.io "none" not found'])
  assert.equal((await put('none'))[0], 404)
})

test('a tag that is taken out of the spec keeps its history, and can still be read', async () => {
  const { call, make, push, put } = await imageApi()
  await make('s')
  await push('s:v1', 'a')
  await put('s:v2', { from: { kind: 'ImageStreamTag', name: 'v1' } })
  const { body: s } = await call<ImageStream>('GET', 'imagestreams/s')
  delete s.spec.tags
  const { body } = await call<ImageStream>('PUT', 'imagestreams/s', s)
  assert.equal(body.spec.tags, undefined)
  assert.deepEqual(
    body.status.tags?.map((t) => [t.tag, t.items?.length]),
    [
      ['v1', 1],
      ['v2', 1],
    ],
  )
  assert.equal((await call('GET', 'imagestreamtags/s:v2')).status, 200)
})

test('another host name of the registry is seen at once, in reads and lists, without any write', async () => {
  const { make, store, stream: before } = await imageApi({ config: { internalRegistryHostname: 'reg:5000' } })
  const s = await make('s')
  assert.equal(s.status.dockerImageRepository, 'reg:5000/p/s')
  const { call, stream } = await imageApi({ store, config: { internalRegistryHostname: 'new:5000' } })
  const now = await stream('s')
  const [listed] = (await call<{ items: ImageStream[] }>('GET', 'imagestreams')).body.items
  for (const { metadata, status } of [now, listed!]) {
    assert.equal(status.dockerImageRepository, 'new:5000/p/s')
    assert.equal(metadata.resourceVersion, s.metadata.resourceVersion)
  }
  assert.equal((await before('s')).status.dockerImageRepository, 'reg:5000/p/s')
})

test('a PUT of the status changes history and labels, never the spec; an event without generation gets one', async () => {
  const { call, make } = await imageApi()
  const s = structuredClone(await make('s', { tags: [tag('a', 'x/a')], dockerImageRepository: 'x/y' }))
  const { spec } = structuredClone(s)
  s.spec = { lookupPolicy: { local: true }, tags: [tag('a', 'x/forged'), tag('b', 'x/b')] }
  s.status.tags = [{ tag: 'n', items: [event('a', { generation: 0 })] }]
  s.metadata.labels = { l: 'x' }
  const { status, body } = await call<ImageStream>('PUT', 'imagestreams/s/status', s)
  assert.equal(status, 200)
  assert.deepEqual(body.spec, spec)
  assert.deepEqual([body.metadata.generation, body.metadata.labels], [1, { l: 'x' }])
  assert.deepEqual(body.status.tags, [{ tag: 'n', items: [event('a')] }])
  body.status.tags = []
  const emptied = await call<ImageStream>('PUT', 'imagestreams/s/status', body)
  assert.equal(emptied.body.status.tags, undefined)
  assert.equal(emptied.body.status.dockerImageRepository, 'x/y')
})
