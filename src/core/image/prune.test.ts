import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { digest, event, image, stream } from '../../../test/support/imageObjects.ts'
import { pruneHistories, unusedImages, type ImageUsage, type PruneRules } from './prune.ts'
import type { Image, ImageStream } from './types.ts'

const time = (minute: number): string => new Date(minute * 60_000).toISOString().replace('.000', '')
const rules = (more: Partial<PruneRules> = {}): PruneRules => ({
  youngerThan: 50 * 60_000,
  revisions: 1,
  all: true,
  ...more,
})
const usage = (more: Partial<ImageUsage> = {}): ImageUsage => ({
  tags: new Set(),
  images: new Set(),
  digests: new Set(),
  ...more,
})
const known = (...images: Image[]) => new Map(images.map((image) => [image.metadata.name!, image]))
const aged = (letter: string, minute: number, more: Partial<Image> = {}): Image => {
  return image(letter, {
    ...more,
    metadata: { name: digest(letter), creationTimestamp: time(minute), ...more.metadata },
  })
}
const old = (letters: string, minute = 1) => letters.split('').map((letter) => event(letter, { created: time(minute) }))
const left = ({ status }: ImageStream) =>
  Object.fromEntries(
    (status.tags ?? []).map(({ tag, items }) => [tag, (items ?? []).map((item) => item.image[7]).join('')]),
  )

const images = known(...'abcde'.split('').map((letter) => aged(letter, 1)))

const table: [string, Record<string, string>, Partial<ImageUsage>, Partial<PruneRules>, Record<string, string>][] = [
  ['the newest revisions stay', { v1: 'abcd', v2: 'e' }, {}, { revisions: 2 }, { v1: 'ab', v2: 'e' }],
  ['tags that lose everything go', { v1: 'ab', v2: 'c' }, {}, { revisions: 0 }, {}],
  ['a used tag keeps its newest entry', { v1: 'abc' }, { tags: new Set(['p/s:v1']) }, { revisions: 0 }, { v1: 'a' }],
  ['a used tag of another stream keeps nothing', { v1: 'a' }, { tags: new Set(['q/s:v1']) }, { revisions: 0 }, {}],
  ['a used image stays at any place', { v1: 'abc' }, { images: new Set([`p/s@${digest('c')}`]) }, {}, { v1: 'ac' }],
  ['an image in use elsewhere stays', { v1: 'abc' }, { digests: new Set([digest('b')]) }, {}, { v1: 'ab' }],
  ['images that are gone leave the history', { v1: 'xab' }, {}, { revisions: 3 }, { v1: 'ab' }],
  ['a used tag stays though its image is gone', { v1: 'xa' }, { tags: new Set(['p/s:v1']) }, {}, { v1: 'x' }],
]
for (const [what, status, used, more, expected] of table) {
  test(what, () => {
    const histories = Object.fromEntries(Object.entries(status).map(([tag, letters]) => [tag, old(letters)]))
    const result = pruneHistories(stream([], histories), { images, usage: usage(used) }, rules(more))
    assert.deepEqual(left(result.stream), expected)
    const count = (tags: Record<string, string>) => Object.values(tags).join('').length
    assert.equal(result.dropped, count(status) - count(expected))
  })
}

test('what is younger than the threshold stays, entries and streams', () => {
  const state = { images, usage: usage() }
  const mixed = stream([], { v1: [...old('a', 51), ...old('bc', 50)] })
  assert.deepEqual(left(pruneHistories(mixed, state, rules({ revisions: 0 })).stream), { v1: 'a' })
  const young = { ...mixed, metadata: { ...mixed.metadata, creationTimestamp: time(51) } }
  assert.deepEqual(pruneHistories(young, state, rules({ revisions: 0 })), { stream: young, dropped: 0 })
})

test('entries without image have no Image to miss, only a place in the history', () => {
  const references = stream([], { v1: [event('', { created: time(1) }), event('', { created: time(1) })] })
  assert.equal(pruneHistories(references, { images, usage: usage() }, rules()).dropped, 1)
})

test('tags that never had an entry keep their conditions', () => {
  const failed = { tag: 'v2', items: null, conditions: [] }
  const given = stream([], { v1: old('ab') })
  given.status.tags!.push(failed)
  const { stream: pruned } = pruneHistories(given, { images, usage: usage() }, rules())
  assert.deepEqual(pruned.status.tags?.[1], failed)
})

