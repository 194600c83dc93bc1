import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { ORIGINS, REFRESH } from '../image/annotations.ts'
import type { ImageStream, TagReference } from '../image/types.ts'
import { withOrigins } from './origins.ts'
import { nextCheck, placeOf } from './slots.ts'
import { sourceOf } from './source.ts'
import { trackedTags } from './tracked.ts'
import { checkedText, needsImport, stateOf, type Checked } from './verdict.ts'

const A = `sha256:${'a'.repeat(64)}`
const B = `sha256:${'b'.repeat(64)}`

const tag = (over: Partial<TagReference> = {}): TagReference => ({
  name: 'v1',
  annotations: null,
  from: { kind: 'DockerImage', name: 'r.test/app:v1' },
  generation: 1,
  importPolicy: { scheduled: true },
  referencePolicy: { type: 'Source' },
  ...over,
})

function stream(tags: TagReference[], annotations?: Record<string, string>): ImageStream {
  return {
    metadata: { name: 's', namespace: 'ns', ...(annotations && { annotations }) },
    spec: { lookupPolicy: { local: false }, tags },
    status: { dockerImageRepository: '' },
  }
}

function status(image: string | undefined, failure?: string): ImageStream {
  const of = stream([tag()])
  const items = image ? [{ created: null, dockerImageReference: 'x', image, generation: 2 }] : null
  const condition = {
    type: 'ImportSuccess',
    status: 'False',
    lastTransitionTime: null,
    generation: 2,
    reason: failure!,
  }
  of.status.tags = [{ tag: 'v1', items, ...(failure && { conditions: [condition] }) }]
  return of
}

describe('what is tracked', () => {
  const cases: [string, TagReference, number | undefined][] = [
    ['a scheduled tag', tag(), 60_000],
    ['as fresh as it wants to be', tag({ annotations: { [REFRESH]: '30s' } }), 30_000],
    ['not what is not scheduled', tag({ importPolicy: {} }), undefined],
    ['not a mere pointer', tag({ reference: true }), undefined],
    ['not a tag of a stream', tag({ from: { kind: 'ImageStreamTag', name: 'o:v1' } }), undefined],
    ['not what is no reference', tag({ from: { kind: 'DockerImage', name: 'NOT one' } }), undefined],
    ['a digest that was never found', tag({ from: { kind: 'DockerImage', name: `r.test/app@${A}` } }), 60_000],
  ]
  for (const [title, of, refresh] of cases)
    test(title, () =>
      assert.deepEqual(
        trackedTags(stream([of]), 60_000).map((t) => t.refresh),
        refresh ? [refresh] : [],
      ),
    )

  test('a digest that was found is the same for ever', () => {
    const found = status(A)
    found.spec.tags = [tag({ from: { kind: 'DockerImage', name: `r.test/app@${A}` } })]
    assert.deepEqual(trackedTags(found, 60_000), [])
  })

  test("a stream's freshness is that of its tags, unless they have their own", () => {
    const own = tag({ name: 'v2', annotations: { [REFRESH]: '10m' } })
    const tracked = trackedTags(stream([tag(), own], { [REFRESH]: '15s' }), 60_000)
    assert.deepEqual(
      tracked.map((t) => t.refresh),
      [15_000, 600_000],
    )
  })

  for (const text of ['soon', '', '1s', '-5m', '169h', 'x'.repeat(1000)])
    test(`a freshness of ${JSON.stringify(text.slice(0, 10))} counts for nothing, and it is said why`, () => {
      const [tracked] = trackedTags(stream([tag({ annotations: { [REFRESH]: text } })]), 60_000)
      assert.equal(tracked!.refresh, 60_000)
      assert.match(tracked!.problem!, /must be a duration from 5s to 168h/)
      assert.ok(tracked!.problem!.length < 200)
    })

  test('what is spelled differently and means the same has one source', () => {
    const keys = ['busybox', 'docker.io/library/busybox:latest', 'index.docker.io/busybox'].map(
      (s) => sourceOf(s, false)?.key,
    )
    assert.equal(new Set(keys).size, 1)
    assert.notEqual(sourceOf('busybox', true)?.key, keys[0])
  })
})

describe('slots', () => {
  const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

  test('lie in the future, and no further than the freshness', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 2e12, noNaN: true }),
        fc.integer({ min: 5000, max: 604_800_000 }),
        unit,
        unit,
        (now, refresh, place, random) => {
          const at = nextCheck(now, refresh, place, random)
          assert.ok(at > now && at <= now + refresh + 1e-3, `${at - now} of ${refresh}`)
        },
      ),
    )
  })

  test('spread sources evenly over the period', () => {
    const buckets = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < 10_000; i++) buckets[Math.floor(placeOf(`false r.test/app${i} v1`) * 10)]!++
    for (const count of buckets) assert.ok(count > 850 && count < 1150, buckets.join(' '))
  })
})

describe('whether a tag is imported', () => {
  const settled = (of: ImageStream, checked: Checked, notBefore = 0) => ({
    checked: checkedText(checked),
    state: stateOf(of, 'v1'),
    failures: 1,
    notBefore,
  })
  const remembered = status(A)
  remembered.metadata.annotations = { [ORIGINS]: withOrigins(remembered, new Map([['v1', B]]))! }
  const cases: [string, ImageStream, Checked, ReturnType<typeof settled> | undefined, boolean][] = [
    ['not when it is the same image', status(A), { digest: A }, undefined, false],
    ['when it has moved', status(A), { digest: B }, undefined, true],
    ['when there is nothing yet', status(undefined), { digest: A }, undefined, true],
    [
      'not when the last import was made of the same index',
      status(A),
      { digest: B },
      settled(status(A), { digest: B }),
      false,
    ],
    ['not when the stream remembers that its image is of the same index', remembered, { digest: B }, undefined, false],
    ['when somebody has moved the tag since', status(B), { digest: A }, settled(status(A), { digest: A }), true],
    [
      'when it works again',
      status(A, 'InternalError'),
      { digest: A },
      settled(status(A, 'InternalError'), { failure: 'X' }),
      true,
    ],
    ['when the check fails, so that it is said', status(A), { failure: 'NotFound' }, undefined, true],
    [
      'not when that has been said',
      status(A, 'NotFound'),
      { failure: 'NotFound' },
      settled(status(A, 'NotFound'), { failure: 'NotFound' }),
      false,
    ],
    [
      'when it fails for another reason',
      status(A, 'NotFound'),
      { failure: 'Timeout' },
      settled(status(A, 'NotFound'), { failure: 'NotFound' }),
      true,
    ],
    [
      'each time where checks are refused and imports work',
      status(A),
      { failure: 'Refused' },
      settled(status(A), { failure: 'Refused' }),
      true,
    ],
    ['each time where no digest is told', status(A), {}, settled(status(A), {}), true],
    [
      'after a while where the check works and the import does not',
      status(A, 'X'),
      { digest: B },
      settled(status(A, 'X'), { digest: B }, 99),
      true,
    ],
    ['not before', status(A, 'X'), { digest: B }, settled(status(A, 'X'), { digest: B }, 101), false],
  ]
  for (const [title, of, checked, before, expected] of cases)
    test(title, () => assert.equal(needsImport(of, 'v1', checked, before, 100), expected))
})
