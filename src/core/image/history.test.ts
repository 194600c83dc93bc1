import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { digest, event, stream } from '../../../test/support/imageObjects.ts'
import { clone, freeze } from '../machinery/json/clone.ts'
import { latestEvent, statusTag } from './access.ts'
import { addEvent, addFailure, clearConditions, dropEmpty, removeHistory, setEventGeneration } from './history.ts'
import type { ImageStream, TagEvent } from './types.ts'

const failure = { lastTransitionTime: '2024-01-01T00:00:00Z', reason: 'NotFound', message: 'gone', generation: 2 }
const items = (s: ImageStream, tag = 'v1'): TagEvent[] => statusTag(s, tag)?.items ?? []

test('the first event makes the tag, and clears its conditions', () => {
  const s = stream()
  addFailure(s, 'v1', failure)
  assert.equal(addEvent(s, 'v1', event('a')), true)
  assert.deepEqual(s.status.tags, [{ tag: 'v1', items: [event('a')] }])
})

const table: [string, TagEvent, { changed: boolean; count: number; newest: Partial<TagEvent> }][] = [
  ['the same again', event('a', { created: '2025-01-01T00:00:00Z' }), { changed: false, count: 1, newest: event('a') }],
  [
    'another generation',
    event('a', { generation: 9 }),
    { changed: true, count: 1, newest: event('a', { generation: 9 }) },
  ],
  [
    'another reference of the same image',
    event('a', { dockerImageReference: 'docker.io/x/y:1', generation: 4 }),
    { changed: true, count: 1, newest: { dockerImageReference: 'docker.io/x/y:1', image: digest('a'), generation: 4 } },
  ],
  [
    'another image under the same reference',
    event('a', { image: digest('b') }),
    { changed: true, count: 1, newest: { image: digest('b'), created: event('a').created } },
  ],
  ['another image', event('b'), { changed: true, count: 2, newest: event('b') }],
]

for (const [what, next, expected] of table) {
  test(`history: ${what}`, () => {
    const s = stream([], { v1: [event('a')] })
    assert.equal(addEvent(s, 'v1', next), expected.changed)
    assert.equal(items(s).length, expected.count)
    assert.partialDeepStrictEqual(items(s)[0], expected.newest)
  })
}

test('an image that comes back makes a new entry', () => {
  const s = stream([], { v1: [event('b'), event('a')] })
  addEvent(s, 'v1', event('a'))
  assert.deepEqual(
    items(s).map((e) => e.image),
    [digest('a'), digest('b'), digest('a')],
  )
})

test('what changes nothing leaves conditions alone; what changes anything clears them', () => {
  const s = stream([], { v1: [event('a')] })
  addFailure(s, 'v1', failure)
  addEvent(s, 'v1', event('a'))
  assert.equal(statusTag(s, 'v1')?.conditions?.length, 1)
  addEvent(s, 'v1', event('a', { generation: 2 }))
  assert.equal(statusTag(s, 'v1')?.conditions, undefined)
})

test('an equal failure is not written again; another one replaces it', () => {
  const s = stream([], { v1: [event('a')] })
  assert.equal(addFailure(s, 'v1', failure), true)
  assert.equal(addFailure(s, 'v1', { ...failure, generation: 7, lastTransitionTime: '2030-01-01T00:00:00Z' }), false)
  assert.equal(addFailure(s, 'v1', { ...failure, reason: 'Unauthorized' }), true)
  assert.deepEqual(statusTag(s, 'v1')?.conditions, [
    { type: 'ImportSuccess', status: 'False', ...failure, reason: 'Unauthorized' },
  ])
  assert.equal(items(s).length, 1)
})

test('a tag that only failed has no items', () => {
  const s = stream()
  addFailure(s, 'bad', failure)
  assert.equal(statusTag(s, 'bad')?.items, null)
})

test('tags without events and conditions are dropped, and the list with the last of them', () => {
  const s = stream([], { a: [], b: [event('b')] })
  dropEmpty(s)
  assert.deepEqual(
    s.status.tags?.map((t) => t.tag),
    ['b'],
  )
  assert.equal(removeHistory(s, 'b'), true)
  assert.equal(removeHistory(s, 'b'), false)
  assert.equal('tags' in s.status, false)
})

test('tags are kept in order of their bytes', () => {
  const s = stream()
  for (const name of ['b', 'B', '', 'ä', '\u{1F600}', '\uFFFD', 'a']) addEvent(s, name, event('a'))
  assert.deepEqual(
    s.status.tags?.map((t) => t.tag),
    ['', 'B', 'a', 'b', 'ä', '\uFFFD', '\u{1F600}'],
  )
})

test('generation and conditions of a tag can be set alone', () => {
  const s = stream([], { v1: [event('b'), event('a')] })
  setEventGeneration(s, 'v1', 5)
  setEventGeneration(s, 'none', 5)
  assert.deepEqual(
    items(s).map((e) => e.generation),
    [5, 1],
  )
  addFailure(s, 'v1', failure)
  clearConditions(s, 'v1')
  clearConditions(s, 'none')
  assert.equal(statusTag(s, 'v1')?.conditions, undefined)
})

const anyEvent = fc.record({
  created: fc.constantFrom('2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z'),
  dockerImageReference: fc.constantFrom('r/a', 'r/b', 'r/c'),
  image: fc.constantFrom('', digest('a'), digest('b')),
  generation: fc.integer({ min: 0, max: 3 }),
})

test('property: the newest event is what was added; entries only grow, by one at most; older ones never change', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 20 }), (events) => {
      const s = stream()
      for (const next of events) {
        const before = clone(items(s))
        // Whoever holds the old history must not see it change.
        freeze(s.status.tags)
        const copy = { ...s, status: { ...s.status } }
        const changed = addEvent(copy, 'v1', next)
        const after = items(copy)
        const { image, dockerImageReference, generation } = latestEvent(copy, 'v1')!
        assert.deepEqual(
          [image, dockerImageReference, generation],
          [next.image, next.dockerImageReference, next.generation],
        )
        const grown = after.length - before.length
        assert.ok(grown === 0 || grown === 1)
        assert.deepEqual(after.slice(1 + grown), before.slice(1))
        if (grown === 1) assert.deepEqual(after[1], before[0])
        assert.equal(changed, grown === 1 || JSON.stringify(after) !== JSON.stringify(before))
        s.status = clone(copy.status)
      }
    }),
  )
})

test('property: adding an event twice is adding it once', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 5 }), anyEvent, (events, last) => {
      const s = stream()
      for (const next of [...events, last]) addEvent(s, 'v1', next)
      const once = clone(s)
      assert.equal(addEvent(s, 'v1', last), false)
      assert.deepEqual(s, once)
    }),
  )
})
