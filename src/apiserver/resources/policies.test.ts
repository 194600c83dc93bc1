// Tags that follow a policy, over content in memory.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RegistryContent } from '../../../test/support/registryContent.ts'
import { CHOICES, FILTER, IGNORE, MIN_AGE, POLICY } from '../../core/image/annotations.ts'
import { pendingImport } from '../../core/image/pending.ts'
import type { ImageStream, ImageStreamImport } from '../../core/image/types.ts'
import { clone } from '../../core/machinery/json/clone.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { createImporter } from '../../registry/importer.ts'
import { P } from '../../../test/support/imageApi.ts'
import { request } from '../../../test/support/request.ts'
import { at, imageFixture } from './image.fixture.ts'

const STREAMS = at('imagestreams')
const IS = { ...STREAMS, name: 's' }
const SOURCE = 'r.test/acme/app:1.0.0'

const following = (annotations: Record<string, string>, from = SOURCE) => ({
  kind: 'ImageStream',
  metadata: { name: 's', annotations: { mine: 'stays' } as Record<string, string> },
  spec: { tags: [{ name: 'v1', annotations, from: { kind: 'DockerImage', name: from } }] },
})

async function setUp(annotations: Record<string, string>) {
  const content = new RegistryContent()
  const asked: string[] = []
  const platform = { architecture: 'amd64', os: 'linux' }
  const { client, handler } = await imageFixture({
    importer: createImporter({ reader: content.reader(asked), platform }),
  })
  const push = (tag: string, seed = tag) => content.image('acme/app', tag, seed).digest
  const get = () => client.get<ImageStream>(IS)
  /** As the controller does it, where there is something to do. */
  const run = async (also = new Set<string>()): Promise<boolean> => {
    const request = pendingImport(await get(), also)
    if (request) await client.create<ImageStreamImport>(at('imagestreamimports'), request)
    return request !== undefined
  }
  const state = async () => {
    const { status, metadata } = await get()
    const [tag] = status.tags ?? []
    const choices = JSON.parse(metadata.annotations?.[CHOICES] ?? '{}') as Record<string, { tag?: string }>
    return {
      images: tag?.items?.map(({ image }) => image) ?? [],
      why: tag?.conditions?.[0]?.reason,
      choice: choices['v1']?.tag,
    }
  }
  const create = () => client.create(STREAMS, following(annotations))
  const update = async (change: (stream: ImageStream) => void) => {
    const stream = clone(await get())
    change(stream)
    await client.update(IS, stream)
  }
  const again = () => run(new Set(['v1']))
  return { client, handler, content, asked, push, get, run, again, state, create, update }
}

test('the newest tag that fits becomes the image; the source in the spec stays as it was written', async () => {
  const w = await setUp({ [POLICY]: 'semver:^1', [FILTER]: 'v{version}', [IGNORE]: 'v1.9.*' })
  const wanted = ['v1.0.0', 'v1.9.0', 'v2.0.0', '1.20.0', 'v1.8.0'].map((tag) => w.push(tag)).at(-1)
  await w.create()
  assert.equal(await w.run(), true)
  assert.deepEqual(await w.state(), { images: [wanted], why: undefined, choice: 'v1.8.0' })
  assert.equal((await w.get()).spec.tags?.[0]?.from?.name, SOURCE)
  assert.equal(await w.run(), false)
  assert.equal(w.asked.filter((line) => line.startsWith('tags')).length, 1)
})

test('what is pushed or deleted moves the history up only', async () => {
  const w = await setUp({ [POLICY]: 'semver' })
  const first = w.push('1.0.0')
  await w.create()
  await w.run()
  w.push('0.9.0')
  const { resourceVersion } = (await w.get()).metadata
  await w.again()
  const { choice, images } = await w.state()
  assert.deepEqual([choice, images], ['1.0.0', [first]])
  const second = w.push('1.1.0')
  await w.again()
  assert.deepEqual((await w.state()).images, [second, first])
  w.content.tags.set('acme/app', ['0.9.0', '1.0.0'])
  w.content.manifests.delete('acme/app 1.1.0')
  await w.again()
  assert.deepEqual(await w.state(), { images: [second, first], why: 'ChosenTagGone', choice: '1.1.0' })
  const told = (await w.get()).metadata.resourceVersion
  await w.again()
  assert.equal((await w.get()).metadata.resourceVersion, told)
  assert.notEqual(told, resourceVersion)
  const third = w.push('1.2.0')
  await w.again()
  assert.deepEqual(await w.state(), { images: [third, second, first], why: undefined, choice: '1.2.0' })
})

