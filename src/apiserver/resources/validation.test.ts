// Every rule that an object of the image API can break, with the field, the reason and the words that a client gets.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type ImageApi, imageApi, ROOT } from '../../../test/support/imageApi.ts'
import { digest, image, istag } from '../../../test/support/imageObjects.ts'
import { type Cause, forbidden, invalid, required, type Rule, testRules } from '../../../test/support/rules.ts'

/** What the tag stage finds stands in one cause. */
const stage = (kind: 'name' | 'from', text: string): Cause => [
  '[]',
  'InternalError',
  `Internal error: imagestreams "x" is invalid: spec.tags[t].from${kind === 'name' ? '.name' : ''}: ${text}`,
]

const PATTERN = 'must match "[a-z0-9]+(?:[._-][a-z0-9]+)*"'
const FORM = 'must be of the form <tag>, <repo>:<tag>, <id>, or <repo>@<id>'
const KINDS = "valid values are 'DockerImage', 'ImageStreamImage', 'ImageStreamTag'"
const SCHEDULED = 'only tags pointing to Docker repositories may be scheduled for background import'
const MODES = "invalid import mode, valid modes are '', 'Legacy', 'PreserveOriginal'"
const POLICIES = 'valid values are "Source", "Local"'
const ANNOTATIONS = 'tag annotations must not be provided or must be equal to the object meta annotations'
const NAME_REQUIRED = 'name or generateName is required'
const NOT_ALLOWED = 'registry "bad.io" not allowed by whitelist: "quay.io:443"'
const LONG = 'a'.repeat(254)

let api: ImageApi
before(async () => {
  api = await imageApi({
    config: { allowedRegistries: [{ domainName: 'quay.io' }] },
    limits: [{ type: 'openshift.io/ImageStream', max: { 'openshift.io/images': '3' } }],
  })
  await api.make('s', {}, { labels: { team: 'a' } })
  for (const c of ['ab0', 'abc', 'c']) await api.push('s:v1', c)
  await api.put('s:v2', { from: istag('v1') })
})

/** Every request is refused with exactly the causes of its rule. */
const rules = (method: string, path: string, table: readonly Rule[], type?: string) =>
  testRules(() => api, [method, path, type], table)
const MERGE = 'application/merge-patch+json'
const NAMED = { name: 'x' }
const docker = (name: string) => ({ kind: 'DockerImage', name })
const stream = (spec: object) => ({ metadata: NAMED, spec })
const tagged = (from: object | undefined, more: object = {}) => stream({ tags: [{ name: 't', from, ...more }] })

