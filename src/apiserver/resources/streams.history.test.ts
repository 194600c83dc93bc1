// The history of a stream over random sequences of writes, through every path that there is: what the rules allow, and nothing else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { digest, image, istag, REPOSITORY, tag } from '../../../test/support/imageObjects.ts'
import { latestEvent, setSpecTag, specTag, statusTag } from '../../core/image/access.ts'
import { followed } from '../../core/image/following.ts'
import type { ImageStream, NamedTagEventList, TagEvent, TagReference } from '../../core/image/types.ts'
import { clone } from '../../core/machinery/json/clone.ts'
import { deepEqual } from '../../core/machinery/json/equal.ts'
import { ApiError } from '../../core/machinery/status.ts'
import { at, type Fixture, imageFixture, SUCCESS } from './image.fixture.ts'

const IS = { ...at('imagestreams'), name: 's' }
const TAGS = ['a', 'b', 'c', 'd']
const IMAGES = ['1', '2', '3']
const VIA = ['imagestreamtags', 'imagetags'] as const

type Source = TagReference['from']
interface TagEdit {
  name: string
  /** Undefined: the tag is removed from the spec. */
  from: Source | undefined
  reference: boolean
  /** What the client claims; 0 asks for a new import. */
  generation: number | null
}
type Write =
  | { write: 'spec'; edits: TagEdit[]; forged: NamedTagEventList[] }
  | { write: 'tag'; via: (typeof VIA)[number]; edit: TagEdit }
  | { write: 'import'; images: { to: string; found: string | undefined }[]; whole: boolean }
  | { write: 'push'; tag: string; image: string }
  | { write: 'drop'; via: (typeof VIA)[number]; tag: string }
  | { write: 'status'; tags: NamedTagEventList[] }
  | { write: 'other'; image: string }

const name = fc.constantFrom(...TAGS)
const docker = fc.constantFrom('1', '2').map((t) => ({ kind: 'DockerImage', name: `${REPOSITORY}:${t}` }))
const source: fc.Arbitrary<Source> = fc.oneof(
  docker,
  name.map((t) => istag(t)),
  name.map((t) => istag(`s:${t}`, 'p')),
  fc.constantFrom(istag('o:x'), istag('o:none'), istag('o:x', 'q'), istag('missing:x'), istag('a:b:c')),
  fc.constantFrom(...IMAGES).map((c) => ({ kind: 'ImageStreamImage', name: `s@${digest(c)}` })),
)
const edit = fc.record({
  name,
  from: fc.option(source, { nil: undefined, freq: 6 }),
  reference: fc.boolean(),
  generation: fc.constantFrom(null, 0, 0, 1, 99),
})
const anyEvent = fc.record({
  created: fc.constantFrom('2001-01-01T00:00:00Z', '2099-01-01T00:00:00Z'),
  dockerImageReference: fc.constantFrom(`${REPOSITORY}:1`, `${REPOSITORY}@${digest('1')}`),
  image: fc.constantFrom('', digest('1'), digest('2')),
  generation: fc.nat(3),
})
const condition = { type: 'ImportSuccess', status: 'False', lastTransitionTime: '2001-01-01T00:00:00Z', generation: 1 }
const history = fc.record({
  tag: name,
  items: fc.array(anyEvent, { minLength: 1, maxLength: 3 }),
  conditions: fc.boolean().map((failed) => (failed ? [condition] : [])),
})
const histories = fc.uniqueArray(history, { selector: (h) => h.tag })
const foundImage = fc.option(fc.constantFrom(...IMAGES), { nil: undefined, freq: 2 })
const write: fc.Arbitrary<Write> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      write: fc.constant('spec' as const),
      edits: fc.array(edit, { minLength: 1, maxLength: 3 }),
      forged: histories,
    }),
  },
  { weight: 2, arbitrary: fc.record({ write: fc.constant('tag' as const), via: fc.constantFrom(...VIA), edit }) },
  {
    weight: 3,
    arbitrary: fc.record({
      write: fc.constant('import' as const),
      images: fc.uniqueArray(fc.record({ to: name, found: foundImage }), { selector: (i) => i.to, minLength: 1 }),
      whole: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ write: fc.constant('push' as const), tag: name, image: fc.constantFrom(...IMAGES) }),
  },
  fc.record({ write: fc.constant('drop' as const), via: fc.constantFrom(...VIA), tag: name }),
  fc.record({ write: fc.constant('status' as const), tags: histories }),
  fc.record({ write: fc.constant('other' as const), image: fc.constantFrom(...IMAGES) }),
)

