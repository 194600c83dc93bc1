import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digest, event, image, REPOSITORY } from '../../../test/support/imageObjects.ts'
import type { Image, ImageImportStatus, ImageStream, ImageStreamImport } from '../../core/image/types.ts'
import { at, failure, imageFixture, IMAGES, SUCCESS } from './image.fixture.ts'

const ISI = at('imagestreamimports')
const IS = { ...at('imagestreams'), name: 's' }
const CHECK = 'openshift.io/image.dockerRepositoryCheck'
const found = (c: string, more: Partial<Image> = {}): ImageImportStatus => ({
  status: SUCCESS,
  tag: '1',
  image: image(c, { dockerImageManifest: '{"m":1}', dockerImageConfig: '{}', ...more }),
})
const one = (to: string, more: object = {}) => ({
  from: { kind: 'DockerImage', name: `${REPOSITORY}:1` },
  to: { name: to },
  ...more,
})
const isi = (spec: object, more: object = {}) =>
  ({ kind: 'ImageStreamImport', metadata: { name: 's', ...more }, spec: { import: true, ...spec } }) as never

async function withRegistry(options: Parameters<typeof imageFixture>[0] = {}) {
  const f = await imageFixture(options)
  f.registry.set(`${REPOSITORY}:1`, found('a'))
  return f
}

test('an import makes stream and image, and the image keeps nothing raw', async (t) => {
  // What is imported and the stream that is made for it are of the same second.
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-01-01T00:00:00Z') })
  const { client } = await withRegistry()
  const done = await client.create<ImageStreamImport>(ISI, isi({ images: [one('v1', { includeManifest: true })] }))
  const stream = await client.get<ImageStream>(IS)
  assert.deepEqual({ kind: stream.kind, apiVersion: stream.apiVersion, ...done.status.import }, stream)
  assert.equal(done.status.import?.kind, undefined)
  assert.equal(stream.metadata.generation, 1)
  assert.ok(stream.metadata.annotations?.[CHECK])
  assert.partialDeepStrictEqual(stream.status.tags?.[0]?.items, [
    { ...event('a'), created: stream.metadata.creationTimestamp },
  ])
  const stored = await client.get<Image>({ ...IMAGES, name: digest('a') })
  assert.equal(stored.dockerImageManifest, undefined)
  assert.equal(done.status.images?.[0]?.image?.metadata.uid, stored.metadata.uid)
  assert.ok(done.metadata.uid && done.metadata.creationTimestamp)
})

test('import false: an answer, and nothing stored', async () => {
  const { client } = await withRegistry()
  const look = (includeManifest: boolean) =>
    client.create<ImageStreamImport>(ISI, isi({ import: false, images: [one('v1', { includeManifest })] }))
  const shown = await look(true)
  assert.equal(shown.status.images?.[0]?.image?.dockerImageManifest, '{"m":1}')
  assert.equal((await look(false)).status.images?.[0]?.image?.dockerImageManifest, undefined)
  assert.equal(shown.status.import, undefined)
  assert.equal((await failure(client.get(IS)))[0], 404)
  assert.equal((await failure(client.get({ ...IMAGES, name: digest('a') })))[0], 404)
  const before = await client.create<ImageStream>(at('imagestreams'), { kind: 'ImageStream', metadata: { name: 's' } })
  const missing = [one('v1'), one('gone', { from: { kind: 'DockerImage', name: 'x/gone:1' } })]
  const failed = await client.create<ImageStreamImport>(ISI, isi({ import: false, images: missing }))
  assert.deepEqual(
    failed.status.images?.map(({ status }) => status.status),
    ['Success', 'Failure'],
  )
  assert.deepEqual(await client.get(IS), before, 'neither tag nor condition')
})

test('a dry run fetches, and stores nothing', async () => {
  const { client, imports } = await withRegistry()
  const done = await client.create<ImageStreamImport>(ISI, isi({ images: [one('v1')] }), { dryRun: true })
  assert.equal(done.status.import?.status.tags?.length, 1)
  assert.equal(imports.length, 1)
  assert.equal((await failure(client.get(IS)))[0], 404)
  assert.equal((await failure(client.get({ ...IMAGES, name: digest('a') })))[0], 404)
})