describe('a stream:', () => {
  rules('POST', 'imagestreams', [
    ['no name', { metadata: {} }, required('metadata.name', NAME_REQUIRED)],
    ['a slash', { metadata: { name: 'a/b' } }, invalid('metadata.name', 'a/b', "may not contain '/'")],
    ['a percent sign', { metadata: { name: 'a%b' } }, invalid('metadata.name', 'a%b', "may not contain '%'")],
    ['a dot', { metadata: { name: '.' } }, invalid('metadata.name', '.', "may not be '.'")],
    ['two dots', { metadata: { name: '..' } }, invalid('metadata.name', '..', "may not be '..'")],
    ['two dashes', { metadata: { name: 'a--b' } }, invalid('metadata.name', 'a--b', PATTERN)],
    ['two underscores', { metadata: { name: 'a__b' } }, invalid('metadata.name', 'a__b', PATTERN)],
    ['a capital', { metadata: { name: 'A' } }, invalid('metadata.name', 'A', PATTERN)],
    ['two separators', { metadata: { name: 'a.-b' } }, invalid('metadata.name', 'a.-b', PATTERN)],
    [
      'a prefix that is no name',
      { metadata: { generateName: 'gen-' } },
      invalid('metadata.generateName', 'gen-', PATTERN),
    ],
    [
      'namespace and name of 256 characters',
      { metadata: { name: LONG } },
      invalid('metadata.name', LONG, "'namespace/name' cannot be longer than 255 characters"),
    ],
    [
      'a label against the grammar',
      { metadata: { name: 'x', labels: { a: '-' } } },
      [
        'metadata.labels',
        'FieldValueInvalid',
        "Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      ],
    ],
    [
      'a repository with a tag',
      stream({ dockerImageRepository: 'x/y:tag' }),
      invalid('spec.dockerImageRepository', 'x/y:tag', 'the repository name may not contain a tag'),
      forbidden('spec.dockerImageRepository', 'registry "docker.io" not allowed by whitelist: "quay.io:443"'),
    ],
    [
      'a repository with an id',
      stream({ dockerImageRepository: `quay.io/y@${digest('a')}` }),
      invalid('spec.dockerImageRepository', `quay.io/y@${digest('a')}`, 'the repository name may not contain an ID'),
    ],
    [
      'a repository that does not parse',
      stream({ dockerImageRepository: 'X Y' }),
      invalid('spec.dockerImageRepository', 'X Y', 'invalid reference format'),
    ],
    [
      'a repository that is not allowed',
      stream({ dockerImageRepository: 'bad.io/y' }),
      forbidden('spec.dockerImageRepository', NOT_ALLOWED),
    ],
    [
      'a source without name',
      tagged(docker('')),
      stage('name', `Invalid value: "": ${FORM}`),
      required('spec.tags[t].from.name'),
    ],
    [
      'a source of an unknown kind',
      tagged({ kind: 'Foo', name: 'x' }),
      stage('name', `Invalid value: "x": ${FORM}`),
      required('spec.tags[t].from.kind', KINDS),
    ],
    [
      'a source that does not parse',
      tagged(docker('a b')),
      invalid('spec.tags[t].from.name', 'a b', 'invalid reference format'),
    ],
    [
      'a source in upper case',
      tagged(docker('Foo/Bar')),
      invalid('spec.tags[t].from.name', 'Foo/Bar', 'repository name must be lowercase'),
    ],
    ['a source that is not allowed', tagged(docker('bad.io/y:1')), forbidden('spec.tags[t].from.name', NOT_ALLOWED)],
    [
      'a scheduled tag of a stream',
      tagged(istag('s:v1'), { importPolicy: { scheduled: true } }),
      invalid('spec.tags[t].importPolicy.scheduled', true, SCHEDULED),
    ],
    [
      'a scheduled image of a stream',
      tagged({ kind: 'ImageStreamImage', name: `s@${digest('c')}` }, { importPolicy: { scheduled: true } }),
      invalid('spec.tags[t].importPolicy.scheduled', true, SCHEDULED),
    ],
    [
      'a reference policy that nobody knows',
      tagged(undefined, { referencePolicy: { type: 'X' } }),
      invalid('spec.tags[t].referencePolicy.type', 'X', POLICIES),
    ],
    [
      'an import mode that nobody knows',
      tagged(undefined, { importPolicy: { importMode: 'X' } }),
      invalid('spec.tags[t].importPolicy.importMode', 'X', MODES),
    ],
    ['a source in a missing stream', tagged(istag('no:x')), stage('name', 'Not found: "no:x"')],
    ['a source of too many parts', tagged(istag('a:b:c')), stage('name', `Invalid value: "a:b:c": ${FORM}`)],
    [
      'an image of another namespace',
      tagged({ ...docker('quay.io/a/b'), namespace: 'q' }),
      stage('name', `Invalid value: "quay.io/a/b": ${FORM}`),
    ],
    [
      'an image that its stream does not have',
      tagged({ kind: 'ImageStreamImage', name: 's@sha256:0000' }),
      stage(
        'name',
        'Invalid value: "s@sha256:0000": error generating tag event: imagestreamimage.image.openshift.io "sha256:0000" not found',
      ),
    ],
    [
      'a prefix of two images',
      tagged({ kind: 'ImageStreamImage', name: 's@ab' }),
      stage(
        'name',
        `Invalid value: "s@ab": error generating tag event: Operation cannot be fulfilled on imagestreamimage.image.openshift.io "ab": multiple images match the prefix "ab": ${digest('ab0')}, ${digest('abc')}`,
      ),
    ],
  ])

  test('namespace and name of 255 characters, and any mix of single separators, are fine', async () => {
    for (const name of [LONG.slice(1), 'a.b_c-d']) {
      const said = await api.call('POST', 'imagestreams?dryRun=All', { metadata: { name } })
      assert.equal(said.status, 201, name)
    }
  })
})

describe('the status of a stream:', () => {
  const event = (dockerImageReference: string, image = '') => ({
    created: null,
    dockerImageReference,
    image,
    generation: 1,
  })
  const status = (...items: object[]) => ({ status: { tags: [{ tag: 't', items }] } })
  const field = 'status.tags[t].items[1].dockerImageReference'
  const known = event('quay.io/a/b:1')
  const images = ['1', '2', '3', '4'].map((c) => event('quay.io/a/b:1', digest(c)))
  rules(
    'PATCH',
    'imagestreams/s/status',
    [
      ['an event without reference', status(known, event('')), required(field)],
      ['an event that does not parse', status(known, event('!')), invalid(field, '!', 'invalid reference format')],
      ['an event that is not allowed', status(known, event('bad.io/y:1')), forbidden(field, NOT_ALLOWED)],
      [
        'more images than the limit',
        status(...images),
        forbidden(
          'imageStream',
          'ImageStream.image.openshift.io "s" is forbidden: requested usage of openshift.io/images exceeds the maximum limit per openshift.io/ImageStream (4 > 3)',
        ),
      ],
    ],
    MERGE,
  )
})

/** The rules of one tag, in whatever object it stands. `of` makes the object, `path` is that of the tag. */
function tagRules(path: string, of: (tag: object) => object): Rule[] {
  return [
    ['a source without name', of({ from: docker('') }), required(`${path}.from.name`)],
    ['a source of an unknown kind', of({ from: { kind: 'Foo', name: 'x' } }), required(`${path}.from.kind`, KINDS)],
    [
      'a source that does not parse',
      of({ from: docker('a b') }),
      invalid(`${path}.from.name`, 'a b', 'invalid reference format'),
    ],
    ['a source that is not allowed', of({ from: docker('bad.io/y') }), forbidden(`${path}.from.name`, NOT_ALLOWED)],
    [
      'a scheduled stream tag',
      of({ from: istag('s:v1'), importPolicy: { scheduled: true } }),
      invalid(`${path}.importPolicy.scheduled`, true, SCHEDULED),
    ],
    [
      'a reference policy that nobody knows',
      of({ referencePolicy: { type: 'X' } }),
      invalid(`${path}.referencePolicy.type`, 'X', POLICIES),
    ],
    [
      'an import mode that nobody knows',
      of({ importPolicy: { importMode: 'X' } }),
      invalid(`${path}.importPolicy.importMode`, 'X', MODES),
    ],
  ]
}

describe('a new image stream tag:', () => {
  const of = (tag: object | null, metadata: object = {}) => ({ metadata: { name: 's:new', ...metadata }, tag })
  rules('POST', 'imagestreamtags', [
    ['a slash', of({}, { name: 'a/b:new' }), invalid('metadata.name', 'a/b:new', "may not contain '/'")],
    ['a percent sign', of({}, { name: 'a%b:new' }), invalid('metadata.name', 'a%b:new', "may not contain '%'")],
    [
      'other annotations than its tag',
      of({ annotations: { a: '1' } }, { annotations: { a: '2' } }),
      invalid('tag.annotations', '<map>', ANNOTATIONS),
    ],
    [
      'no annotations, unlike its tag',
      of({ annotations: { a: '1' } }),
      invalid('tag.annotations', '<map>', ANNOTATIONS),
    ],
    ...tagRules('tag', of),
  ])
})

describe('an update of an image stream tag:', () => {
  const only = invalid('metadata', '', 'may not update fields other than metadata.annotations')
  rules(
    'PATCH',
    'imagestreamtags/s:v2',
    [
      ['a label', { metadata: { labels: { team: 'b' } } }, only],
      ['a finalizer', { metadata: { finalizers: ['a/b'] } }, only],
      ['an owner', { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' }] } }, only],
      ...tagRules('tag', (tag) => ({ tag })),
    ],
    MERGE,
  )
})

describe('a new image tag:', () => {
  const of = (spec: object | null) => ({ metadata: { name: 's:new' }, spec, status: null, image: null })
  rules('POST', 'imagetags', [
    ['no spec', of(null), required('spec', 'spec is a required field during creation')],
    ['another name', of({ name: 'other' }), invalid('spec.name', 'other', 'must match image tag name')],
    ...tagRules('spec', of),
  ])
})

describe('an update of an image tag:', () => {
  const only = (field: string) => invalid(field, '', 'may not update fields other than spec')
  rules(
    'PATCH',
    'imagetags/s:v2',
    [
      ['a label', { metadata: { labels: { team: 'b' } } }, only('metadata')],
      ['an annotation', { metadata: { annotations: { a: 'b' } } }, only('metadata')],
      ['its history', { status: { items: null } }, only('status')],
      ['another name', { spec: { name: 'other' } }, invalid('spec.name', 'other', 'must match image tag name')],
      ['no name', { spec: { name: '' } }, invalid('spec.name', '', 'must match image tag name')],
      ...tagRules('spec', (spec) => ({ spec })),
    ],
    MERGE,
  )
})

const signature = { metadata: { name: 'i@one' }, type: 'AtomicImageV1', content: 'c2ln' }
/** The rules of a signature, alone (`prefix` '') or inside of an image. */
function signatureRules(prefix: string, of: (signature: object) => object): Rule[] {
  const name = 'name must be of format <imageName>@<signatureName>'
  const metadata = { name: 'i@one', labels: { a: 'b' }, annotations: { a: 'b' } }
  return [
    [
      'a signature with a bad name',
      of({ ...signature, metadata: { name: 'plain' } }),
      invalid(`${prefix}metadata.name`, 'plain', name),
    ],
    [
      'a signature with labels and annotations',
      of({ ...signature, metadata }),
      forbidden(`${prefix}metadata.labels`, 'signature labels cannot be set'),
      forbidden(`${prefix}metadata.annotations`, 'signature annotations cannot be set'),
    ],
    [
      'a signature of nothing',
      of({ metadata: signature.metadata, type: '', content: null }),
      required(`${prefix}type`),
      required(`${prefix}content`),
    ],
  ]
}

describe('a signature:', () =>
  rules(
    'POST',
    `${ROOT}/imagesignatures`,
    signatureRules('', (s) => s),
  ))

const platform = { digest: digest('b'), mediaType: 'a/b', manifestSize: 1, architecture: 'arm64', os: 'linux' }
/** The rules of an image, alone (`prefix` '') or inside of a mapping. */
function imageRules(prefix: string, of: (image: object) => object): Rule[] {
  const field = `${prefix}dockerImageManifests[0].`
  const index = (more: object) => of(image('a', { dockerImageManifests: [{ ...platform, ...more }] }))
  const layer = { name: digest('c'), size: 1, mediaType: 'x' }
  return [
    ['no name', of({ ...image('a'), metadata: {} }), required(`${prefix}metadata.name`, NAME_REQUIRED)],
    [
      'a name with a slash',
      of({ ...image('a'), metadata: { name: 'a/b' } }),
      invalid(`${prefix}metadata.name`, 'a/b', "may not contain '/'"),
    ],
    ['no reference', of({ metadata: { name: 'i' } }), required(`${prefix}dockerImageReference`)],
    [
      'a reference that does not parse',
      of(image('a', { dockerImageReference: '!' })),
      invalid(`${prefix}dockerImageReference`, '!', 'invalid reference format'),
    ],
    ['a platform without digest', index({ digest: '' }), required(`${field}digest`)],
    ['a platform with a bad digest', index({ digest: 'x' }), invalid(`${field}digest`, 'x', 'invalid digest')],
    ['a platform without media type', index({ mediaType: '' }), required(`${field}mediaType`)],
    [
      'a platform with a bad media type',
      index({ mediaType: 'x' }),
      invalid(`${field}mediaType`, 'x', 'media type does not conform to RFC6838'),
    ],
    ['a platform without architecture', index({ architecture: '' }), required(`${field}architecture`)],
    ['a platform without system', index({ os: '' }), required(`${field}os`)],
    [
      'a platform of less than nothing',
      index({ manifestSize: -1 }),
      invalid(`${field}size`, -1, 'manifest size cannot be negative'),
    ],
    [
      'platforms and layers',
      of(image('a', { dockerImageManifests: [platform], dockerImageLayers: [layer] })),
      invalid(`${prefix}dockerImageLayers`, [layer], 'layers must be empty if manifests are provided'),
    ],
  ]
}

describe('an image:', () => {
  const condition = (type: string, status = 'True') => ({ type, status, lastProbeTime: null, lastTransitionTime: null })
  const signed = (more: object) => image('a', { signatures: [{ ...signature, ...more }] as never })
  const field = 'signatures[0].conditions'
  const claims = {
    imageIdentity: 'x',
    signedClaims: { a: 'b' },
    issuedBy: { organization: 'o' },
    issuedTo: { publicKeyID: 'k' },
  }
  const unset = Object.entries(claims).map(([claim, value]) =>
    invalid(`signatures[0].${claim}`, value, 'must be unset for unknown signature state'),
  )
  rules('POST', `${ROOT}/images`, [
    ...imageRules('', (i) => i),
    ...signatureRules('signatures[0].', (s) => image('a', { signatures: [s] as never })),
    [
      'a signature that is only trusted',
      signed({ conditions: [condition('Trusted')] }),
      invalid(field, [condition('Trusted')], 'must be paired with a "ForImage" condition'),
    ],
    [
      'a signature that is only for the image',
      signed({ conditions: [condition('ForImage')] }),
      invalid(field, [condition('ForImage')], 'must be paired with a "Trusted" condition'),
    ],
    ['claims of a signature without trust', signed(claims), ...unset],
    [
      'claims of a signature of unknown trust',
      signed({ ...claims, conditions: [condition('Trusted', 'Unknown'), condition('ForImage')] }),
      ...unset,
    ],
  ])
})

describe('a mapping:', () => {
  const of = (more: object) => ({ metadata: { name: 's' }, image: image('a'), tag: 'v1', ...more })
  rules('POST', 'imagestreammappings', [
    ['no stream', of({ metadata: {} }), required('metadata.name', NAME_REQUIRED)],
    ['no tag', of({ tag: '' }), required('tag')],
    ...imageRules('image.', (image) => of({ image })),
  ])
})

describe('an import:', () => {
  const of = (spec: object, name = 's') => ({ metadata: { name }, spec: { import: false, ...spec } })
  const one = (name: string, more: object = {}) => of({ images: [{ from: docker(name), ...more }] })
  const all = (name: string, more: object = {}) => of({ repository: { from: docker(name), ...more } })
  const [item, whole] = ['spec.images[0]', 'spec.repository']
  const KIND = 'only DockerImage is supported'
  const REPOSITORY = 'you must specify an image repository, not a tag or ID'
  rules('POST', 'imagestreamimports', [
    ['no name', of({ images: [{ from: docker('x/y') }] }, ''), required('metadata.name', NAME_REQUIRED)],
    ['a bad name', of({ images: [{ from: docker('x/y') }] }, 'A'), invalid('metadata.name', 'A', PATTERN)],
    ['nothing', of({}), invalid('spec.images', null, 'you must specify at least one image or a repository import')],
    [
      'an image of another kind',
      one('x', { from: { kind: 'ImageStreamTag', name: 's:v1' } }),
      invalid(`${item}.from.kind`, 'ImageStreamTag', KIND),
    ],
    ['an image without name', one(''), required(`${item}.from.name`)],
    ['an image that does not parse', one('X'), invalid(`${item}.from.name`, 'X', 'repository name must be lowercase')],
    [
      'a target without name',
      one('x/y', { to: { name: '' } }),
      invalid(`${item}.to.name`, '', 'the name of the target tag must be specified'),
    ],
    [
      'an image of a mode that nobody knows',
      one('x/y', { importPolicy: { importMode: 'X' } }),
      invalid(`${item}.importPolicy.importMode`, 'X', MODES),
    ],
    [
      'a repository of another kind',
      all('x', { from: { kind: '', name: 'x/y' } }),
      invalid(`${whole}.from.kind`, '', KIND),
    ],
    ['a repository without name', all(''), required(`${whole}.from.name`, 'container image references require a name')],
    ['a repository that does not parse', all('X Y'), invalid(`${whole}.from.name`, 'X Y', 'invalid reference format')],
    ['a repository with a tag', all('x/y:1'), invalid(`${whole}.from.name`, 'x/y:1', REPOSITORY)],
    [
      'a repository with an id',
      all(`x/y@${digest('a')}`),
      invalid(`${whole}.from.name`, `x/y@${digest('a')}`, REPOSITORY),
    ],
    [
      'a repository of a mode that nobody knows',
      all('x/y', { importPolicy: { importMode: 'X' } }),
      invalid(`${whole}.importPolicy.importMode`, 'X', MODES),
    ],
  ])
})
