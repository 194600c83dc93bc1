// How tags come to point at images: by reference, from other tags and images, following others.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ImageApi, imageApi, ROOT } from '../../../test/support/imageApi.ts'
import { digest, image, istag, REPOSITORY, tag } from '../../../test/support/imageObjects.ts'
import type { ImageStream, TagEvent } from '../../core/image/types.ts'
import { at, failure, SUCCESS } from './image.fixture.ts'

const INTERNAL = { config: { internalRegistryHostname: 'reg:5000' } }
const PULL = `${REPOSITORY}@${digest('a')}`

/** Streams `src` (tag v1 on image a) and `s` (empty). */
async function withSource(options: Parameters<typeof imageApi>[0] = {}): Promise<ImageApi> {
  const api = await imageApi(options)
  await api.make('src')
  await api.make('s')
  await api.push('src:v1', 'a')
  return api
}

const items = ({ status }: ImageStream, name: string): TagEvent[] | null | undefined =>
  status.tags?.find((t) => t.tag === name)?.items

/** Images of a tag, newest first, by their letters. */
const images = (stream: ImageStream, name: string): string =>
  (items(stream, name) ?? []).map((e) => e.image.slice('sha256:'.length)[0]).join('')

test('a reference points where it says, word for word; another image waits for its import', async () => {
  const { make } = await imageApi()
  const { metadata, status } = await make('s', {
    tags: [tag('ref', 'docker.io/x/y:1', { reference: true }), tag('waits', 'docker.io/x/y:1')],
  })
  const created = metadata.creationTimestamp
  assert.deepEqual(status.tags, [
    { tag: 'ref', items: [{ created, dockerImageReference: 'docker.io/x/y:1', image: '', generation: 1 }] },
  ])
})

test('a tag of another stream is copied with its time, as of the next generation', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2024, 0, 1) })
  const { put, stream } = await withSource()
  const [source] = items(await stream('src'), 'v1')!
  t.mock.timers.tick(60_000)
  await put('s:copy', { from: istag('src:v1') })
  const s = await stream('s')
  assert.equal(s.metadata.generation, 2)
  assert.deepEqual(items(s, 'copy'), [{ ...source, generation: 2 }])
})

test('a tag that its source does not have leaves no trace in the status; a missing stream is refused', async () => {
  const { put, stream } = await withSource()
  assert.equal((await put('s:later', { from: istag('src:later') })).status, 201)
  const { spec, status } = await stream('s')
  assert.deepEqual([spec.tags?.length, status.tags], [1, undefined])
  const refused = await put('s:t', { from: istag('no:v1') })
  assert.equal(refused.status, 422)
  assert.match(refused.body.message ?? '', /spec\.tags\[t\]\.from\.name: Not found: "no:v1"$/)
})

test('an image of a stream is found by eight digits of its digest', async () => {
  const { put, stream, push } = await withSource()
  await push('src:v2', 'ab')
  for (const [name, id] of [
    ['bare', 'abababab'],
    ['full', 'sha256:abababab'],
  ]) {
    const { status } = await put(`s:${name}`, { from: { kind: 'ImageStreamImage', name: `src@${id}` } })
    assert.equal(status, 201)
    assert.equal(items(await stream('s'), name!)?.[0]?.image, digest('ab'))
  }
})

test('what lies in the own registry is pulled through the stream it is copied to, unless it is a reference', async () => {
  const { put, push, stream } = await withSource(INTERNAL)
  await push('src:in', 'b', { dockerImageReference: `reg:5000/p/src@${digest('b')}` })
  const copied = async (name: string, from: string, more: object = {}) => {
    await put(`s:${name}`, { from: istag(from), ...more })
    return items(await stream('s'), name)?.[0]?.dockerImageReference
  }
  assert.equal(await copied('own', 'src:in'), `reg:5000/p/s@${digest('b')}`)
  assert.equal(await copied('ref', 'src:in', { reference: true }), `reg:5000/p/src@${digest('b')}`)
  assert.equal(await copied('far', 'src:v1'), PULL)
})

