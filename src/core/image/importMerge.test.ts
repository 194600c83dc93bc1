import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digest, event, image, istag, REPOSITORY, stream, tag } from '../../../test/support/imageObjects.ts'
import { clone } from '../machinery/json/clone.ts'
import type { EmbeddedStatus } from '../machinery/status.ts'
import { specTag, statusTag } from './access.ts'
import { updateGenerations } from './generations.ts'
import { addFailure } from './history.ts'
import { importedOutcomes, mergeImport } from './importMerge.ts'
import { isPending } from './pending.ts'
import type { ImageImportSpec, ImageImportStatus, ImageStream, ImageStreamImportSpec } from './types.ts'

const NOW = '2024-06-01T00:00:00Z'
const SUCCESS: EmbeddedStatus = { metadata: {}, status: 'Success' }
const FAILURE: EmbeddedStatus = { ...SUCCESS, status: 'Failure', reason: 'NotFound', message: 'gone', code: 404 }
const ok = (c: string, remote = '1'): ImageImportStatus => ({ status: SUCCESS, image: image(c), tag: remote })
const bad: ImageImportStatus = { status: FAILURE, tag: '1' }
const policies = { importPolicy: { importMode: 'Legacy' }, referencePolicy: { type: 'Source' } }
const want = (to: string | undefined, more: Partial<ImageImportSpec> = {}): ImageImportSpec => ({
  from: { kind: 'DockerImage', name: `${REPOSITORY}:1` },
  ...(to && { to: { name: to } }),
  ...policies,
  ...more,
})

/** Merges into a stream and settles generations, as a write does. */
function merge(before: ImageStream, images: ImageImportSpec[], outcomes: ImageImportStatus[]): ImageStream {
  const next = clone(before)
  mergeImport(next, { import: true, images }, { images: outcomes }, { now: NOW })
  updateGenerations(next, before)
  return next
}

test('a new tag: spec and event have the next generation', () => {
  const s = merge(stream(), [want('v1')], [ok('a')])
  assert.deepEqual(s.spec.tags, [tag('v1', `${REPOSITORY}:1`, { generation: 2 })])
  assert.deepEqual(s.status.tags, [{ tag: 'v1', items: [event('a', { created: NOW, generation: 2 })] }])
})

test('the same image again changes nothing', () => {
  const before = stream([tag('v1', `${REPOSITORY}:1`)], { v1: [event('a')] })
  assert.deepEqual(merge(before, [want('v1')], [ok('a')]), before)
})

test('a moved image goes on top of the history', () => {
  const before = stream([tag('v1', `${REPOSITORY}:1`)], { v1: [event('a')] })
  const s = merge(before, [want('v1')], [ok('b')])
  assert.deepEqual(statusTag(s, 'v1')?.items, [event('b', { created: NOW, generation: 2 }), event('a')])
  assert.equal(specTag(s, 'v1')?.generation, 2)
})

test('after a reset, the same image only gets a new generation', () => {
  const before = stream([tag('v1', `${REPOSITORY}:1`, { generation: 3 })], { v1: [event('a')] })
  before.metadata.generation = 3
  const s = merge(before, [want('v1')], [ok('a')])
  assert.deepEqual(statusTag(s, 'v1')?.items, [event('a', { generation: 4 })])
  assert.equal(specTag(s, 'v1')?.generation, 4)
})

test('importing again keeps reference policy, annotations and reference, and takes the import policy', () => {
  const kept = { referencePolicy: { type: 'Local' }, annotations: { a: 'b' } }
  const before = stream([tag('v1', istag('o:x'), kept)], { v1: [event('a')] })
  const importPolicy = { insecure: true, scheduled: false, importMode: 'PreserveOriginal' }
  const s = merge(before, [want('v1', { importPolicy })], [ok('b')])
  assert.deepEqual(
    specTag(s, 'v1'),
    tag('v1', `${REPOSITORY}:1`, {
      ...kept,
      generation: 2,
      importPolicy: { insecure: true, importMode: 'PreserveOriginal' },
    }),
  )
})

test('another import mode leaves the tag pending, though the image is the same', () => {
  const before = stream([tag('v1', `${REPOSITORY}:1`)], { v1: [event('a')] })
  const s = merge(before, [want('v1', { importPolicy: { importMode: 'PreserveOriginal' } })], [ok('a')])
  assert.equal(specTag(s, 'v1')?.generation, 2)
  assert.deepEqual(statusTag(s, 'v1')?.items, [event('a')])
})

test('success clears the condition of an earlier failure', () => {
  const before = stream([tag('v1', `${REPOSITORY}:1`)], { v1: [event('a')] })
  addFailure(before, 'v1', { lastTransitionTime: NOW, reason: 'NotFound', message: 'gone', generation: 1 })
  assert.equal(statusTag(merge(before, [want('v1')], [ok('a')]), 'v1')?.conditions, undefined)
})

test('a failure makes the spec tag, and a condition of the same generation', () => {
  const s = merge(stream(), [want('v1')], [bad])
  assert.equal(specTag(s, 'v1')?.generation, 2)
  assert.deepEqual(s.status.tags, [
    {
      tag: 'v1',
      items: null,
      conditions: [
        {
          type: 'ImportSuccess',
          status: 'False',
          lastTransitionTime: NOW,
          reason: 'NotFound',
          message: 'gone',
          generation: 2,
        },
      ],
    },
  ])
})