test('by size, only what is too large goes, whatever its age', () => {
  const tooLarge = (namespace: string, { metadata }: Image) => namespace === 'p' && metadata.name === digest('b')
  const given = stream([], { v1: old('abc', 99), v2: [event('', {})] })
  given.metadata.creationTimestamp = time(99)
  const state = { images, usage: usage() }
  assert.deepEqual(left(pruneHistories(given, state, rules({ tooLarge })).stream), { v1: 'ac', v2: '' })
  const used = { images, usage: usage({ digests: new Set([digest('b')]) }) }
  assert.equal(pruneHistories(given, used, rules({ tooLarge })).dropped, 0)
})

test('images stay for a history, a user, their age, or a platform', () => {
  const managed = { metadata: { annotations: { 'openshift.io/image.managed': 'true' } } }
  const platform = { digest: digest('b'), mediaType: '', manifestSize: 1, architecture: '', os: '' }
  const all = known(
    aged('a', 1, { dockerImageManifests: [platform] }),
    aged('b', 1),
    aged('c', 1),
    aged('d', 51),
    aged('e', 1, managed),
    aged('f', 1, { dockerImageManifests: [{ ...platform, digest: digest('e') }] }),
  )
  const streams = [stream([], { v1: old('a') })]
  const gone = (more: Partial<PruneRules>, used: Partial<ImageUsage> = {}) =>
    unusedImages(streams, { images: all, usage: usage(used) }, rules(more)).map(({ metadata }) => metadata.name![7])
  assert.deepEqual(gone({}), ['c', 'e', 'f'])
  assert.deepEqual(gone({ all: false }), ['e'])
  assert.deepEqual(gone({}, { digests: new Set([digest('c')]) }), ['e', 'f'])
  assert.deepEqual(gone({ tooLarge: () => false }), ['c', 'd', 'e', 'f'])
})

const letter = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const minute = fc.integer({ min: 0, max: 100 })
const history = fc.array(fc.record({ letter, minute }), { maxLength: 6 })
const anything = fc.record({
  v1: history,
  v2: history,
  born: minute,
  known: fc.uniqueArray(fc.record({ letter, minute }), { selector: (entry) => entry.letter }),
  usedTag: fc.boolean(),
  usedImage: fc.option(letter),
  usedDigest: fc.option(letter),
  threshold: minute,
  revisions: fc.integer({ min: 0, max: 4 }),
  all: fc.boolean(),
})

test('never goes: what is in use, young, within the kept revisions, or an image that a history still has', () => {
  fc.assert(
    fc.property(anything, (given) => {
      const events = (list: typeof given.v1) => list.map((e) => event(e.letter, { created: time(e.minute) }))
      const before = stream([], { v1: events(given.v1), v2: events(given.v2) })
      before.metadata.creationTimestamp = time(given.born)
      const images = known(...given.known.map((entry) => aged(entry.letter, entry.minute)))
      const used = usage({
        tags: new Set(given.usedTag ? ['p/s:v1'] : []),
        images: new Set(given.usedImage === null ? [] : [`p/s@${digest(given.usedImage)}`]),
        digests: new Set(given.usedDigest === null ? [] : [digest(given.usedDigest)]),
      })
      const state = { images, usage: used }
      const settings = rules({ youngerThan: given.threshold * 60_000, revisions: given.revisions, all: given.all })
      const input = JSON.stringify(before)
      const { stream: after, dropped } = pruneHistories(before, state, settings)
      assert.equal(JSON.stringify(before), input, 'the argument is not changed')

      let kept = 0
      for (const { tag, items } of before.status.tags ?? []) {
        const rest = [...(after.status.tags?.find((t) => t.tag === tag)?.items ?? [])]
        kept += rest.length
        for (const [revision, item] of items!.entries()) {
          // What is left is in the old order: it is the next, or it went.
          const stays = rest[0] === item
          if (stays) rest.shift()
          const young = Math.max(Date.parse(item.created!), 0) > settings.youngerThan || given.born > given.threshold
          const isUsed = used.digests.has(item.image) || used.images.has(`p/s@${item.image}`)
          const exists = images.has(item.image)
          const must =
            young ||
            (revision === 0 && used.tags.has(`p/s:${tag}`)) ||
            (exists && (isUsed || revision < given.revisions))
          assert.equal(stays, must)
        }
        assert.equal(rest.length, 0)
      }
      assert.equal(kept + dropped, given.v1.length + given.v2.length)

      const again = pruneHistories(after, state, { ...settings, revisions: 9 })
      assert.equal(again.dropped, 0, 'with more revisions to keep, nothing more goes')
      for (const { metadata } of unusedImages([after], state, settings)) {
        assert.ok(!JSON.stringify(after.status).includes(metadata.name!))
        assert.ok(!used.digests.has(metadata.name!))
        assert.ok(given.all && Date.parse(metadata.creationTimestamp!) <= settings.youngerThan)
      }
    }),
  )
})
