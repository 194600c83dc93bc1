import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digest, event, istag, stream, tag } from '../../../../test/support/imageObjects.ts'
import { addFailure } from '../history.ts'
import { renderImageTag } from '../render/imageTag.ts'
import { renderStreamTag } from '../render/streamTag.ts'
import type { ImageStream, ImageTag } from '../types.ts'
import { imageTagColumns } from './imageTag.ts'
import { streamColumns } from './stream.ts'
import { streamTagColumns } from './streamTag.ts'
import { tagSummary } from './tagSummary.ts'

const NOW = new Date('2024-01-03T00:00:00Z')
const at = (day: number) => ({ created: `2024-01-0${day}T00:00:00Z` })
const cells = <T>(columns: readonly { cell(object: T, now: Date): unknown }[], object: T): unknown[] =>
  columns.map((c) => c.cell(object, NOW))
const tagged = (...names: string[]): ImageStream =>
  stream([], Object.fromEntries(names.map((name) => [name, [event('a')]])))

const summaries: [string, ImageStream, string][] = [
  ['nothing', stream(), ''],
  [
    'newest first, names where times are equal, those without events last',
    stream([], { a: [event('a', at(1))], b: [event('a', at(2))], c: [event('a', at(2))], '0': [] }),
    'b,c,a,0',
  ],
  ['one long name alone', tagged('a'.repeat(60)), 'a'.repeat(60)],
  ['a long name before others', tagged('a'.repeat(60), 'b'), `${'a'.repeat(60)} + 1 more...`],
  ['what fits exactly', tagged('a'.repeat(19), 'b'.repeat(19)), `${'a'.repeat(19)},${'b'.repeat(19)}`],
  [
    'a name that sticks out a little',
    tagged('a'.repeat(20), 'b'.repeat(20), 'c'),
    `${'a'.repeat(20)},${'b'.repeat(20)} + 1 more...`,
  ],
  [
    'names of nine characters and more',
    tagged(...Array.from({ length: 9 }, (_, i) => `long-tag-${i}`)),
    'long-tag-0,long-tag-1,long-tag-2 + 6 more...',
  ],
  [
    'twenty long names',
    tagged(...Array.from({ length: 20 }, (_, i) => `release-4.${i + 10}`)),
    'release-4.10,release-4.11,release-4.12 + 17 more...',
  ],
]
for (const [what, object, text] of summaries) {
  test(`tag summary: ${what}`, () => assert.equal(tagSummary(object), text))
}

test('a stream shows its public repository, else what the spec names, else what the status says', () => {
  const s = stream([], { v1: [event('a', at(1))], v2: [event('a', at(2))] })
  assert.deepEqual(cells(streamColumns, s), ['s', '', 'v2,v1', '24 hours ago'])
  s.status.dockerImageRepository = 'in'
  assert.equal(cells(streamColumns, s)[1], 'in')
  s.spec.dockerImageRepository = 'spec'
  assert.equal(cells(streamColumns, s)[1], 'spec')
  s.status.publicDockerImageRepository = 'out'
  assert.equal(cells(streamColumns, s)[1], 'out')
  assert.equal(cells(streamColumns, stream())[3], '')
})

test('a stream tag shows where to pull, and in wide tables the image', () => {
  const t = renderStreamTag(stream([], { v1: [event('a', at(1))] }), 'v1')
  assert.deepEqual(cells(streamTagColumns, t), ['s:v1', `quay.io/acme/ubi@${digest('a')}`, '2 days ago', digest('a')])
  assert.deepEqual(
    streamTagColumns.map((c) => c.priority ?? 0),
    [0, 0, 0, 1],
  )
})

const IMAGE = `image/${digest('a')}`
const itag = (spec: Parameters<typeof tag>[1] | null, more: Parameters<typeof tag>[2] = {}, generation = 0): ImageTag =>
  renderImageTag(
    stream(
      spec === null ? [] : [tag('t', spec, more)],
      generation ? { t: [event('a', { generation, ...at(1) })] } : {},
    ),
    't',
  )

const words: [string, ImageTag, unknown[]][] = [
  ['pushed', itag(null, {}, 1), ['Push', IMAGE, 1, '2 days ago']],
  ['imported', itag('x/y', {}, 1), ['Tag', IMAGE, 1, '2 days ago']],
  ['importing', itag('x/y', { generation: 2 }, 1), ['Tag', 'Importing', 1, '2 days ago']],
  ['never imported', itag('x/y'), ['Tag', 'x/y', null, '']],
  ['pushed over', itag('x/y', {}, 2), ['Push', IMAGE, 1, '2 days ago']],
  ['scheduled', itag('x/y', { importPolicy: { scheduled: true }, reference: true }), ['Scheduled', 'x/y', null, '']],
  ['reference', itag('x/y', { reference: true }), ['Ref', 'x/y', null, '']],
  ['following', itag(istag('v1'), {}, 5), ['Track', IMAGE, 1, '2 days ago']],
  ['of another stream', itag(istag('o:v1')), ['Tag', 'istag/o:v1', null, '']],
  ['of another namespace', itag(istag('o:v1', 'n')), ['Tag', 'istag n/o:v1', null, '']],
  ['an image', itag({ kind: 'ImageStreamImage', name: 's@sha256:ab' }), ['Tag', 'image/sha256:ab', null, '']],
  ['a broken image', itag({ kind: 'ImageStreamImage', name: 's' }), ['Tag', 'InvalidRefName', null, '']],
  ['a broken kind', itag({ kind: 'Foo', name: 's' }), ['Tag', 'InvalidRefKind', null, '']],
  ['without source', itag(undefined), ['', '', null, '']],
]
for (const [what, object, expected] of words) {
  test(`an image tag that is ${what}`, () => assert.deepEqual(cells(imageTagColumns, object).slice(1), expected))
}

test('an image tag whose import failed says why, and when', () => {
  const s = stream([tag('t', 'x/y')], { t: [event('a', at(1))] })
  addFailure(s, 't', { lastTransitionTime: at(2).created, reason: 'NotFound', message: 'x', generation: 1 })
  assert.deepEqual(cells(imageTagColumns, renderImageTag(s, 't')), [
    's:t',
    'Tag',
    'ImportFailed (NotFound)',
    1,
    '24 hours ago',
  ])
})