test('tags of other namespaces: one question for each stream, one cause for all answers', async () => {
  const asked: string[] = []
  const f = await withSource({
    allow: (_, q) => {
      if (q.subresource === 'layers')
        asked.push(`${q.verb} ${q.group} ${q.resource}/${q.subresource} ${q.namespace}/${q.name}`)
      return q.subresource !== 'layers'
    },
  })
  await f.call('POST', `${ROOT}/namespaces/q/imagestreams`, {
    metadata: { name: 'far' },
  })
  const tags = [
    tag('a', istag('far:1', 'q')),
    tag('b', istag('far:2', 'q')),
    tag('c', istag('secret:1', 'q')),
    tag('d', istag('src:v1', 'p')),
  ]
  const [code, , message] = await failure(
    f.as('user').create(at('imagestreams'), { metadata: { name: 'x' }, spec: { tags } } as never),
  )
  assert.equal(code, 422)
  assert.deepEqual(asked, [
    'get image.openshift.io imagestreams/layers q/far',
    'get image.openshift.io imagestreams/layers q/secret',
  ])
  const no = '"not in this test" ""'
  assert.ok(
    message.endsWith(
      `is invalid: []: Internal error: imagestreams "x" is invalid: [spec.tags[a].from: Forbidden: q/far: ${no}, spec.tags[b].from: Forbidden: q/far: ${no}, spec.tags[c].from: Forbidden: q/secret: ${no}]`,
    ),
    message,
  )
})

test('followers of a tag move with it, whatever moves it, by either name of the tag', async () => {
  const { client, call, make, push, put, registry, stream } = await imageApi()
  await make('s', { tags: [tag('latest', istag('1.0')), tag('full', istag('s:1.0')), tag('next', istag('latest'))] })
  const follow = async (expected: string) => {
    const s = await stream('s')
    for (const name of ['1.0', 'latest', 'full', 'next']) assert.equal(images(s, name), expected, name)
  }
  await push('s:1.0', 'a')
  await follow('a')
  registry.set(`${REPOSITORY}:1`, { status: SUCCESS, image: image('b') })
  const from = { kind: 'DockerImage', name: `${REPOSITORY}:1` }
  const spec = { import: true, images: [{ from, to: { name: '1.0' } }] }
  assert.equal((await call('POST', 'imagestreamimports', { metadata: { name: 's' }, spec })).status, 201)
  await follow('ba')
  await make('src')
  await push('src:v1', 'c')
  assert.equal((await put('s:1.0', { from: istag('src:v1') })).status, 200)
  await follow('cba')
  await push('src:v2', 'd')
  await client.patch({ ...at('imagestreams'), name: 's' }, 'strategic', {
    spec: { tags: [{ name: '1.0', from: istag('src:v2') }] },
  })
  await follow('dcba')
})

test('a copy of a tag of another stream stays when that moves', async () => {
  const { push, put, stream } = await withSource()
  await put('s:copy', { from: istag('src:v1') })
  await push('src:v1', 'b')
  assert.equal(images(await stream('src'), 'v1'), 'ba')
  assert.equal(images(await stream('s'), 'copy'), 'a')
})

test('circles are allowed, and end', async () => {
  const { make, push, stream } = await imageApi()
  await make('s', {
    tags: [tag('a', istag('b')), tag('b', istag('c')), tag('c', istag('a')), tag('self', istag('self'))],
  })
  await push('s:a', '1')
  await push('s:self', '2')
  const s = await stream('s')
  assert.deepEqual(
    ['a', 'b', 'c', 'self'].map((name) => images(s, name)),
    ['1', '1', '1', '2'],
  )
})

test('a history is never cut', async () => {
  const { make, push, stream } = await imageApi()
  await make('s')
  const pushes = Array.from({ length: 120 }, (_, i) => i.toString(16).padStart(4, '0'))
  for (const c of pushes) await push('s:v1', c)
  const history = items(await stream('s'), 'v1')?.map((e) => e.image)
  assert.deepEqual(history, pushes.toReversed().map(digest))
})

test('the same image again is no news, a new reference corrects, another image comes on top', async () => {
  const { call, make, push, stream } = await imageApi()
  await make('s')
  await push('s:v1', 'a')
  const first = await stream('s')
  await push('s:v1', 'a')
  assert.equal((await stream('s')).metadata.resourceVersion, first.metadata.resourceVersion)
  const failed: ImageStream = structuredClone(first)
  const condition = {
    type: 'ImportSuccess',
    status: 'False',
    lastTransitionTime: null,
    reason: 'NotFound',
    generation: 1,
  }
  failed.status.tags![0]!.conditions = [condition]
  await call('PUT', 'imagestreams/s/status', failed)
  await push('s:v1', 'a', { dockerImageReference: 'x/other' })
  const corrected = (await stream('s')).status.tags?.[0]
  const [event] = first.status.tags![0]!.items!
  assert.deepEqual(corrected, { tag: 'v1', items: [{ ...event, dockerImageReference: 'x/other' }] })
  await push('s:v1', 'b')
  assert.equal(images(await stream('s'), 'v1'), 'ba')
})
