import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, stream, tag } from '../../../../test/support/imageObjects.ts'
import { clone } from '../../machinery/json/clone.ts'
import { describe } from '../../machinery/fieldError.ts'
import { renderImageTag } from '../render/imageTag.ts'
import { renderStreamTag } from '../render/streamTag.ts'
import type { ImageStreamTag, ImageTag } from '../types.ts'
import type { RegistryCheck } from './tag.ts'
import { validateImageTag, validateImageTagUpdate, validateStreamTag, validateStreamTagUpdate } from './streamTag.ts'

const base = { ...stream([tag('v1', 'x/y')], { v1: [event('a')] }) }
base.metadata.labels = { team: 'a' }
const istag = (): ImageStreamTag => clone(renderStreamTag(base, 'v1'))
const itag = (): ImageTag => clone(renderImageTag(base, 'v1'))

const ANNOTATIONS =
  'tag.annotations: Invalid value: "<map>": tag annotations must not be provided or must be equal to the object meta annotations'
const METADATA = 'metadata: Invalid value: "": may not update fields other than metadata.annotations'

test('annotations of tag and metadata agree, or the tag has none', () => {
  const t = istag()
  t.tag!.annotations = { a: '1' }
  assert.deepEqual(validateStreamTag(t).map(describe), [ANNOTATIONS])
  t.metadata.annotations = { a: '1' }
  assert.deepEqual(validateStreamTag(t), [])
  t.tag!.annotations = null
  assert.deepEqual(validateStreamTag(t), [])
  t.tag = null
  assert.deepEqual(validateStreamTag(t), [])
})

test('errors of the tag are told under its path', () => {
  const t = istag()
  t.tag!.from = { kind: 'DockerImage', name: 'A' }
  assert.deepEqual(
    validateStreamTag(t).map((e) => e.field),
    ['tag.from.name'],
  )
})

const changes: [string, (t: ImageStreamTag) => unknown, string[]][] = [
  ['nothing', () => undefined, []],
  ['the tag', (t) => (t.tag!.from!.name = 'x/z'), []],
  ['annotations of both', (t) => (t.tag!.annotations = t.metadata.annotations = { a: 'b' }), []],
  [
    'what the server owns',
    (t) => ((t.generation = 9), (t.lookupPolicy.local = true), (t.image = { metadata: {} })),
    [],
  ],
  ['managed fields', (t) => (t.metadata.managedFields = [{ manager: 'x' }]), []],
  ['the resourceVersion', (t) => delete t.metadata.resourceVersion, []],
  ['a label', (t) => (t.metadata.labels!['x'] = 'y'), [METADATA]],
  ['the uid', (t) => (t.metadata.uid = 'other'), [METADATA]],
  ['the name', (t) => (t.metadata.name = 's:v2'), [METADATA]],
  ['a finalizer', (t) => (t.metadata.finalizers = ['a/b']), [METADATA]],
]
for (const [what, change, expected] of changes) {
  test(`an update that changes ${what}`, () => {
    const next = istag()
    change(next)
    assert.deepEqual(validateStreamTagUpdate(next, istag()).map(describe), expected)
  })
}

test('an object with the annotation may use registries without TLS', () => {
  const plain: RegistryCheck = (_, insecure) => (insecure ? undefined : 'only without TLS')
  const [t, it] = [istag(), itag()]
  const problems = () => [...validateStreamTag(t, plain), ...validateImageTag(it, 'v1', plain)].map((e) => e.field)
  assert.deepEqual(problems(), ['tag.from.name', 'spec.from.name'])
  t.metadata.annotations = it.metadata.annotations = { 'openshift.io/image.insecureRepository': 'true' }
  assert.deepEqual(problems(), [])
})

test('a new image tag needs a spec of its own name', () => {
  const t = renderImageTag(base, 'new')
  assert.deepEqual(validateImageTag(t, 'new').map(describe), [
    'spec: Required value: spec is a required field during creation',
  ])
  t.spec = tag('other', 'x/y')
  assert.deepEqual(validateImageTag(t, 'new').map(describe), [
    'spec.name: Invalid value: "other": must match image tag name',
  ])
  t.spec.name = 'new'
  assert.deepEqual(validateImageTag(t, 'new'), [])
})

test('an update of an image tag may change its spec, and nothing else', () => {
  const next = itag()
  next.spec = null
  assert.deepEqual(validateImageTagUpdate(next, itag(), 'v1'), [])
  next.metadata.annotations = { a: 'b' }
  next.status!.items = []
  assert.deepEqual(validateImageTagUpdate(next, itag(), 'v1').map(describe), [
    'metadata: Invalid value: "": may not update fields other than spec',
    'status: Invalid value: "": may not update fields other than spec',
  ])
})
