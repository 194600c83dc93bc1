import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, istag, stream, tag } from '../../../../test/support/imageObjects.ts'
import { describe } from '../../machinery/fieldError.ts'
import type { ImageStream, TagReference } from '../types.ts'
import { pathSegmentProblems, streamNameProblems } from './name.ts'
import { validateStream, validateStreamStatus } from './stream.ts'
import type { RegistryCheck } from './tag.ts'

const PATTERN = 'must match "[a-z0-9]+(?:[._-][a-z0-9]+)*"'

test('names of streams have single separators', () => {
  for (const good of ['a', 'a.b_c-d', '0', 'a1-b2']) assert.deepEqual(streamNameProblems(good), [], good)
  for (const bad of ['a--b', 'a__b', 'Abc', '-a', 'a-', 'a._b', 'ä', ''])
    assert.deepEqual(streamNameProblems(bad), [PATTERN], bad)
  assert.deepEqual(streamNameProblems('a/b'), ["may not contain '/'"])
  assert.deepEqual(streamNameProblems('a%b'), ["may not contain '%'"])
  assert.deepEqual(streamNameProblems('gen-', true), [PATTERN])
})

test('a long name with a bad end is refused at once', () => {
  const start = performance.now()
  assert.deepEqual(streamNameProblems(`${'a'.repeat(100_000)}!`), [PATTERN])
  assert.ok(performance.now() - start < 500)
})

test('path segments', () => {
  assert.deepEqual(pathSegmentProblems('..'), ["may not be '..'"])
  assert.deepEqual(pathSegmentProblems('..', true), [])
  assert.deepEqual(pathSegmentProblems('a/b%'), ["may not contain '/'", "may not contain '%'"])
})

const withTag = (from: TagReference['from'] | string, more: Partial<TagReference> = {}) =>
  stream([tag('t', from, more)])
const withRepository = (dockerImageRepository: string): ImageStream => {
  const s = stream()
  s.spec.dockerImageRepository = dockerImageRepository
  return s
}

const KINDS =
  "spec.tags[t].from.kind: Required value: valid values are 'DockerImage', 'ImageStreamImage', 'ImageStreamTag'"
const table: [string, ImageStream, string[]][] = [
  ['nothing', stream(), []],
  ['a tag without source', stream([tag('t')]), []],
  ['a good tag', withTag('docker.io/library/x:1'), []],
  [
    'a repository with a tag',
    withRepository('x/y:tag'),
    ['spec.dockerImageRepository: Invalid value: "x/y:tag": the repository name may not contain a tag'],
  ],
  [
    'a repository with an id',
    withRepository(`x/y@sha256:${'a'.repeat(64)}`),
    [
      `spec.dockerImageRepository: Invalid value: "x/y@sha256:${'a'.repeat(64)}": the repository name may not contain an ID`,
    ],
  ],
  [
    'a repository that does not parse',
    withRepository('X Y'),
    ['spec.dockerImageRepository: Invalid value: "X Y": invalid reference format'],
  ],
  ['an unknown kind', withTag({ kind: 'Foo', name: 'x' }), [KINDS]],
  ['no kind and no name', withTag({}), ['spec.tags[t].from.name: Required value', KINDS]],
  ['no name', withTag({ kind: 'DockerImage', name: '' }), ['spec.tags[t].from.name: Required value']],
  [
    'a pull spec that does not parse',
    withTag('a b c'),
    ['spec.tags[t].from.name: Invalid value: "a b c": invalid reference format'],
  ],
  [
    'upper case',
    withTag('Foo/Bar'),
    ['spec.tags[t].from.name: Invalid value: "Foo/Bar": repository name must be lowercase'],
  ],
  [
    'a scheduled stream tag',
    withTag(istag('a:b'), { importPolicy: { scheduled: true } }),
    [
      'spec.tags[t].importPolicy.scheduled: Invalid value: true: only tags pointing to Docker repositories may be scheduled for background import',
    ],
  ],
  ['a scheduled image', withTag('a/b', { importPolicy: { scheduled: true } }), []],
  [
    'a reference policy that nobody knows',
    withTag('a/b', { referencePolicy: { type: 'X' } }),
    ['spec.tags[t].referencePolicy.type: Invalid value: "X": valid values are "Source", "Local"'],
  ],
  [
    'an import mode that nobody knows',
    withTag('a/b', { importPolicy: { importMode: 'X' } }),
    [
      "spec.tags[t].importPolicy.importMode: Invalid value: \"X\": invalid import mode, valid modes are '', 'Legacy', 'PreserveOriginal'",
    ],
  ],
  [
    'an event without reference',
    stream([], { t: [event('a'), event('b', { dockerImageReference: '' })] }),
    ['status.tags[t].items[1].dockerImageReference: Required value'],
  ],
  [
    'an event that does not parse',
    stream([], { t: [event('a', { dockerImageReference: '!' })] }),
    ['status.tags[t].items[0].dockerImageReference: Invalid value: "!": invalid reference format'],
  ],
]
for (const [what, object, expected] of table) {
  test(`a stream with ${what}`, () => assert.deepEqual(validateStream(object).map(describe), expected))
}

test('namespace and name together have 255 characters', () => {
  const s = stream()
  s.metadata.name = 'a'.repeat(253)
  assert.deepEqual(validateStream(s), [])
  s.metadata.name += 'a'
  assert.match(validateStream(s).map(describe).join(), /'namespace\/name' cannot be longer than 255 characters/)
})

const only: RegistryCheck = ({ registry }, insecure) =>
  registry === 'good.io' || (insecure && registry === 'lab.io') ? undefined : `${registry} is not allowed`

test('registries are checked everywhere, and insecure ones where stream or tag accepts them', () => {
  const s = stream(
    [
      tag('a', 'good.io/x/y'),
      tag('b', 'bad.io/x/y'),
      tag('c', 'lab.io/x/y'),
      tag('d', 'lab.io/x/y', { importPolicy: { insecure: true } }),
    ],
    { t: [event('a', { dockerImageReference: 'bad.io/x/y:1' })] },
  )
  s.spec.dockerImageRepository = 'bad.io/x/y'
  assert.deepEqual(
    validateStream(s, only).map((e) => e.field),
    [
      'spec.dockerImageRepository',
      'spec.tags[b].from.name',
      'spec.tags[c].from.name',
      'status.tags[t].items[0].dockerImageReference',
    ],
  )
  s.metadata.annotations = { 'openshift.io/image.insecureRepository': 'true' }
  assert.ok(!validateStream(s, only).some((e) => e.field === 'spec.tags[c].from.name'))
})

test('a write to the status is only asked about pull specs that are new', () => {
  const old = stream([], { t: [event('a', { dockerImageReference: 'bad.io/x/y:1' })] })
  const next = stream([], {
    moved: [event('a', { dockerImageReference: 'bad.io/x/y:1' })],
    t: [event('b', { dockerImageReference: 'bad.io/x/y:2' })],
  })
  assert.deepEqual(validateStreamStatus(next, old, only).map(describe), [
    'status.tags[t].items[0].dockerImageReference: Forbidden: bad.io is not allowed',
  ])
})
