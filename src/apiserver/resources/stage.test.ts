// Tags that refer to tags of other streams, in any graph: everything ends, and nothing is learnt of a namespace without the right to.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { digest, event, image, istag, tag } from '../../../test/support/imageObjects.ts'
import { referenceChanged } from '../../core/image/generations.ts'
import type { ImageStream, TagReference } from '../../core/image/types.ts'
import { ApiError } from '../../core/machinery/status.ts'
import { keyOf } from '../../store/store.ts'
import { at, failure, type Fixture, imageFixture } from './image.fixture.ts'

const NAMESPACES = ['p', 'q']
const STREAMS = ['s', 't']
const TAGS = ['a', 'b', 'c']
const GROUP = { group: 'image.openshift.io', plural: 'imagestreams' }

const source: fc.Arbitrary<TagReference['from']> = fc.oneof(
  fc
    .record({
      namespace: fc.constantFrom(undefined, ...NAMESPACES),
      stream: fc.constantFrom('', ...STREAMS.map((s) => `${s}:`), 'missing:'),
      tag: fc.constantFrom(...TAGS),
    })
    .map(({ namespace, stream, tag: t }) => istag(`${stream}${t}`, namespace)),
  fc
    .record({ namespace: fc.constantFrom(undefined, ...NAMESPACES), stream: fc.constantFrom(...STREAMS) })
    .map(({ namespace, stream }) => {
      const name = `${stream}@${digest('1')}`
      return namespace ? { kind: 'ImageStreamImage', name, namespace } : { kind: 'ImageStreamImage', name }
    }),
  fc.constant({ kind: 'DockerImage', name: 'q.io/x/y:1' }),
)
const tags = fc.uniqueArray(
  fc
    .record({ name: fc.constantFrom(...TAGS), from: source, reference: fc.boolean() })
    .map(({ name, from, reference }) => tag(name, from, reference ? { reference } : {})),
  { selector: (t) => t.name },
)
const step = fc.record({
  namespace: fc.constantFrom(...NAMESPACES),
  name: fc.constantFrom(...STREAMS),
  /** The new spec; or an image that is pushed to tag a. */
  tags: fc.option(tags, { nil: undefined, freq: 4 }),
})

/** Notes what is asked of the authorizer, and what is read of the store. */
function watched(fixture: Fixture, log: string[]): void {
  const { store } = fixture
  const get = store.get.bind(store)
  store.get = (key) => {
    if (key.startsWith('image.openshift.io/imagestreams/')) log.push(`read ${key.split('/').slice(2).join('/')}`)
    return get(key)
  }
}

interface Step {
  namespace: string
  name: string
  tags: TagReference[] | undefined
}

async function perform({ as }: Fixture, { namespace, name, tags: spec }: Step, exists: boolean): Promise<unknown> {
  const client = as('somebody')
  const target = { ...at('imagestreams', namespace), name }
  if (spec)
    return exists
      ? client.patch<ImageStream>(target, 'merge', { spec: { tags: spec } })
      : client.create<ImageStream>(target, { metadata: { name }, spec: { tags: spec } } as never)
  const mapping = { metadata: { name }, tag: 'a', image: image('1') }
  return client.create(at('imagestreammappings', namespace), mapping)
}

/** The foreign stream that a tag of this stream takes its image from: `namespace/name`. */
function foreignSource({ from }: TagReference, { namespace, name }: Step): string | undefined {
  if (!from?.namespace || from.namespace === namespace || from.kind === 'DockerImage') return undefined
  const [stream, ...rest] = from.name!.split(/[:@]/)
  return `${from.namespace}/${rest.length > 0 ? stream : name}`
}

test('property: whatever refers to whatever, every write ends, and asks for every foreign source that is new or changed', async () => {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 15 }), fc.boolean(), async (steps, strict) => {
    const log: string[] = []
    const allowed = (name: string) => !strict || name !== 't'
    const fixture = await imageFixture({
      allow: (_, { subresource, namespace, name }) => {
        if (subresource === 'layers') log.push(`ask ${namespace}/${name}`)
        return subresource !== 'layers' || allowed(name ?? '')
      },
    })
    watched(fixture, log)
    for (const s of steps) {
      const key = keyOf(GROUP, s.namespace, s.name)
      const before = (await fixture.store.get(key))?.object as ImageStream | undefined
      log.length = 0
      const done = await perform(fixture, s, before !== undefined).then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof ApiError) || error.code >= 500) throw error
          return false
        },
      )
      const changed = (s.tags ?? []).filter((t) => {
        const was = before?.spec.tags?.find((old) => old.name === t.name)
        return !was || referenceChanged({ ...t, generation: null }, was, s.namespace)
      })
      const wanted = new Set(changed.flatMap((t) => foreignSource(t, s) ?? []).map((key) => `ask ${key}`))
      const asked = log.filter((line) => line.startsWith('ask'))
      assert.deepEqual(asked.toSorted(), [...wanted].toSorted())
      for (const [i, line] of log.entries()) {
        const [verb, name] = line.split(' ') as [string, string]
        if (verb !== 'read' || name === `${s.namespace}/${s.name}` || name.startsWith(`${s.namespace}/`)) continue
        assert.ok(log.slice(0, i).includes(`ask ${name}`), `${name} was read without a question`)
        assert.ok(allowed(name.split('/')[1]!), `${name} was read in spite of the answer`)
      }
      if (done) continue
      assert.deepEqual((await fixture.store.get(key))?.object, before, 'what is refused changes nothing')
    }
  })
  await fc.assert(property, { numRuns: 200 })
})

test('property: a denial is the same whatever the other namespace holds', async () => {
  const worlds: (ImageStream | undefined)[] = [
    undefined,
    {
      metadata: { name: 't', namespace: 'q' },
      spec: { lookupPolicy: { local: false } },
      status: { dockerImageRepository: '' },
    },
    {
      metadata: { name: 't', namespace: 'q' },
      spec: { lookupPolicy: { local: false } },
      status: { dockerImageRepository: '', tags: TAGS.map((t) => ({ tag: t, items: [event('1')] })) },
    },
  ]
  const foreign = source.filter((from) => from?.namespace === 'q' && from.kind !== 'DockerImage')
  const property = fc.asyncProperty(
    foreign,
    fc.constantFrom('imagestreams', 'imagestreamtags', 'imagetags'),
    async (from, via) => {
      const answers = await Promise.all(
        worlds.map(async (world) => {
          const fixture = await imageFixture({ allow: (_, { subresource }) => subresource !== 'layers' })
          if (world) await fixture.store.create(keyOf(GROUP, 'q', 't'), world)
          const wanted = tag('a', from, { generation: null })
          const object = {
            imagestreams: { metadata: { name: 's' }, spec: { tags: [wanted] } },
            imagestreamtags: { metadata: { name: 's:a' }, tag: wanted },
            imagetags: { metadata: { name: 's:a' }, spec: wanted },
          }[via]
          const answer = await failure(fixture.as('somebody').create(at(via), object))
          assert.equal(await fixture.store.get(keyOf(GROUP, 'p', 's')), undefined)
          return answer
        }),
      )
      for (const answer of answers) {
        assert.deepEqual(answer, answers[0])
        assert.match(answer[2], /spec\.tags\[a\]\.from: Forbidden: q\//)
      }
    },
  )
  await fc.assert(property, { numRuns: 50 })
})