test('the same import again writes nothing; a moved tag is written', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2024, 0, 1) })
  const { client, registry } = await withRegistry()
  const run = async () => {
    const done = await client.create<ImageStreamImport>(ISI, isi({ images: [one('v1')] }))
    return done.status.import!
  }
  const first = await run()
  t.mock.timers.tick(60_000)
  assert.equal((await run()).metadata.resourceVersion, first.metadata.resourceVersion)
  registry.set(`${REPOSITORY}:1`, found('b'))
  const moved = await run()
  assert.deepEqual(
    moved.status.tags?.[0]?.items?.map((e) => e.image),
    [digest('b'), digest('a')],
  )
  assert.equal(moved.metadata.generation, 2)
})

test('followers of an imported tag follow in the same write', async () => {
  const { client } = await withRegistry()
  await client.create(at('imagestreams'), {
    metadata: { name: 's' },
    spec: { tags: [{ name: 'latest', from: { kind: 'ImageStreamTag', name: 'v1' } }] },
  } as never)
  const done = await client.create<ImageStreamImport>(ISI, isi({ images: [one('v1')] }))
  assert.deepEqual(
    done.status.import?.status.tags?.map((t) => [t.tag, t.items?.[0]?.image]),
    [
      ['latest', digest('a')],
      ['v1', digest('a')],
    ],
  )
})

test('a resourceVersion must be that of the stream', async () => {
  const { client } = await withRegistry()
  const versioned = (resourceVersion: string) =>
    client.create<ImageStreamImport>(ISI, isi({ images: [one('v1')] }, { resourceVersion, uid: 'wrong' }))
  assert.deepEqual(await failure(versioned('1')), [
    404,
    'NotFound',
    'imagestreamimports.image.openshift.io "s" not found',
  ])
  const { status } = await client.create<ImageStreamImport>(ISI, isi({ images: [one('v1')] }))
  const version = status.import!.metadata.resourceVersion!
  assert.match((await failure(versioned('1')))[2], /the image stream was updated from "1" to "\d+"$/)
  assert.equal((await versioned(version)).status.import?.metadata.resourceVersion, version)
})

test('imports at the same time into one stream all land', async () => {
  const { client } = await withRegistry()
  const tags = Array.from({ length: 6 }, (_, i) => `t${i}`)
  await Promise.all(tags.map((t) => client.create(ISI, isi({ images: [one(t)] }))))
  const { spec, status } = await client.get<ImageStream>(IS)
  assert.deepEqual(
    spec.tags?.map((t) => t.name),
    tags,
  )
  assert.equal(status.tags?.length, tags.length)
})

test('platforms are stored before their list; an image that breaks the rules fails the import', async () => {
  const { client, registry } = await withRegistry()
  const platform = { digest: digest('b'), mediaType: 'a/b', manifestSize: 1, architecture: 'arm64', os: 'linux' }
  const list = found('c', { dockerImageManifests: [platform] })
  registry.set(`${REPOSITORY}:1`, { ...list, manifests: [image('b')] })
  const done = await client.create<ImageStreamImport>(ISI, isi({ images: [one('v1')] }))
  assert.ok(done.status.images?.[0]?.manifests?.[0]?.metadata.uid)
  await client.get({ ...IMAGES, name: digest('b') })
  registry.set(`${REPOSITORY}:1`, found('d', { dockerImageManifests: [{ ...platform, os: '' }] }))
  const [code, , message] = await failure(client.create(ISI, isi({ images: [one('v1')] })))
  assert.equal(code, 422)
  assert.match(message, /dockerImageManifests\[0\]\.os: Required value/)
})

