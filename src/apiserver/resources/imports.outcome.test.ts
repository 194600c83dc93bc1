// What becomes of a stream by what an import finds, and by what it does not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ImageApi, imageApi, ROOT } from '../../../test/support/imageApi.ts'
import { digest, image, REPOSITORY } from '../../../test/support/imageObjects.ts'
import type { ImageImportStatus, ImageStream, ImageStreamImport } from '../../core/image/types.ts'
import { SUCCESS } from './image.fixture.ts'

const CHECK = 'openshift.io/image.dockerRepositoryCheck'
const FROM = `${REPOSITORY}:1`
const found = (c: string): ImageImportStatus => ({ status: SUCCESS, tag: '1', image: image(c) })
const failed = (reason: string, message = 'why'): ImageImportStatus => ({
  status: { metadata: {}, status: 'Failure', reason, message },
  tag: '1',
})

/** Imports one image into tag v1 of stream `s`, and answers the stream. */
async function run({ call }: ImageApi, more: object = {}, name = FROM): Promise<ImageStream> {
  const item = { from: { kind: 'DockerImage', name }, to: { name: 'v1' }, ...more }
  const body = { metadata: { name: 's' }, spec: { import: true, images: [item] } }
  const said = await call<ImageStreamImport>('POST', 'imagestreamimports', body)
  assert.equal(said.status, 201, JSON.stringify(said.body))
  return said.body.status.import!
}

async function withRegistry(content: ImageImportStatus): Promise<ImageApi> {
  const api = await imageApi()
  api.registry.set(FROM, content)
  return api
}

for (const reason of ['NotFound', 'Unauthorized', 'InternalError']) {
  test(`a failed import (${reason}) makes the stream, the spec tag and a condition, and is answered with 201`, async () => {
    const api = await withRegistry(failed(reason))
    const { metadata, spec, status } = await run(api)
    assert.equal(metadata.generation, 1)
    const checked = metadata.annotations?.[CHECK]
    assert.match(checked ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.deepEqual(
      spec.tags?.map((t) => [t.name, t.from, t.generation]),
      [['v1', { kind: 'DockerImage', name: FROM }, 1]],
    )
    const condition = {
      type: 'ImportSuccess',
      status: 'False',
      lastTransitionTime: checked,
      reason,
      message: 'why',
      generation: 1,
    }
    assert.deepEqual(status.tags, [{ tag: 'v1', items: null, conditions: [condition] }])
    const read = await api.stream('s')
    assert.deepEqual([read.spec, read.status], [spec, status])
  })
}

test('it is told what each import has made of the stream, but of no dry run', async () => {
  const api = await withRegistry(failed('NotFound'))
  const [first, second] = [await run(api), await run(api)]
  assert.deepEqual(api.imported, [
    [undefined, first],
    [first, second],
  ])
  const dry = {
    metadata: { name: 't' },
    spec: { import: true, images: [{ from: { kind: 'DockerImage', name: FROM } }] },
  }
  assert.equal((await api.call('POST', `${ROOT}/namespaces/p/imagestreamimports?dryRun=All`, dry)).status, 201)
  assert.equal(api.imported.length, 2)
})

test('a failure keeps the history; success later takes the condition away', async () => {
  const api = await withRegistry(found('a'))
  const [event] = (await run(api)).status.tags![0]!.items!
  api.registry.set(FROM, failed('NotFound'))
  const broken = (await run(api)).status.tags![0]!
  assert.deepEqual([broken.items, broken.conditions?.length], [[event], 1])
  api.registry.set(FROM, found('b'))
  const mended = (await run(api)).status.tags![0]!
  assert.equal(mended.conditions, undefined)
  assert.deepEqual(
    mended.items?.map((e) => e.image),
    [digest('b'), digest('a')],
  )
})

test('one image that fails keeps no other from being imported', async () => {
  const api = await withRegistry(found('a'))
  const item = (name: string, to: string) => ({ from: { kind: 'DockerImage', name }, to: { name: to } })
  const spec = { import: true, images: [item(`${REPOSITORY}:none`, 'bad'), item(FROM, 'good')] }
  const { body } = await api.call<ImageStreamImport>('POST', 'imagestreamimports', { metadata: { name: 's' }, spec })
  assert.deepEqual(
    body.status.images?.map(({ status }) => status.status),
    ['Failure', 'Success'],
  )
  assert.deepEqual(
    body.status.import?.status.tags?.map((t) => [t.tag, t.items?.length, t.conditions?.length]),
    [
      ['bad', undefined, 1],
      ['good', 1, undefined],
    ],
  )
})

test('an import that was asked for with generation 0 and finds the same raises generations, and nothing else', async () => {
  const api = await withRegistry(found('a'))
  const [event] = (await run(api)).status.tags![0]!.items!
  const s = await api.stream('s')
  s.spec.tags![0]!.generation = 0
  const reset = (await api.call<ImageStream>('PUT', 'imagestreams/s', s)).body
  assert.deepEqual([reset.metadata.generation, reset.spec.tags?.[0]?.generation], [2, 2])
  const { metadata, spec, status } = await run(api)
  assert.deepEqual([metadata.generation, spec.tags?.[0]?.generation], [3, 3])
  assert.deepEqual(status.tags?.[0]?.items, [{ ...event, generation: 3 }])
})

test('importing again takes the import policy over, and leaves the reference policy', async () => {
  const api = await withRegistry(found('a'))
  await run(api, { referencePolicy: { type: 'Local' } })
  api.registry.set(FROM, found('b'))
  const importPolicy = { insecure: true, scheduled: true, importMode: 'PreserveOriginal' }
  const { spec } = await run(api, { referencePolicy: { type: 'Source' }, importPolicy })
  assert.deepEqual(spec.tags?.[0]?.referencePolicy, { type: 'Local' })
  assert.deepEqual(spec.tags?.[0]?.importPolicy, importPolicy)
})

const targets: [what: string, from: string, tags: string[] | undefined][] = [
  ['a tag', FROM, ['1']],
  ['no tag', REPOSITORY, undefined],
  ['a digest only', `${REPOSITORY}@${digest('a')}`, undefined],
]
for (const [what, from, tags] of targets) {
  test(`an image without target, with ${what}, goes to ${tags?.join() ?? 'no tag'}`, async () => {
    const api = await withRegistry(found('a'))
    api.registry.set(from, found('a'))
    const { metadata, spec } = await run(api, { to: undefined }, from)
    assert.deepEqual(
      spec.tags?.map((t) => t.name),
      tags,
    )
    assert.ok(metadata.annotations?.[CHECK])
    const { status } = await api.call('GET', `${ROOT}/images/${digest('a')}`)
    assert.equal(status, tags ? 200 : 404)
  })
}

test('a stream that was never checked is marked, also when nothing is new', async () => {
  const api = await withRegistry(found('a'))
  const { metadata } = await run(api)
  const s = await api.stream('s')
  delete s.metadata.annotations
  await api.call('PUT', 'imagestreams/s', s)
  const again = await run(api)
  assert.ok(again.metadata.annotations?.[CHECK])
  assert.equal(again.metadata.generation, metadata.generation)
})
