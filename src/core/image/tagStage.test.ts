import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digest, event, istag, REPOSITORY, stream, tag } from '../../../test/support/imageObjects.ts'
import { clone, freeze } from '../machinery/json/clone.ts'
import { describe } from '../machinery/fieldError.ts'
import { latestEvent, statusTag } from './access.ts'
import { applyStage, stageNeeds, type StageOptions } from './tagStage.ts'
import type { ImageStream, TagReference } from './types.ts'

const NOW = '2024-06-01T00:00:00Z'
const image = (name: string) => ({ kind: 'ImageStreamImage', name })

const source: ImageStream = freeze({
  ...stream([], { v1: [event('a', { generation: 40 }), event('b')], v2: [event('abc'), event('ab0')] }),
  metadata: { name: 'src', namespace: 'p' },
})

function run(spec: TagReference[], old?: ImageStream, options: Partial<StageOptions> = {}) {
  const next = stream(spec, Object.fromEntries((old?.status.tags ?? []).map((t) => [t.tag, clone(t.items ?? [])])))
  const errors = applyStage(next, old, {
    streams: new Map([['p/src', source]]),
    access: new Map(),
    now: NOW,
    ...options,
  })
  return { next, errors: errors.map(describe) }
}

test('it asks for other streams, and for access to those of other namespaces, each once', () => {
  const next = stream([
    tag('a', istag('src:v1')),
    tag('b', istag('src:v2')),
    tag('c', image('far@sha256:1'), { from: { ...image('far@sha256:1'), namespace: 'o' } }),
    tag('d', istag('far:x', 'o')),
    tag('e', istag('v1')),
    tag('f', 'x/y'),
    tag('g', istag('a:b:c')),
    tag('h'),
  ])
  assert.deepEqual(stageNeeds(next, undefined), {
    streams: [
      { namespace: 'p', name: 'src' },
      { namespace: 'o', name: 'far' },
    ],
    checks: [{ namespace: 'o', name: 'far' }],
  })
  assert.deepEqual(stageNeeds(next, next), { streams: [], checks: [] })
})

test('a reference tag points at its source verbatim; other images are left to the importer', () => {
  const { next, errors } = run([tag('r', 'docker.io/x/y:1', { reference: true, generation: 3 }), tag('i', 'x/y:1')])
  assert.deepEqual(errors, [])
  assert.deepEqual(next.status.tags, [
    { tag: 'r', items: [{ created: NOW, dockerImageReference: 'docker.io/x/y:1', image: '', generation: 3 }] },
  ])
})

test('a copied tag keeps the time of its source, and gets a generation of its own', () => {
  const { next } = run([tag('copy', istag('src:v1'), { generation: 5 })])
  assert.deepEqual(latestEvent(next, 'copy'), event('a', { generation: 5 }))
})

test('a copied image is an event of now', () => {
  const { next } = run([tag('copy', image(`src@${digest('b')}`), { generation: 5 })])
  assert.deepEqual(latestEvent(next, 'copy'), event('b', { generation: 5, created: NOW }))
})

test('a prefix will do, with or without algorithm', () => {
  for (const id of ['sha256:abca', 'ab0a']) {
    const { next, errors } = run([tag('copy', image(`src@${id}`))])
    assert.deepEqual(errors, [], id)
    assert.ok(latestEvent(next, 'copy'))
  }
})

test('a tag that its source does not have yet stays without status', () => {
  const { next, errors } = run([tag('later', istag('src:nosuch'))])
  assert.deepEqual(errors, [])
  assert.equal(statusTag(next, 'later'), undefined)
})