test('the importer gets defaults, secrets, the limit, and what the existing tag prefers', async () => {
  const secret = { name: 'pull', type: 'kubernetes.io/dockerconfigjson' as const, data: {} }
  const { client, imports } = await withRegistry({ secrets: [secret], config: { bulkLimit: 3 } })
  await client.create(at('imagestreamtags'), {
    metadata: { name: 's:v1', annotations: { 'importer.image.openshift.io/prefer-arch': 'arm64' } },
    tag: { annotations: { 'importer.image.openshift.io/prefer-arch': 'arm64' } },
  } as never)
  const repository = { from: { kind: 'DockerImage', name: REPOSITORY } }
  const done = await client.create<ImageStreamImport>(
    ISI,
    isi({ images: [{ from: { kind: 'DockerImage', name: `${REPOSITORY}:1` } }], repository }),
  )
  const [request] = imports
  assert.deepEqual(await request?.secrets(), [secret])
  assert.equal(request?.bulkLimit, 3)
  assert.equal(request?.namespace, ISI.namespace)
  assert.deepEqual(request?.preferred('v1'), { arch: 'arm64' })
  assert.deepEqual(request?.preferred('v2'), {})
  assert.deepEqual(request?.images[0]?.to, { name: '1' })
  assert.equal(request?.repository?.importPolicy.importMode, 'Legacy')
  assert.equal(done.status.repository?.images?.length, 1)
})

test('an import may ask for fewer tags of a repository than the server would import, down to none', async () => {
  const { client, imports } = await withRegistry({ config: { bulkLimit: 3 } })
  const repository = { from: { kind: 'DockerImage', name: REPOSITORY } }
  const asking = (limit: string) => isi({ repository }, { annotations: { 'millrace.dev/import-limit': limit } })
  for (const limit of ['0', '2', '9']) await client.create<ImageStreamImport>(ISI, asking(limit))
  assert.deepEqual(
    imports.map(({ bulkLimit }) => bulkLimit),
    [0, 2, 3],
  )
  for (const limit of ['-1', '', '1.5', 'all']) {
    const [code, , message] = await failure(client.create(ISI, asking(limit)))
    assert.equal(code, 422)
    assert.match(message, /annotations\[millrace\.dev\/import-limit\]: .*a number of tags from 0 to 999999/)
  }
})

test('registries that are not allowed are refused, unless the user may create images anyway', async () => {
  const f = await withRegistry({
    config: { allowedRegistries: [{ domainName: 'gcr.io' }] },
    allow: (_, q) => q.resource !== 'images' && q.resource !== 'imagestreammapping',
  })
  const look = isi({ import: false, images: [one('v1')] })
  assert.deepEqual((await failure(f.as('user').create(ISI, look))).slice(0, 2), [422, 'Invalid'])
  assert.match(
    (await failure(f.as('user').create(ISI, look)))[2],
    /spec\.images\[0\]\.from\.name: Forbidden: importing images from registry "quay.io:443" is forbidden: registry "quay.io" not allowed by whitelist: "gcr.io:443"/,
  )
  assert.equal(f.imports.length, 0)
  await f.client.create(ISI, look)
  assert.equal((await failure(f.client.create(ISI, isi({ images: [one('v1')] }))))[0], 422)
})

test('an image that is too large to be stored fails, and the others of the import do not', async () => {
  const f = await withRegistry()
  const config = { Config: { Labels: { text: 'x'.repeat(1_600_000) } } }
  f.registry.set(`${REPOSITORY}:large`, found('b', { dockerImageMetadata: config as never }))
  const from = { kind: 'DockerImage', name: `${REPOSITORY}:large` }
  const done = await f.client.create<ImageStreamImport>(ISI, isi({ images: [one('large', { from }), one('v1')] }))
  const [large, small] = done.status.images ?? []
  assert.partialDeepStrictEqual(large?.status, { status: 'Failure', reason: 'RequestEntityTooLarge', code: 413 })
  assert.equal(large?.image, undefined)
  assert.equal(small?.status.status, 'Success')
  const { status } = await f.client.get<ImageStream>(IS)
  assert.deepEqual(
    status.tags?.map(({ tag, items, conditions }) => [tag, items?.length ?? 0, conditions?.[0]?.reason]),
    [
      ['large', 0, 'RequestEntityTooLarge'],
      ['v1', 1, undefined],
    ],
  )
})
