import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { digest, event, istag, stream, tag } from '../../../test/support/imageObjects.ts'
import { imageLimitProblem, type LimitRange, streamLimitProblem } from './limits.ts'
import type { ImageStream, TagReference } from './types.ts'

const IMAGES = 'openshift.io/images'
const TAGS = 'openshift.io/image-tags'
const range = (type: string, max: Record<string, string>): LimitRange => ({ spec: { limits: [{ type, max }] } })
const limit = (max: Record<string, string>): LimitRange => range('openshift.io/ImageStream', max)

/** A stream with so many images in its history. */
const withImages = (...names: string[]): ImageStream => stream([], { t: names.map((name) => event(name)) })
const withTags = (...sources: (string | TagReference['from'] | undefined)[]): ImageStream =>
  stream(sources.map((from, i) => tag(`t${i}`, from)))
const exceeded = (what: string, numbers: string): string =>
  `requested usage of ${what} exceeds the maximum limit per openshift.io/ImageStream (${numbers})`
const refused = (inner: string): string => `ImageStream.image.openshift.io "s" is forbidden: ${inner}`

describe('the size of a pushed image', () => {
  const storage = (text: string) => range('openshift.io/Image', { storage: text })
  const text = (numbers: string) =>
    `requested usage of storage exceeds the maximum limit per openshift.io/Image (${numbers})`
  const cases: [what: string, ranges: LimitRange[], bytes: number, expected: string | undefined][] = [
    ['nothing limited', [], 1e15, undefined],
    ['below', [storage('1Ki')], 1023, undefined],
    ['equal', [storage('1Ki')], 1024, undefined],
    ['above', [storage('1Ki')], 2048, text('2Ki > 1Ki')],
    ['above by one', [storage('1k')], 1001, text('1001 > 1k')],
    ['the smallest of several counts', [storage('1Gi'), storage('1Ki'), storage('1Mi')], 2048, text('2Ki > 1Ki')],
    ['another type', [range('Container', { storage: '1' })], 2048, undefined],
    ['another resource', [range('openshift.io/Image', { memory: '1' })], 2048, undefined],
    ['a range without limits', [{ spec: {} }], 2048, undefined],
  ]
  for (const [what, ranges, bytes, expected] of cases)
    test(what, () => assert.equal(imageLimitProblem(ranges, bytes), expected))
})

describe('the images of a stream', () => {
  const two = [limit({ [IMAGES]: '2' })]
  const cases: [what: string, next: ImageStream, old: ImageStream | undefined, numbers: string | undefined][] = [
    ['up to the limit', withImages('a', 'b'), withImages('a'), undefined],
    ['above the limit', withImages('a', 'b', 'c'), withImages('a', 'b'), '3 > 2'],
    ['above the limit from the beginning', withImages('a', 'b', 'c'), undefined, '3 > 2'],
    ['the same image twice counts once', withImages('a', 'b', 'a'), withImages('a'), undefined],
    ['references without image do not count', withImages('a', 'b', '', ''), withImages('a'), undefined],
    ['over the limit already, nothing new', withImages('a', 'b', 'c'), withImages('a', 'b', 'c'), undefined],
    ['over the limit already, fewer', withImages('a', 'b', 'c'), withImages('a', 'b', 'c', 'd'), undefined],
    ['over the limit already, another one', withImages('a', 'b', 'd'), withImages('a', 'b', 'c'), '3 > 2'],
  ]
  for (const [what, next, old, numbers] of cases) {
    test(what, () => {
      const expected = numbers && refused(exceeded(IMAGES, numbers))
      assert.equal(streamLimitProblem(two, next, old), expected)
    })
  }

  test('are counted over the whole history of all tags', () => {
    const next = stream([], { a: [event('a'), event('b')], b: [event('c')] })
    assert.ok(streamLimitProblem(two, next, withImages('a')))
  })
})

describe('the sources of a stream', () => {
  const id = { kind: 'ImageStreamImage', name: `o@${digest('a')}` }
  const same: [what: string, ...sources: Parameters<typeof withTags>][] = [
    [
      'pull specs of Docker Hub',
      'ubi',
      'ubi:latest',
      'docker.io/ubi',
      'docker.io/library/ubi:latest',
      'index.docker.io/library/ubi',
    ],
    ['a digest, with or without tag', `q.io/a/b@${digest('a')}`, `q.io/a/b:1@${digest('a')}`],
    ['tags of another stream', istag('o:1'), istag('o:1', 'p')],
    ['images of another stream', id, { ...id, namespace: 'p' }],
  ]
  for (const [what, ...sources] of same) {
    test(`count once: ${what}`, () => {
      assert.equal(streamLimitProblem([limit({ [TAGS]: '1' })], withTags(...sources), undefined), undefined)
      assert.ok(streamLimitProblem([limit({ [TAGS]: '0' })], withTags(...sources), undefined)?.includes('(1 > 0)'))
    })
  }

  test('count one by one', () => {
    const next = withTags('ubi', 'ubi:1', 'q.io/ubi', 'q.io/library/ubi', istag('o:1'), istag('o:1', 'q'), id)
    const expected = refused(exceeded(TAGS, '7 > 6'))
    assert.equal(streamLimitProblem([limit({ [TAGS]: '6' })], next, undefined), expected)
  })

  test('that nobody can read do not count', () => {
    const next = withTags(
      'Not A Spec',
      istag('latest'),
      { kind: 'ImageStreamImage', name: 'x' },
      { kind: 'Other', name: 'x' },
      undefined,
    )
    assert.equal(streamLimitProblem([limit({ [TAGS]: '0' })], next, undefined), undefined)
  })
})

test('every limit that is exceeded is told', () => {
  const next = { ...withTags('ubi'), status: withImages('a').status }
  const ranges = [limit({ [IMAGES]: '0' }), limit({ [TAGS]: '0', [IMAGES]: '5' })]
  const expected = refused(`[${exceeded(IMAGES, '1 > 0')}, ${exceeded(TAGS, '1 > 0')}]`)
  assert.equal(streamLimitProblem(ranges, next, undefined), expected)
})

test('whatever the limits are, taking away and changing nothing are allowed; what is allowed is allowed under a higher limit', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'))
  fc.assert(
    fc.property(names, names, fc.nat(5), (before, after, max) => {
      const ranges = [limit({ [IMAGES]: String(max) })]
      const old = withImages(...before)
      assert.equal(streamLimitProblem(ranges, old, old), undefined)
      assert.equal(streamLimitProblem(ranges, withImages(...before.slice(1)), old), undefined)
      const problem = streamLimitProblem(ranges, withImages(...after), old)
      assert.equal(problem !== undefined, after.length > max && after.some((name) => !before.includes(name)))
      if (!problem)
        assert.equal(streamLimitProblem([limit({ [IMAGES]: String(max + 1) })], withImages(...after), old), undefined)
    }),
  )
})
