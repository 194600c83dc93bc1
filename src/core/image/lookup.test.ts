import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { latestEvent, referenceForEvent, resolveTag, type LookupStream } from './lookup.ts'
import { sortTags } from './tagLists.ts'
import type { TagEvent, TagReference } from './types.ts'

const digest = (c: string): string => `sha256:${c.repeat(64)}`
const SOURCE = `quay.io/acme/ubi@${digest('a')}`
const event = (image = digest('a'), reference = SOURCE): TagEvent => ({
  created: '2024-01-01T00:00:00Z',
  dockerImageReference: reference,
  image,
  generation: 2,
})
const specTag = (type: string): TagReference => ({
  name: '8',
  annotations: null,
  generation: 2,
  importPolicy: {},
  referencePolicy: { type },
})
const stream = (repository: string, spec: TagReference[], items: TagEvent[] | null, tag = '8'): LookupStream => ({
  spec: { lookupPolicy: { local: false }, tags: spec },
  status: { dockerImageRepository: repository, tags: [{ tag, items }] },
})
const INTERNAL = 'registry.local:5000/default/ubi'

const cases: [string, LookupStream, string, string | undefined][] = [
  ['Source policy: where it came from', stream(INTERNAL, [specTag('Source')], [event()]), '8', SOURCE],
  ['Local policy: our repository', stream(INTERNAL, [specTag('Local')], [event()]), '8', `${INTERNAL}@${digest('a')}`],
  [
    'Local policy drops a tag of the repository',
    stream(`${INTERNAL}:x`, [specTag('Local')], [event()]),
    '8',
    `${INTERNAL}@${digest('a')}`,
  ],
  ['Local policy without repository', stream('', [specTag('Local')], [event()]), '8', SOURCE],
  ['Local policy with a broken repository', stream('NO//', [specTag('Local')], [event()]), '8', SOURCE],
  ['Local policy, no image', stream(INTERNAL, [specTag('Local')], [event('', 'quay.io/a/b:1')]), '8', 'quay.io/a/b:1'],
  ['no spec tag: as recorded, whatever the repository', stream(INTERNAL, [], [event()]), '8', SOURCE],
  [
    'policy of another tag does not count',
    stream(INTERNAL, [{ ...specTag('Local'), name: '9' }], [event()]),
    '8',
    SOURCE,
  ],
  ['newest event first', stream('', [], [event(digest('b'), 'x/y@new'), event()]), '8', 'x/y@new'],
  ['no items', stream('', [specTag('Source')], null), '8', undefined],
  ['empty items', stream('', [specTag('Source')], []), '8', undefined],
  ['unknown tag', stream('', [specTag('Source')], [event()]), '7', undefined],
  ['empty tag is latest', stream('', [], [event()], 'latest'), '', SOURCE],
]

for (const [name, given, tag, expected] of cases) {
  test(`resolveTag: ${name}`, () => assert.equal(resolveTag(given, tag)?.reference, expected))
}

test('resolveTag tells the event and the spec tag that decided', () => {
  const resolved = resolveTag(stream(INTERNAL, [specTag('Local')], [event()]), '8')
  assert.equal(resolved?.image, digest('a'))
  assert.equal(resolved.event.generation, 2)
  assert.equal(resolved.specTag?.referencePolicy.type, 'Local')
  assert.ok(!('specTag' in resolveTag(stream('', [], [event()]), '8')!))
})

test('a pending import does not hide the last image', () => {
  const pending = stream('', [{ ...specTag('Source'), generation: 9 }], [event()])
  assert.equal(resolveTag(pending, '8')?.reference, SOURCE)
})

test('older events resolve by the policy of today', () => {
  const old = event(digest('c'), 'quay.io/acme/ubi@old')
  const local = stream(INTERNAL, [specTag('Local')], [event(), old])
  assert.equal(referenceForEvent(local, '8', old), `${INTERNAL}@${digest('c')}`)
  assert.equal(latestEvent(local, '8')?.image, digest('a'))
})

test("property: a tag resolves to its own newest event, at the place that this names or in the stream's own repository", () => {
  const name = fc.constantFrom('', 'latest', 'a', 'b', '__proto__', 'constructor', '\ud800')
  const anyEvent = fc.record({
    created: fc.constant(null),
    dockerImageReference: fc.oneof(fc.constantFrom(SOURCE, 'x/y:1', ''), fc.string()),
    image: fc.constantFrom('', digest('a'), digest('b'), 'no digest'),
    generation: fc.integer(),
  })
  const spec = fc.uniqueArray(fc.tuple(name, fc.constantFrom('Source', 'Local', '')), { selector: ([n]) => n })
  const status = fc.uniqueArray(fc.tuple(name, fc.option(fc.array(anyEvent, { maxLength: 3 }))), {
    selector: ([n]) => n,
  })
  const repository = fc.oneof(fc.constantFrom('', INTERNAL, 'NO//', 'localhost'), fc.string())
  fc.assert(
    fc.property(spec, status, repository, name, (tags, histories, dockerImageRepository, asked) => {
      const given: LookupStream = {
        spec: {
          lookupPolicy: { local: true },
          tags: sortTags(tags.map(([n, type]) => ({ ...specTag(type), name: n }))),
        },
        status: { dockerImageRepository, tags: sortTags(histories.map(([tag, items]) => ({ tag, items }))) },
      }
      const resolved = resolveTag(given, asked)
      const newest = histories.find(([n]) => n === (asked || 'latest'))?.[1]?.[0]
      assert.equal(resolved?.event, newest)
      if (!resolved || !newest) return assert.equal(resolved, undefined)
      assert.equal(resolved.image, newest.image)
      const own = resolved.reference !== newest.dockerImageReference
      if (own)
        assert.ok(resolved.reference.endsWith(`@${newest.image}`) || resolved.reference.endsWith(`:${newest.image}`))
      if (own) assert.equal(resolved.specTag?.referencePolicy.type, 'Local')
    }),
  )
})
