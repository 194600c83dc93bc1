// Validation of images, signatures, mappings and imports.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digest, image } from '../../../../test/support/imageObjects.ts'
import { describe } from '../../machinery/fieldError.ts'
import type { Image, ImageImportSpec, ImageSignature, ImageStreamImport, RepositoryImportSpec } from '../types.ts'
import { validateImage } from './image.ts'
import { validateImport } from './import.ts'
import { validateMapping } from './mapping.ts'
import { validateSignatureContent } from './signature.ts'

const platform = {
  digest: digest('b'),
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  manifestSize: 1,
  architecture: 'arm64',
  os: 'linux',
}

test('an image needs a reference that parses', () => {
  assert.deepEqual(validateImage(image('a')), [])
  assert.deepEqual(validateImage({ metadata: { name: 'x' } }).map(describe), ['dockerImageReference: Required value'])
  assert.deepEqual(
    validateImage(image('a', { dockerImageReference: 'A' }), 'image.').map((e) => e.field),
    ['image.dockerImageReference'],
  )
})

const platforms: [string, Partial<Image>, string[]][] = [
  ['complete', { dockerImageManifests: [platform] }, []],
  ['no platform', { dockerImageManifests: [{ ...platform, architecture: '', os: '' }] }, ['architecture', 'os']],
  ['no digest', { dockerImageManifests: [{ ...platform, digest: '' }] }, ['digest']],
  ['a bad digest', { dockerImageManifests: [{ ...platform, digest: 'nonsense' }] }, ['digest']],
  ['a bad media type', { dockerImageManifests: [{ ...platform, mediaType: 'nonsense' }] }, ['mediaType']],
  ['no media type', { dockerImageManifests: [{ ...platform, mediaType: '' }] }, ['mediaType']],
  ['a negative size', { dockerImageManifests: [{ ...platform, manifestSize: -1 }] }, ['size']],
]
for (const [what, more, fields] of platforms) {
  test(`platforms of an image: ${what}`, () =>
    assert.deepEqual(
      validateImage(image('a', more)).map((e) => e.field),
      fields.map((f) => `dockerImageManifests[0].${f}`),
    ))
}

test('an image has platforms or layers, not both', () => {
  const both = image('a', {
    dockerImageManifests: [platform],
    dockerImageLayers: [{ name: digest('c'), size: 1, mediaType: 'x' }],
  })
  assert.deepEqual(
    validateImage(both).map((e) => e.field),
    ['dockerImageLayers'],
  )
})

const signature = (more: Partial<ImageSignature> = {}): ImageSignature => ({
  metadata: { name: `${digest('a')}@one` },
  type: 'AtomicImageV1',
  content: 'c2ln',
  ...more,
})
const condition = (type: string, status = 'True', year = 0) => ({
  type,
  status,
  lastProbeTime: year ? `${year}-01-01T00:00:00Z` : null,
  lastTransitionTime: null,
})
/** Trust that changed: what was found out last counts, in whatever order it is told. */
const changed = (before: string, after: string) => [
  condition('Trusted', after, 2025),
  condition('ForImage', 'True', 2026),
  condition('Trusted', before, 2024),
]

const signatures: [string, ImageSignature, string[]][] = [
  ['good', signature(), []],
  ['a bad name', signature({ metadata: { name: 'plain' } }), ['metadata.name']],
  [
    'labels and annotations',
    signature({ metadata: { name: 'a@b', labels: { a: 'b' }, annotations: { a: 'b' } } }),
    ['metadata.labels', 'metadata.annotations'],
  ],
  ['nothing', signature({ type: '', content: null }), ['type', 'content']],
  ['half of the conditions', signature({ conditions: [condition('Trusted')] }), ['conditions']],
  ['the other half', signature({ conditions: [condition('ForImage')] }), ['conditions']],
  [
    'claims without trust',
    signature({ imageIdentity: 'x', issuedBy: { commonName: 'y' } }),
    ['imageIdentity', 'issuedBy'],
  ],
  [
    'claims with trust that was lost',
    signature({ conditions: changed('True', 'Unknown'), imageIdentity: 'x' }),
    ['imageIdentity'],
  ],
  ['claims with trust that was gained', signature({ conditions: changed('Unknown', 'True'), imageIdentity: 'x' }), []],
  [
    'claims with trust',
    signature({ conditions: [condition('Trusted'), condition('ForImage')], imageIdentity: 'x' }),
    [],
  ],
]
for (const [what, object, fields] of signatures) {
  test(`a signature: ${what}`, () =>
    assert.deepEqual(
      validateSignatureContent(object).map((e) => e.field),
      fields,
    ))
}