test('a failure of a known tag keeps its history and its source, and asks again', () => {
  const before = stream([tag('v1', 'x/other')], { v1: [event('a')] })
  const s = merge(before, [want('v1')], [bad])
  assert.deepEqual(specTag(s, 'v1'), tag('v1', 'x/other', { generation: 2 }))
  assert.deepEqual(statusTag(s, 'v1')?.items, [event('a')])
  assert.deepEqual(merge(s, [want('v1')], [bad]), s)
})

test('the same failure of a tag that was reset ends the waiting', () => {
  const failed = merge(stream([tag('v1', 'x/other')], { v1: [event('a')] }), [want('v1')], [bad])
  const reset = clone(failed)
  specTag(reset, 'v1')!.generation = 0
  updateGenerations(reset, failed)
  assert.ok(isPending(reset, specTag(reset, 'v1')!))
  const again = merge(reset, [want('v1')], [bad])
  assert.ok(!isPending(again, specTag(again, 'v1')!))
  assert.equal(statusTag(again, 'v1')?.conditions?.length, 1)
})

test('one failing image never blocks another', () => {
  const s = merge(stream(), [want('bad'), want('good')], [bad, ok('a')])
  assert.equal(statusTag(s, 'good')?.items?.length, 1)
  assert.equal(statusTag(s, 'bad')?.conditions?.length, 1)
})

test('where OpenShift says InternalError, the condition has the reason behind it', () => {
  const status = {
    metadata: {},
    status: 'Failure' as const,
    reason: 'InternalError',
    message: 'no such host',
    code: 500,
  }
  const causes = [{ reason: 'DNS', message: 'no such host' }]
  const reasonOf = (details: object) =>
    statusTag(merge(stream(), [want('v1')], [{ status: { ...status, ...details } }]), 'v1')?.conditions?.[0]?.reason
  assert.equal(reasonOf({ details: { causes } }), 'DNS')
  assert.equal(reasonOf({}), 'InternalError')
  assert.equal(reasonOf({ reason: 'Unauthorized', details: { causes: [{ reason: 'NoCredential' }] } }), 'NoCredential')
  assert.equal(reasonOf({ reason: 'NotFound', details: { causes } }), 'NotFound')
})

test('success without an image is a failure', () => {
  const s = merge(stream(), [want('v1')], [{ status: SUCCESS }])
  assert.equal(statusTag(s, 'v1')?.conditions?.[0]?.reason, 'InternalError')
})

test('an image without a target is neither tagged nor stored', () => {
  const before = stream()
  assert.deepEqual(merge(before, [want(undefined)], [ok('a')]), before)
  assert.deepEqual(importedOutcomes({ import: true, images: [want(undefined)] }, { images: [ok('a')] }), [])
})

test('a repository: every image under its own tag; failures make no spec tag', () => {
  const spec: ImageStreamImportSpec = {
    import: true,
    repository: { from: { kind: 'DockerImage', name: REPOSITORY }, ...policies },
    images: [want('mine')],
  }
  const result = {
    images: [ok('c')],
    repository: { status: FAILURE, images: [ok('a', '1.0'), { status: FAILURE, tag: 'bad' }, ok('b', 'latest')] },
  }
  const before = stream()
  const s = clone(before)
  mergeImport(s, spec, result, { now: NOW })
  updateGenerations(s, before)
  assert.deepEqual(
    s.spec.tags?.map((t) => [t.name, t.from?.name, t.generation]),
    [
      ['1.0', `${REPOSITORY}:1.0`, 2],
      ['latest', `${REPOSITORY}:latest`, 2],
      ['mine', `${REPOSITORY}:1`, 2],
    ],
  )
  assert.equal(statusTag(s, 'bad')?.conditions?.length, 1)
  assert.deepEqual(
    importedOutcomes(spec, result).map((o) => o.image?.metadata.name),
    ['a', 'b', 'c'].map(digest),
  )
})

test('a repository that cannot be listed leaves the stream alone', () => {
  const before = stream([tag('v1', 'x/y')], { v1: [event('a')] })
  const s = clone(before)
  const repository = { from: { kind: 'DockerImage', name: REPOSITORY }, ...policies }
  mergeImport(s, { import: true, repository }, { images: [], repository: { status: FAILURE } }, { now: NOW })
  assert.deepEqual(s, before)
})

test('a repository leaves alone a tag that follows a policy, though one of its own has that name', () => {
  const annotations = { 'millrace.dev/policy': 'semver' }
  const before = stream([tag('stable', `${REPOSITORY}:1`, { annotations })], { stable: [event('a')] })
  const s = clone(before)
  const repository = { from: { kind: 'DockerImage', name: REPOSITORY }, ...policies }
  const images = [ok('b', 'stable'), ok('c', 'other')]
  mergeImport(s, { import: true, repository }, { images: [], repository: { status: SUCCESS, images } }, { now: NOW })
  assert.deepEqual(statusTag(s, 'stable'), statusTag(before, 'stable'))
  assert.deepEqual(specTag(s, 'stable'), specTag(before, 'stable'))
  assert.equal(statusTag(s, 'other')?.items?.[0]?.image, digest('c'))
})