test('another policy is imported at once, and so is none any more', async () => {
  const w = await setUp({ [POLICY]: 'semver' })
  const [old, young] = [w.push('1.0.0'), w.push('2.0.0')]
  await w.create()
  await w.run()
  await w.update((stream) => void (stream.spec.tags![0]!.annotations = { [POLICY]: 'semver:<2' }))
  assert.equal(await w.run(), true)
  assert.deepEqual((await w.state()).images, [old, young])
  await w.update((stream) => void (stream.spec.tags![0]!.annotations = { [POLICY]: 'semver' }))
  await w.run()
  await w.update((stream) => void (stream.spec.tags![0]!.annotations = {}))
  assert.equal(await w.run(), true)
  assert.deepEqual(await w.state(), { images: [old, young, old, young], why: undefined, choice: undefined })
  assert.equal((await w.get()).metadata.annotations?.[CHOICES], undefined)
  assert.equal(await w.run(), false)
})

test('a policy that is wrong, or that nothing fits, is a condition; nothing is tried again by itself', async () => {
  const w = await setUp({ [POLICY]: 'newest' })
  w.push('1.0.0')
  await w.create()
  await w.run()
  assert.deepEqual(await w.state(), { images: [], why: 'InvalidPolicy', choice: undefined })
  assert.equal(await w.run(), false)
  assert.deepEqual(w.asked, [])
  await w.update((stream) => void (stream.spec.tags![0]!.annotations = { [POLICY]: 'semver:>=5' }))
  await w.run()
  assert.equal((await w.state()).why, 'NoMatchingTag')
  assert.equal(await w.run(), false)
  await w.update((stream) => void (stream.spec.tags![0]!.annotations = { [POLICY]: 'semver' }))
  await w.run()
  assert.equal((await w.state()).choice, '1.0.0')
})

test('a repository that cannot be listed is said, and does not count as looked at', async () => {
  const w = await setUp({ [POLICY]: 'semver', [MIN_AGE]: '24h' })
  await w.create()
  await w.run()
  assert.equal((await w.state()).why, 'NotFound')
  assert.equal(await w.run(), false)
  w.push('1.0.0')
  await w.again()
  assert.equal((await w.state()).choice, '1.0.0')
})

test('with a cool-down the image stays the one that was adopted, whatever the tag points at', async () => {
  const w = await setUp({ [POLICY]: 'semver', [MIN_AGE]: '24h' })
  const first = w.push('1.0.0')
  await w.create()
  await w.run()
  w.push('1.0.0', 'something else')
  w.push('1.1.0')
  await w.again()
  assert.deepEqual(await w.state(), { images: [first], why: undefined, choice: '1.0.0' })
  const text = (await w.get()).metadata.annotations?.[CHOICES] ?? ''
  const { v1 } = JSON.parse(text) as { v1: { digest: string; waiting: { tag: string }[] } }
  assert.deepEqual([v1.digest, v1.waiting.map(({ tag }) => tag)], [first, ['1.1.0', '1.0.0']])
  const { resourceVersion } = (await w.get()).metadata
  await w.again()
  assert.equal((await w.get()).metadata.resourceVersion, resourceVersion)
})

test('of an index the platform is taken, and the cool-down goes by the digest of the index', async () => {
  const w = await setUp({ [POLICY]: 'semver', [MIN_AGE]: '24h' })
  const platforms = ['arm64', 'amd64'].map((architecture) => w.content.image('acme/app', null, 'one', architecture))
  const { digest } = w.content.index('acme/app', '1.0.0', platforms)
  await w.create()
  await w.run()
  assert.deepEqual((await w.state()).images, [platforms[1]!.digest])
  assert.match((await w.get()).metadata.annotations?.[CHOICES] ?? '', new RegExp(`"digest":"${digest}"`))
  const { resourceVersion } = (await w.get()).metadata
  await w.again()
  assert.equal((await w.get()).metadata.resourceVersion, resourceVersion)
})