/** Does it, the way a client would. */
async function perform({ client, registry }: Fixture, w: Write): Promise<unknown> {
  switch (w.write) {
    case 'spec': {
      const next = clone(await client.get<ImageStream>(IS))
      for (const e of w.edits) change(next, e)
      next.status.tags = w.forged
      return client.update(IS, next)
    }
    case 'tag': {
      const object = { metadata: { name: `s:${w.edit.name}` }, ...inner(w.via, w.edit) }
      return client.update({ ...at(w.via), name: `s:${w.edit.name}` }, object)
    }
    case 'import': {
      registry.clear()
      for (const { to, found: c } of w.images)
        if (c) registry.set(`${REPOSITORY}:${to}`, { status: SUCCESS, image: image(c), tag: to })
      const from = (t: string) => ({ kind: 'DockerImage', name: `${REPOSITORY}${t}` })
      const spec = w.whole
        ? { repository: { from: from('') } }
        : { images: w.images.map(({ to }) => ({ from: from(`:${to}`), to: { name: to } })) }
      const object = { metadata: { name: 's' }, spec: { import: true, ...spec } }
      return client.create(at('imagestreamimports'), object)
    }
    case 'push': {
      const object = { metadata: { name: 's' }, tag: w.tag, image: image(w.image) }
      return client.create(at('imagestreammappings'), object)
    }
    case 'drop':
      return client.delete({ ...at(w.via), name: `s:${w.tag}` })
    case 'status': {
      const next = clone(await client.get<ImageStream>(IS))
      next.spec = { lookupPolicy: { local: false } }
      next.status.tags = w.tags
      return client.update({ ...IS, subresource: 'status' }, next)
    }
    default: {
      const object = { metadata: { name: 'o' }, tag: 'x', image: image(w.image) }
      return client.create(at('imagestreammappings'), object)
    }
  }
}

function wanted({ name: t, from, reference, generation }: TagEdit): TagReference {
  return tag(t, from, { generation, ...(reference && { reference }) })
}

function change(stream: ImageStream, e: TagEdit): void {
  if (e.from) return setSpecTag(stream, wanted(e))
  stream.spec.tags = (stream.spec.tags ?? []).filter((t) => t.name !== e.name)
}

const inner = (via: (typeof VIA)[number], e: TagEdit): object =>
  via === 'imagetags' ? { spec: e.from ? wanted(e) : null } : { tag: e.from ? wanted(e) : null, image: {} }

/** The tags that a write may move by itself, without those that follow them. */
function causes(w: Write): Set<string> {
  switch (w.write) {
    case 'spec':
      return new Set(w.edits.filter(({ from }) => from).map((e) => e.name))
    case 'tag':
      return new Set(w.edit.from ? [w.edit.name] : [])
    case 'import':
      return new Set(w.images.filter((i) => i.found).map((i) => i.to))
    case 'push':
      return new Set([w.tag])
    case 'status':
      return new Set(TAGS)
    default:
      return new Set()
  }
}

/** With the tags that follow them, however indirectly. */
function reach(start: ReadonlySet<string>, { spec, ...rest }: ImageStream): Set<string> {
  const reached = new Set(start)
  for (let size = -1; size !== reached.size;) {
    size = reached.size
    for (const t of spec.tags ?? []) if (reached.has(followed(t, { spec, ...rest }) ?? '')) reached.add(t.name)
  }
  return reached
}

