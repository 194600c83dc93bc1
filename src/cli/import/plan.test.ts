import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ImageStream, TagReference } from '../../core/image/types.ts'
import { planImport, type ImportFlags } from './plan.ts'
import { parseTarget } from './target.ts'

const none: ImportFlags = {
  from: '',
  confirm: false,
  all: false,
  scheduled: false,
  insecure: undefined,
  referencePolicy: 'Source',
  importMode: 'Legacy',
  dryRun: false,
  limit: undefined,
  resume: false,
}

const tag = (name: string, more: Partial<TagReference> = {}): TagReference => ({
  name,
  annotations: null,
  generation: 1,
  importPolicy: {},
  referencePolicy: { type: 'Source' },
  from: { kind: 'DockerImage', name: `r.io/x:${name}` },
  ...more,
})

const stream = (spec: Partial<ImageStream['spec']>, annotations?: Record<string, string>): ImageStream => ({
  metadata: { name: 'ubi', namespace: 'demo', resourceVersion: '7', ...(annotations && { annotations }) },
  spec: { lookupPolicy: { local: false }, ...spec },
  status: { dockerImageRepository: '' },
})

const plan = (argument: string, flags: Partial<ImportFlags>, at?: ImageStream) =>
  planImport(parseTarget(argument, flags.all ?? false), { ...none, ...flags }, 'demo', at).request

const image = (to: string, name: string, importPolicy: object = { importMode: 'Legacy' }) => ({
  from: { kind: 'DockerImage', name },
  to: { name: to },
  importPolicy,
  referencePolicy: { type: 'Source' },
})

test('a new stream needs --confirm', () => {
  assert.throws(() => plan('ubi', {}), {
    message: 'no image stream named "ubi" exists, pass --confirm to create and import',
  })
})

test('a new stream imports one tag, from --from or from what the argument says itself', () => {
  assert.deepEqual(plan('ubi', { confirm: true, from: 'r.io/ubi:8' }), {
    kind: 'ImageStreamImport',
    apiVersion: 'image.openshift.io/v1',
    metadata: { name: 'ubi', namespace: 'demo' },
    spec: { import: true, images: [image('latest', 'r.io/ubi:8')] },
  })
  assert.deepEqual(plan('busybox:1', { confirm: true }).spec.images, [image('1', 'busybox:1')])
})

test('--all imports a repository, with policies and without writing when it is a dry run', () => {
  const flags = { confirm: true, all: true, from: 'r.io/ubi', insecure: true, scheduled: true, dryRun: true } as const
  assert.deepEqual(plan('ubi', { ...flags, referencePolicy: 'Local', importMode: 'PreserveOriginal' }).spec, {
    import: false,
    repository: {
      from: { kind: 'DockerImage', name: 'r.io/ubi' },
      importPolicy: { insecure: true, scheduled: true, importMode: 'PreserveOriginal' },
      referencePolicy: { type: 'Local' },
    },
  })
})

test('--all of an existing stream takes its repository, else its tags, and asks before the repository changes', () => {
  const whole = stream({ dockerImageRepository: 'r.io/ubi' })
  assert.equal(plan('ubi', { all: true }, whole).spec.repository?.from.name, 'r.io/ubi')
  assert.equal(plan('ubi', { all: true }, whole).metadata.resourceVersion, '7')
  const tags = stream({ tags: [tag('1'), tag('2'), tag('3', { from: { kind: 'ImageStreamTag', name: '1' } })] })
  assert.deepEqual(plan('ubi', { all: true }, tags).spec.images, [image('1', 'r.io/x:1'), image('2', 'r.io/x:2')])
  const messages: [ImageStream, string][] = [
    [stream({}), 'image stream does not have tags pointing to external container images'],
    [whole, 'the image stream has a different import spec "r.io/ubi", pass --confirm to update'],
    [tags, 'the image stream does not currently import an entire Docker repository, pass --confirm to update'],
  ]
  for (const [at, message] of messages) {
    const from = at.spec.dockerImageRepository || at.spec.tags ? 'r.io/other' : ''
    assert.throws(() => plan('ubi', { all: true, from }, at), { message })
  }
  assert.equal(
    plan('ubi', { all: true, from: 'r.io/other', confirm: true }, whole).spec.repository?.from.name,
    'r.io/other',
  )
})

test('a tag keeps insecure and scheduled, but not its import mode', () => {
  const at = stream({
    tags: [tag('8', { importPolicy: { insecure: true, scheduled: true, importMode: 'PreserveOriginal' } })],
  })
  assert.deepEqual(plan('ubi:8', {}, at).spec.images?.[0]?.importPolicy, {
    insecure: true,
    scheduled: true,
    importMode: 'Legacy',
  })
})

test("the stream's annotation makes imports insecure unless the flag speaks", () => {
  const at = stream({ tags: [tag('8')] }, { 'openshift.io/image.insecureRepository': 'true' })
  assert.equal(plan('ubi:8', {}, at).spec.images?.[0]?.importPolicy.insecure, true)
  assert.equal(plan('ubi:8', { insecure: false }, at).spec.images?.[0]?.importPolicy.insecure, undefined)
})

test('references within the stream are followed, and the tag at their end is imported', () => {
  const at = stream({ tags: [tag('8'), tag('latest', { from: { kind: 'ImageStreamTag', name: 'ubi:8' } })] })
  assert.deepEqual(plan('ubi', {}, at).spec.images, [image('8', 'r.io/x:8')])
})

test('a missing tag comes from --from, and latest from the repository', () => {
  const at = stream({ dockerImageRepository: 'r.io/ubi' })
  assert.deepEqual(plan('ubi:9', { from: 'r.io/ubi:9' }, at).spec.images, [image('9', 'r.io/ubi:9')])
  assert.deepEqual(plan('ubi', {}, at).spec.images, [image('latest', 'r.io/ubi')])
})

test('tags that cannot be imported again are refused in the words of oc', () => {
  const from = (name: string, kind = 'ImageStreamTag', namespace = '') => ({
    from: { kind, name, ...(namespace && { namespace }) },
  })
  const { from: _, ...bare } = tag('8')
  const cases: [TagReference[], string, string][] = [
    [
      [],
      '',
      `the tag "8" does not exist on the image stream - choose an existing tag to import or use the 'tag' command to create a new tag`,
    ],
    [[tag('8', from('other:1'))], '', 'tag "8" points to an imagestreamtag from another ImageStream'],
    [
      [tag('8', from('ubi:1', 'ImageStreamTag', 'elsewhere'))],
      '',
      'tag "8" points to an imagestreamtag from another ImageStream',
    ],
    [[tag('8', from('8'))], '', 'tag "8" on the image stream is a reference to same tag'],
    [
      [tag('8', from('ubi@sha256:a', 'ImageStreamImage'))],
      '',
      'tag "8" points to existing ImageStreamImage "ubi@sha256:a", it cannot be re-imported',
    ],
    [
      [bare],
      'r.io/y',
      `tag "8" already exists - you must use the 'tag' command if you want to change the source to "r.io/y"`,
    ],
    [
      [tag('8')],
      'r.io/y',
      `the tag "8" points to "r.io/x:8" - use the 'tag' command if you want to change the source to "r.io/y"`,
    ],
    [
      [tag('8', from('9')), tag('9')],
      'r.io/y',
      `the tag "8" points to the tag "9" which points to "r.io/x:9" - use the 'tag' command if you want to change the source to "r.io/y"`,
    ],
  ]
  for (const [tags, source, message] of cases) {
    assert.throws(() => plan('ubi:8', { from: source }, stream({ tags })), { message })
  }
})