test('what was chosen is not for clients to say, nor to lose', async () => {
  const w = await setUp({ [POLICY]: 'semver' })
  w.push('1.0.0')
  const forged = following({ [POLICY]: 'semver' })
  forged.metadata.annotations[CHOICES] = '{"v1":{"policy":"x","tag":"9.9.9"}}'
  await w.client.create(STREAMS, forged)
  assert.deepEqual((await w.get()).metadata.annotations, { mine: 'stays' })
  await w.run()
  const chosen = (await w.get()).metadata.annotations?.[CHOICES]
  await w.update((stream) => void (stream.metadata.annotations = { [CHOICES]: 'nonsense' }))
  assert.deepEqual((await w.get()).metadata.annotations, { [CHOICES]: chosen })
  await w.update((stream) => void delete stream.metadata.annotations)
  assert.equal((await w.get()).metadata.annotations?.[CHOICES], chosen)
  await w.update((stream) => void (stream.spec.tags = []))
  assert.equal((await w.get()).metadata.annotations?.[CHOICES], undefined)
})

test('who writes a wrong policy is warned', async () => {
  const { handler } = await imageFixture()
  const { headers } = await request(handler, 'POST', `${P}/imagestreams`, { body: following({ [POLICY]: 'newest' }) })
  assert.match(String(headers['warning']), /tag v1: the annotation millrace\.dev\/policy is .*it must be semver:RANGE/)
})

test('who writes what belongs to a policy and forgets the policy is warned, once', async () => {
  const { handler } = await imageFixture()
  const body = following({ 'millrace.dev/min-age': '24h' })
  const created = await request(handler, 'POST', `${P}/imagestreams`, { body })
  assert.match(String(created.headers['warning']), /tag v1: .*min-age counts for nothing without millrace\.dev\/policy/)
  const again = await request(handler, 'PUT', `${P}/imagestreams/s`, { body: created.json })
  assert.deepEqual([again.status, again.headers['warning']], [200, undefined])
})

test('an annotation of an imagestreamtag is one of the tag, and is warned of, too; a tag that is put in its place ends the policy', async () => {
  const w = await setUp({})
  const [old, young] = [w.push('1.0.0'), w.push('2.0.0')]
  await w.create()
  await w.run()
  const istag = { ...at('imagestreamtags'), name: 's:v1' }
  const annotate = async (policy: string) => {
    const { metadata, ...rest } = clone(await w.client.get(istag))
    const annotations = { ...metadata.annotations, [POLICY]: policy }
    const body = { ...rest, metadata: { ...metadata, annotations } }
    return await request(w.handler, 'PUT', `${P}/imagestreamtags/s:v1`, { body })
  }
  assert.match(String((await annotate('newest')).headers['warning']), /tag v1: .*it must be semver:RANGE/)
  assert.equal((await annotate('semver')).headers['warning'], undefined)
  await w.run()
  assert.deepEqual((await w.state()).images, [young, old])
  const from = { kind: 'DockerImage', name: SOURCE }
  await w.client.update(istag, { kind: 'ImageStreamTag', metadata: { name: 's:v1' }, tag: { from } } as KubeObject)
  await w.run()
  assert.deepEqual(await w.state(), { images: [old, young, old], why: undefined, choice: undefined })
})

test('an import from somewhere else is that, and not what the tag follows', async () => {
  const w = await setUp({ [POLICY]: 'semver' })
  const [old] = [w.push('1.0.0'), w.push('2.0.0')]
  await w.create()
  const images = [{ from: { kind: 'DockerImage', name: 'r.test/acme/app@' + old }, to: { name: 'v1' } }]
  const isi = { kind: 'ImageStreamImport', metadata: { name: 's' }, spec: { import: true, images } }
  await w.client.create(at('imagestreamimports'), isi)
  assert.deepEqual((await w.state()).images, [old])
})