const items = (s: ImageStream, t: string): TagEvent[] => [...(statusTag(s, t)?.items ?? [])]
const meaning = ({ created, image: i, dockerImageReference }: TagEvent) => [created, i, dockerImageReference]

function checkGenerations(before: ImageStream, after: ImageStream, w: Write): void {
  const rise = after.metadata.generation! - before.metadata.generation!
  const same = JSON.stringify(before.spec.tags) === JSON.stringify(after.spec.tags)
  assert.ok(rise === 0 || rise === 1, `the generation rises by ${rise}`)
  if (w.write === 'status') assert.deepEqual([rise, after.spec.tags], [0, before.spec.tags])
  if (rise === 0) assert.ok(same, 'another spec is another generation')
  for (const t of after.spec.tags ?? []) {
    const old = specTag(before, t.name)?.generation ?? 0
    assert.ok(t.generation! > 0 && t.generation! >= old && t.generation! <= after.metadata.generation!, t.name)
  }
}

function checkHistory(before: ImageStream, after: ImageStream, w: Write, t: string): void {
  const [was, is] = [items(before, t), items(after, t)]
  if (w.write === 'status') return
  const dropped = w.write === 'drop' && w.tag === t
  if (dropped) return assert.equal(statusTag(after, t), undefined, 'a dropped tag is gone')
  // An import into a tag that is only a reference leaves what it found, and on top of it the new reference: as in OpenShift.
  const found = w.write === 'import' && w.images.some((i) => i.to === t && i.found)
  if (found && specTag(after, t)?.reference && !is[0]?.image && !deepEqual(is[0], was[0])) is.shift()
  const grown = is.length - was.length
  assert.ok(grown === 0 || grown === 1, `${t}: ${grown} events more`)
  assert.deepEqual(is.slice(1 + grown), was.slice(1), `${t}: old events stay`)
  if (grown === 1 && was[0]) assert.deepEqual(meaning(is[1]!), meaning(was[0]), `${t}: what was newest stays`)
  const moved = grown === 1 || (is[0] && JSON.stringify(meaning(is[0])) !== JSON.stringify(meaning(was[0]!)))
  if (!moved) return
  if (grown === 0) {
    assert.equal(is[0]!.created, was[0]!.created, `${t}: what is corrected keeps its time`)
    assert.ok(is[0]!.image === was[0]!.image || is[0]!.dockerImageReference === was[0]!.dockerImageReference)
  }
  const direct = causes(w)
  assert.ok(reach(direct, after).has(t), `${t} moved without a cause`)
  if (w.write === 'push' && w.tag === t) assert.equal(is[0]!.image, digest(w.image))
  const spec = specTag(after, t)
  // An import that finds what a tag means already leaves it what it is: it may go on to follow another.
  const from = spec && followed(spec, after)
  if (w.write === 'import' && direct.has(t) && from === undefined)
    assert.equal(is[0]!.image, digest(w.images.find((i) => i.to === t)!.found!))
  if (direct.has(t)) return
  const [mine, theirs] = [is[0]!, latestEvent(after, from!)!]
  assert.deepEqual([mine.image, mine.dockerImageReference], [theirs.image, theirs.dockerImageReference], `${t} follows`)
}

function checkConditions(before: ImageStream, after: ImageStream, w: Write, t: string): void {
  const [was, is] = [statusTag(before, t)?.conditions ?? [], statusTag(after, t)?.conditions ?? []]
  for (const c of is) assert.deepEqual([c.type, c.status], ['ImportSuccess', 'False'])
  assert.ok(is.length <= 1)
  if (w.write === 'status' || JSON.stringify(was) === JSON.stringify(is)) return
  const mine = w.write === 'import' ? w.images.find((i) => i.to === t) : undefined
  if (is.length > 0) assert.ok(mine && !mine.found, `${t} failed without an import`)
  else {
    const news = JSON.stringify(items(before, t)) !== JSON.stringify(items(after, t))
    assert.ok(news || mine?.found || w.write === 'drop', `${t}: a failure is forgotten without news`)
  }
}

