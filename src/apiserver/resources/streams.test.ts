import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, istag, tag } from '../../../test/support/imageObjects.ts'
import type { ImageStream } from '../../core/image/types.ts'
import { at, failure, imageFixture } from './image.fixture.ts'

const IS = at('imagestreams')
const is = (name: string, tags: object[] = [], more: object = {}) => ({
  kind: 'ImageStream',
  metadata: { name, ...more },
  spec: { tags },
})
const reference = (name: string, from: string, more: object = {}) => ({
  name,
  from: { kind: 'DockerImage', name: from },
  reference: true,
  ...more,
})

test('a new stream: defaults, generation 1, no status but what its tags bring', async () => {
  const { client } = await imageFixture()
  const created = await client.create<ImageStream>(IS, {
    ...is('s', [reference('b', 'x/b'), reference('a', 'x/a', { generation: 9 })], { generation: 7 }),
    status: { tags: [{ tag: 'forged', items: [event('a')] }] },
  } as never)
  assert.equal(created.metadata.generation, 1)
  assert.deepEqual(
    created.spec.tags,
    ['a', 'b'].map((n) => tag(n, `x/${n}`, { reference: true })),
  )
  assert.deepEqual(
    created.status.tags?.map((t) => [t.tag, t.items?.[0]?.dockerImageReference]),
    [
      ['a', 'x/a'],
      ['b', 'x/b'],
    ],
  )
  assert.deepEqual(await client.get({ ...IS, name: 's' }), created)
})

test('clients cannot write the status through the stream, nor the spec through the status', async () => {
  const { client } = await imageFixture()
  const s = structuredClone(await client.create<ImageStream>(IS, is('s', [reference('a', 'x/a')])))
  s.status.tags = []
  const viaSpec = await client.update<ImageStream>({ ...IS, name: 's' }, structuredClone(s))
  assert.equal(viaSpec.status.tags?.length, 1)
  const next = structuredClone(viaSpec)
  next.spec = { lookupPolicy: { local: true } }
  next.status.tags = [{ tag: 'n', items: [event('b', { generation: 0 })] }]
  next.metadata.labels = { l: 'x' }
  const viaStatus = await client.update<ImageStream>({ ...IS, name: 's', subresource: 'status' }, next)
  assert.deepEqual(viaStatus.spec, viaSpec.spec)
  assert.deepEqual(
    viaStatus.status.tags?.map((t) => [t.tag, t.items?.[0]?.generation]),
    [['n', 1]],
  )
  assert.deepEqual(viaStatus.metadata.labels, { l: 'x' })
})

test('errors of the tag stage are one cause of a field called []', async () => {
  const { client } = await imageFixture()
  const [code, reason, message] = await failure(client.create(IS, is('s', [{ name: 't', from: istag('no:x') }])))
  assert.deepEqual([code, reason], [422, 'Invalid'])
  assert.equal(
    message,
    'ImageStream.image.openshift.io "s" is invalid: []: Internal error: imagestreams "s" is invalid: spec.tags[t].from.name: Not found: "no:x"',
  )
})

test('a tag of another namespace needs the right to pull there, once', async () => {
  const questions: string[] = []
  const { client, as } = await imageFixture({
    allow: (user, q) => {
      if (q.subresource)
        questions.push(`${user.name} ${q.verb} ${q.resource}/${q.subresource} ${q.namespace}/${q.name}`)
      return q.subresource !== 'layers' || user.name === 'puller'
    },
  })
  await client.create(at('imagestreams', 'q'), is('far', [reference('x', 'x/y:1')]))
  const tags = [
    { name: 'a', from: istag('far:x', 'q') },
    { name: 'b', from: istag('far:x', 'q') },
  ]
  const [code, , message] = await failure(as('other').create(IS, is('s', tags)))
  assert.equal(code, 422)
  assert.match(
    message,
    /spec\.tags\[a\]\.from: Forbidden: q\/far: "not in this test" "", spec\.tags\[b\]\.from: Forbidden/,
  )
  const s = await as('puller').create<ImageStream>(IS, is('s', tags))
  assert.equal(s.status.tags?.length, 2)
  const edited = { ...structuredClone(s), metadata: { ...s.metadata, labels: { l: 'x' } } }
  await as('other').update({ ...IS, name: 's' }, edited)
  assert.deepEqual(questions, ['other get imagestreams/layers q/far', 'puller get imagestreams/layers q/far'])
})

test('dry run: the answer of a write, and no write', async () => {
  const { client } = await imageFixture()
  const dry = { dryRun: true }
  assert.equal((await client.create<ImageStream>(IS, is('s', [reference('a', 'x/a')]), dry)).spec.tags?.length, 1)
  assert.equal((await failure(client.get({ ...IS, name: 's' })))[0], 404)
})

test('an allowed list of registries holds for new sources only', async () => {
  const { client, store } = await imageFixture({ config: { allowedRegistries: [{ domainName: 'quay.io' }] } })
  assert.equal((await failure(client.create(IS, is('s', [reference('a', 'gcr.io/x/a')]))))[0], 422)
  const old = structuredClone(await client.create<ImageStream>(IS, is('s', [reference('a', 'quay.io/x/a')])))
  const key = 'image.openshift.io/imagestreams/p/s'
  const entry = (await store.get(key))!
  const narrowed = structuredClone(entry.object) as ImageStream
  narrowed.spec.tags![0]!.from!.name = 'gcr.io/x/a'
  await store.update(key, narrowed, entry.revision)
  const now = structuredClone(await client.get<ImageStream>({ ...IS, name: 's' }))
  now.spec.tags!.push(tag('b', 'gcr.io/x/a:2'))
  await client.update({ ...IS, name: 's' }, now)
  assert.equal(old.spec.tags?.length, 1)
})