const FORMS = 'must be of the form <tag>, <repo>:<tag>, <id>, or <repo>@<id>'
const refused: [string, TagReference['from'], string][] = [
  ['a stream that does not exist', istag('no:x'), 'spec.tags[t].from.name: Not found: "no:x"'],
  ['a kind that nobody knows', { kind: 'Foo', name: 'x' }, `spec.tags[t].from.name: Invalid value: "x": ${FORMS}`],
  ['a docker image without name', { kind: 'DockerImage' }, `spec.tags[t].from.name: Invalid value: "": ${FORMS}`],
  ['too many colons', istag('a:b:c'), `spec.tags[t].from.name: Invalid value: "a:b:c": ${FORMS}`],
  [
    'an image that the source does not have',
    image('src@sha256:0000'),
    'spec.tags[t].from.name: Invalid value: "src@sha256:0000": error generating tag event: imagestreamimage.image.openshift.io "sha256:0000" not found',
  ],
  [
    'a prefix of several images',
    image('src@ab'),
    `spec.tags[t].from.name: Invalid value: "src@ab": error generating tag event: Operation cannot be fulfilled on imagestreamimage.image.openshift.io "ab": multiple images match the prefix "ab": ${[digest('ab0'), digest('abc')].join(', ')}`,
  ],
  [
    'a docker image of another namespace',
    { kind: 'DockerImage', name: 'a/b', namespace: 'o' },
    `spec.tags[t].from.name: Invalid value: "a/b": ${FORMS}`,
  ],
]
for (const [what, from, text] of refused) {
  test(`refused: ${what}`, () => assert.deepEqual(run([tag('t', from)]).errors, [text]))
}

test('without access to another namespace, a tag learns nothing of its stream', () => {
  const denied = new Map([['o/far', { allowed: false, reason: 'no', evaluationError: 'x' }]])
  const spec = [tag('a', istag('far:v1', 'o')), tag('b', istag('far:v2', 'o'))]
  const { errors, next } = run(spec, undefined, { access: denied })
  assert.deepEqual(errors, [
    'spec.tags[a].from: Forbidden: o/far: "no" "x"',
    'spec.tags[b].from: Forbidden: o/far: "no" "x"',
  ])
  assert.equal(next.status.tags, undefined)
})

test('with access, it is copied', () => {
  const { errors, next } = run([tag('a', istag('far:v1', 'o'))], undefined, {
    access: new Map([['o/far', { allowed: true }]]),
    streams: new Map([['o/far', source]]),
  })
  assert.deepEqual(errors, [])
  assert.equal(latestEvent(next, 'a')?.image, digest('a'))
})

test('only tags that are new or moved count', () => {
  const old = stream([tag('a', istag('gone:x')), tag('b', istag('src:v1'))])
  const { next, errors } = run([tag('a', istag('gone:x')), tag('b', istag('src:v2'))], old)
  assert.deepEqual(errors, [])
  assert.deepEqual(
    next.status.tags?.map((t) => t.tag),
    ['b'],
  )
})

const INTERNAL = 'reg:5000'
const pushed = event('a', { dockerImageReference: `${INTERNAL}/p/src@${digest('a')}` })
const registry = (reference: boolean): string | undefined => {
  const streams = new Map([
    ['p/src', { ...source, status: { ...source.status, tags: [{ tag: 'v1', items: [pushed] }] } }],
  ])
  const spec = [tag('t', istag('src:v1'), reference ? { reference } : {})]
  return latestEvent(run(spec, undefined, { streams, internalRegistry: INTERNAL }).next, 't')?.dockerImageReference
}

test('what lies in the integrated registry is pulled through the destination, unless the tag is a reference', () => {
  assert.equal(registry(false), `${INTERNAL}/p/s@${digest('a')}`)
  assert.equal(registry(true), pushed.dockerImageReference)
})

test('what lies elsewhere stays where it is', () => {
  const { next } = run([tag('t', istag('src:v1'))], undefined, { internalRegistry: INTERNAL })
  assert.equal(latestEvent(next, 't')?.dockerImageReference, `${REPOSITORY}@${digest('a')}`)
})

test('a copy inside its stream leaves its source as it was', () => {
  const old = stream([tag('v1', 'x/y')], { v1: [event('a')] })
  const { next } = run([tag('alias', istag('v1'), { generation: 2 }), tag('v1', 'x/y')], old)
  assert.deepEqual(latestEvent(next, 'v1'), event('a'))
  assert.deepEqual(latestEvent(next, 'alias'), event('a', { generation: 2 }))
})

test('followers follow in the same write', () => {
  const old = stream([tag('latest', istag('v1'))])
  const { next } = run([tag('latest', istag('v1')), tag('v1', 'x/y:2', { reference: true })], old)
  assert.equal(latestEvent(next, 'latest')?.dockerImageReference, 'x/y:2')
})