test('property: whatever is written, history is added to by the rules only, and generations never fall', async () => {
  const property = fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 25 }), async (writes) => {
    const fixture = await imageFixture({ allow: (_, question) => question.namespace !== 'q' })
    const { client } = fixture
    const reference = tag('x', 'x/y', { reference: true })
    for (const n of ['s', 'o']) {
      const tags = n === 'o' ? [reference] : [tag('a', `${REPOSITORY}:1`), tag('b', istag('a'))]
      await client.create(at('imagestreams'), { metadata: { name: n }, spec: { tags } } as never)
    }
    const user = fixture.as('somebody')
    for (const w of writes) {
      const before = await client.get<ImageStream>(IS)
      const done = await perform({ ...fixture, client: user }, w).then(
        () => true,
        (error: unknown) => {
          // Anything else would be a bug of the server.
          if (!(error instanceof ApiError) || error.code >= 500) throw error
          return false
        },
      )
      const after = await client.get<ImageStream>(IS)
      if (!done || w.write === 'other') {
        assert.deepEqual(after, before, 'what is refused changes nothing')
        continue
      }
      checkGenerations(before, after, w)
      for (const t of TAGS) {
        checkHistory(before, after, w, t)
        checkConditions(before, after, w, t)
      }
      assert.deepEqual(
        after.status.tags?.map((t) => t.tag),
        after.status.tags?.map((t) => t.tag).toSorted(),
      )
    }
  })
  await fc.assert(property, { numRuns: 200 })
})

test('property: what was read can be written back, and changes nothing', async () => {
  const property = fc.asyncProperty(fc.array(write, { maxLength: 8 }), async (writes) => {
    const fixture = await imageFixture()
    const { client } = fixture
    await client.create(at('imagestreams'), { metadata: { name: 's' }, spec: {} } as never)
    for (const w of writes) await perform(fixture, w).catch(() => undefined)
    const before = await client.get<ImageStream>(IS)
    for (const target of [IS, { ...IS, subresource: 'status' }]) {
      const after = await client.update<ImageStream>(target, clone(before))
      // Events without a generation get one when the status is written: nothing else is missing.
      if (!before.status.tags?.some((t) => t.items?.[0]?.generation === 0)) assert.deepEqual(after, before)
    }
  })
  await fc.assert(property, { numRuns: 50 })
})

test('a stream of very many tags is written in time that grows with them', async () => {
  const { client } = await imageFixture()
  // About as many as an object has room for.
  const count = 2800
  const tags = Array.from({ length: count }, (_, i) =>
    i % 2 ? tag(`t${i}`, istag(`t${i - 1}`)) : tag(`t${i}`, `${REPOSITORY}:${i}`, { reference: true }),
  )
  const time = async (run: () => unknown): Promise<number> => {
    const started = performance.now()
    await run()
    return performance.now() - started
  }
  // The time that it takes to read and write so much at all, with some room.
  const baseline = 20 + (await time(() => JSON.parse(JSON.stringify(clone(clone(tags))))))
  const writes: [string, () => Promise<unknown>][] = [
    ['creation', () => client.create(at('imagestreams'), { metadata: { name: 's' }, spec: { tags } } as never)],
    ['a label', () => client.patch(IS, 'merge', { metadata: { labels: { a: 'b' } } })],
    ['a tag', () => client.patch({ ...at('imagetags'), name: 's:t0' }, 'merge', { spec: { from: { name: 'x/y' } } })],
    ['list', () => client.list(at('imagetags'))],
    ['get', () => client.get({ ...at('imagetags'), name: 's:t1' })],
  ]
  for (const [what, run] of writes) {
    const took = await time(run)
    // Each tag compared with each took a thousand times the baseline.
    assert.ok(took < 100 * baseline, `${what} took ${took.toFixed()} ms, the baseline is ${baseline.toFixed()} ms`)
  }
  assert.equal((await client.get<ImageStream>(IS)).status.tags?.length, count)
})
