import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { event, istag, stream, tag } from '../../../test/support/imageObjects.ts'
import { clone, freeze } from '../machinery/json/clone.ts'
import { specTag } from './access.ts'
import { fillEventGenerations, referenceChanged, startGenerations, updateGenerations } from './generations.ts'
import type { ImageStream, TagReference } from './types.ts'

const NS = 'p'

test('a new stream starts at 1, whatever the client says', () => {
  const s = stream([tag('a', 'x/a', { generation: 9 }), tag('b', 'x/b', { generation: null })])
  s.metadata.generation = 5
  startGenerations(s)
  assert.equal(s.metadata.generation, 1)
  assert.deepEqual(
    s.spec.tags?.map((t) => t.generation),
    [1, 1],
  )
})

const old = (): ImageStream => freeze({ ...stream([tag('a', 'x/a'), tag('b', istag('o:t'))]) })

type Edit = (a: TagReference, s: ImageStream) => void
// Generation of the stream and of tag a after an edit, both having been 1.
const edits: [string, Edit, number, number][] = [
  ['nothing', () => undefined, 1, 1],
  ['labels', (_, s) => (s.metadata.labels = { x: 'y' }), 1, 1],
  ['a generation of the client', (a) => (a.generation = 99), 1, 1],
  ['no generation', (a) => (a.generation = null), 1, 1],
  ['a reset', (a) => (a.generation = 0), 2, 2],
  ['from.name', (a) => (a.from!.name = 'x/b'), 2, 2],
  ['from.namespace', (a) => (a.from!.namespace = 'other'), 2, 2],
  ['from.namespace, the stream itself', (a) => (a.from!.namespace = NS), 2, 1],
  ['from.kind', (a) => (a.from!.kind = 'ImageStreamTag'), 2, 2],
  ['losing from', (a) => delete a.from, 2, 1],
  ['reference', (a) => (a.reference = true), 2, 2],
  ['import mode', (a) => (a.importPolicy.importMode = 'PreserveOriginal'), 2, 2],
  ['scheduled', (a) => (a.importPolicy.scheduled = true), 2, 1],
  ['insecure', (a) => (a.importPolicy.insecure = true), 2, 1],
  ['reference policy', (a) => (a.referencePolicy.type = 'Local'), 2, 1],
  ['annotations', (a) => (a.annotations = { x: 'y' }), 2, 1],
  ['lookup policy', (_, s) => (s.spec.lookupPolicy.local = true), 2, 1],
  ['another tag', (_, s) => s.spec.tags!.push(tag('c', 'x/c', { generation: 77 })), 2, 1],
]

for (const [what, edit, ofStream, ofTag] of edits) {
  test(`an update that changes ${what}: stream ${ofStream}, tag ${ofTag}`, () => {
    const next = clone(old())
    edit(next.spec.tags![0]!, next)
    updateGenerations(next, old())
    assert.equal(next.metadata.generation, ofStream)
    assert.equal(specTag(next, 'a')?.generation, ofTag)
    assert.equal(specTag(next, 'b')?.generation, 1)
  })
}

test('a new tag takes the generation of the stream, not its own', () => {
  const next = clone(old())
  next.spec.tags!.push(tag('c', 'x/c', { generation: 77 }))
  updateGenerations(next, old())
  // As the original: a number that the client gives to a new tag does not survive either.
  assert.equal(specTag(next, 'c')?.generation, 2)
})

test('a tag without source is never taken to have moved', () => {
  assert.equal(referenceChanged(tag('a'), tag('a', 'x/a'), NS), false)
  assert.equal(referenceChanged(tag('a', { kind: '', name: '' }), tag('a', 'x/a'), NS), false)
})

test('a stream that never had a generation gets its first', () => {
  const before = clone(old())
  before.metadata.generation = 0
  const next = clone(before)
  updateGenerations(next, before)
  assert.equal(next.metadata.generation, 1)
})

// Name, old event of the tag, generation of the spec tag, and what a new event without generation gets. The stream is at 8.
const fills: [string, Parameters<typeof event> | undefined, number | null | undefined, number][] = [
  ['no old event', undefined, 3, 8],
  ['another image, a spec tag', ['b'], 3, 3],
  ['another image, no spec tag', ['b'], undefined, 8],
  ['another image, a spec tag without generation', ['b'], null, 8],
  ['the same event', ['a', { generation: 0 }], 3, 8],
  ['the same image, known with a generation', ['a', { generation: 2 }], 3, 3],
]
for (const [what, before, generation, expected] of fills) {
  test(`a status written without generation: ${what}`, () => {
    const spec = generation === undefined ? [] : [tag('v1', 'x/a', { generation })]
    const was = stream(spec, before ? { v1: [event(...before)] } : {})
    const next = stream(spec, { v1: [event('a', { generation: 0 })], w: [event('b', { generation: 4 })] })
    next.metadata.generation = 8
    fillEventGenerations(next, was)
    assert.deepEqual(
      next.status.tags?.map((t) => t.items?.[0]?.generation),
      [expected, 4],
    )
  })
}

const anyTag = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  from: fc.constantFrom('x/a', 'x/b', undefined),
  generation: fc.constantFrom(null, 0, 1, 5, 99),
  reference: fc.boolean(),
})
const anySpec = fc
  .uniqueArray(anyTag, { selector: (t) => t.name })
  .map((tags) =>
    tags.map(({ name, from, generation, reference }) =>
      tag(name, from, { generation, ...(reference && { reference }) }),
    ),
  )

test('property: generations never fall, rise by one at most, and no tag is ahead of its stream', () => {
  fc.assert(
    fc.property(anySpec, fc.array(anySpec, { maxLength: 8 }), (first, updates) => {
      let s = stream(first)
      startGenerations(s)
      for (const spec of updates) {
        const before = freeze(clone(s))
        const next = { ...clone(before), spec: { ...clone(before.spec), tags: clone(spec) } }
        updateGenerations(next, before)
        const rise = next.metadata.generation! - before.metadata.generation!
        assert.ok(rise === 0 || rise === 1)
        for (const t of next.spec.tags) {
          assert.ok(t.generation !== null && t.generation > 0 && t.generation <= next.metadata.generation!)
          assert.ok(t.generation >= (specTag(before, t.name)?.generation ?? 0))
        }
        s = next
      }
    }),
  )
})

test('property: writing back what was read changes nothing', () => {
  fc.assert(
    fc.property(anySpec, (spec) => {
      const s = stream(spec)
      startGenerations(s)
      const next = clone(s)
      updateGenerations(next, s)
      assert.deepEqual(next, s)
    }),
  )
})