test('signatures inside an image are told by their index', () => {
  const object = image('a', { signatures: [signature(), signature({ type: '' })] })
  assert.deepEqual(
    validateImage(object).map((e) => e.field),
    ['signatures[1].type'],
  )
})

test('a mapping needs a tag, and an image with name and reference', () => {
  const metadata = { name: 's', namespace: 'p' }
  assert.deepEqual(validateMapping({ metadata, tag: 'v1', image: image('a') }), [])
  assert.deepEqual(
    validateMapping({ metadata, tag: '', image: { metadata: {} } }).map((e) => e.field),
    ['tag', 'image.metadata.name', 'image.dockerImageReference'],
  )
  assert.deepEqual(
    validateMapping({ metadata, tag: 'v1', image: image('a', { metadata: { name: 'a/b' } }) }).map((e) => e.field),
    ['image.metadata.name'],
  )
})

const policies = { importPolicy: {}, referencePolicy: { type: 'Source' } }
const item = (name: string, more: Partial<ImageImportSpec> = {}): ImageImportSpec => ({
  from: { kind: 'DockerImage', name },
  ...policies,
  ...more,
})
const isi = (images?: ImageImportSpec[], repository?: RepositoryImportSpec): ImageStreamImport => ({
  metadata: { name: 's' },
  spec: { import: true, ...(images && { images }), ...(repository && { repository }) },
  status: {},
})

const imports: [string, ImageStreamImport, string[]][] = [
  ['one image', isi([item('x/y')]), []],
  ['everything of a client of long ago', isi([item('*')]), []],
  ['nothing', isi(), ['spec.images: Invalid value: null: you must specify at least one image or a repository import']],
  [
    'another kind',
    isi([item('a:b', { from: { kind: 'ImageStreamTag', name: 'a:b' }, to: { name: '' } })]),
    ['spec.images[0].from.kind: Invalid value: "ImageStreamTag": only DockerImage is supported'],
  ],
  [
    'no target',
    isi([item('x/y'), item('x/y', { to: {} })]),
    ['spec.images[1].to.name: Invalid value: "": the name of the target tag must be specified'],
  ],
  ['no name', isi([item('')]), ['spec.images[0].from.name: Required value']],
  ['a bad name', isi([item('X')]), ['spec.images[0].from.name: Invalid value: "X": repository name must be lowercase']],
  [
    'a bad mode',
    isi([item('x', { importPolicy: { importMode: 'X' } })]),
    [
      "spec.images[0].importPolicy.importMode: Invalid value: \"X\": invalid import mode, valid modes are '', 'Legacy', 'PreserveOriginal'",
    ],
  ],
  ['a repository', isi(undefined, item('x/y')), []],
  [
    'a repository of another kind',
    isi(undefined, item('x/y', { from: { name: 'x/y' } })),
    ['spec.repository.from.kind: Invalid value: "": only DockerImage is supported'],
  ],
  [
    'a repository with a tag',
    isi(undefined, item('x/y:1')),
    ['spec.repository.from.name: Invalid value: "x/y:1": you must specify an image repository, not a tag or ID'],
  ],
  [
    'a repository without name',
    isi(undefined, item('')),
    ['spec.repository.from.name: Required value: container image references require a name'],
  ],
]
for (const [what, object, expected] of imports) {
  test(`an import of ${what}`, () => assert.deepEqual(validateImport(object).map(describe), expected))
}
