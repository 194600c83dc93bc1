import assert from 'node:assert/strict'
import { test } from 'node:test'
import { observedGeneration, pendingImport } from './pending.ts'
import type { ImageStream, NamedTagEventList, TagReference } from './types.ts'

const CHECKED = { 'openshift.io/image.dockerRepositoryCheck': '2024-01-01T00:00:00Z' }
const tag = (name: string, generation: number | null, more: Partial<TagReference> = {}): TagReference => ({
  name,
  annotations: null,
  from: { kind: 'DockerImage', name: `quay.io/acme/app:${name}` },
  generation,
  importPolicy: { insecure: true },
  referencePolicy: { type: 'Local' },
  ...more,
})
const seen = (name: string, item: number | undefined, condition?: number): NamedTagEventList => ({
  tag: name,
  items: item === undefined ? null : [{ created: null, dockerImageReference: 'x', image: 'y', generation: item }],
  ...(condition !== undefined && {
    conditions: [{ type: 'ImportSuccess', status: 'False', lastTransitionTime: null, generation: condition }],
  }),
})
interface Given {
  annotations?: Record<string, string>
  repository?: string
  spec?: TagReference[]
  status?: NamedTagEventList[]
}
const stream = ({ annotations, repository, spec = [], status = [] }: Given): ImageStream => ({
  metadata: { name: 's', namespace: 'ns', uid: 'u', resourceVersion: '7', ...(annotations && { annotations }) },
  spec: { lookupPolicy: { local: false }, tags: spec, ...(repository && { dockerImageRepository: repository }) },
  status: { dockerImageRepository: '', tags: status },
})

const cases: [string, Given, string[] | undefined, string?][] = [
  ['nothing to do in an empty stream', {}, undefined],
  ['a new tag of a new stream', { spec: [tag('a', 1)] }, ['a']],
  ['a pending tag of a checked stream', { annotations: CHECKED, spec: [tag('a', 3)], status: [seen('a', 2)] }, ['a']],
  ['an observed tag', { annotations: CHECKED, spec: [tag('a', 2)], status: [seen('a', 2)] }, undefined],
  [
    'a recorded failure counts as observed',
    { annotations: CHECKED, spec: [tag('a', 2)], status: [seen('a', undefined, 2)] },
    undefined,
  ],
  [
    'a failure of an older generation does not',
    { annotations: CHECKED, spec: [tag('a', 3)], status: [seen('a', 1, 2)] },
    ['a'],
  ],
  ['only what is pending', { annotations: CHECKED, spec: [tag('a', 2), tag('b', 3)], status: [seen('a', 2)] }, ['b']],
  ['a null generation starts nothing', { annotations: CHECKED, spec: [tag('a', null)] }, undefined],
  ['but goes along', { annotations: CHECKED, spec: [tag('a', null), tag('b', 3)] }, ['a', 'b']],
  ['and is imported by a stream never checked', { spec: [tag('a', null)] }, ['a']],
  ['generation 0 waits for the server to number it', { annotations: CHECKED, spec: [tag('a', 0)] }, undefined],
  [
    'an empty annotation is none',
    { annotations: { 'openshift.io/image.dockerRepositoryCheck': '' }, spec: [tag('a', 2)], status: [seen('a', 2)] },
    undefined,
  ],
  ['references are never imported', { spec: [tag('a', 1, { reference: true })] }, undefined],
  ['nor tags that follow tags', { spec: [tag('a', 1, { from: { kind: 'ImageStreamTag', name: 'b' } })] }, undefined],
  [
    'nor tags without source',
    { spec: [{ name: 'a', annotations: null, generation: 1, importPolicy: {}, referencePolicy: { type: 'Source' } }] },
    undefined,
  ],
  ['a repository, once', { repository: 'quay.io/acme/app' }, [], 'quay.io/acme/app'],
  [
    'a repository takes all importable tags along',
    { repository: 'r', spec: [tag('a', 2), tag('r', 1, { reference: true })], status: [seen('a', 2)] },
    ['a'],
    'r',
  ],
  ['a checked repository is left alone', { annotations: CHECKED, repository: 'r' }, undefined],
  ['a checked repository with a new tag', { annotations: CHECKED, repository: 'r', spec: [tag('a', 1)] }, ['a']],
]

for (const [name, given, tags, repository] of cases) {
  test(`pendingImport: ${name}`, () => {
    const request = pendingImport(stream(given))
    assert.deepEqual(request && (request.spec.images ?? []).map((i) => i.to?.name), tags)
    assert.equal(request?.spec.repository?.from.name, repository)
  })
}

test('the request names the very stream, and copies the tag', () => {
  const request = pendingImport(stream({ spec: [tag('a', 1)] }))
  assert.deepEqual(request?.metadata, { name: 's', namespace: 'ns', uid: 'u', resourceVersion: '7' })
  assert.equal(request.spec.import, true)
  assert.deepEqual(request.spec.images, [
    {
      from: { kind: 'DockerImage', name: 'quay.io/acme/app:a' },
      to: { name: 'a' },
      importPolicy: { insecure: true },
      referencePolicy: { type: 'Local' },
    },
  ])
})

test('a repository is insecure only when the annotation says "true"', () => {
  const policy = (value: string): unknown =>
    pendingImport(stream({ repository: 'r', annotations: { 'openshift.io/image.insecureRepository': value } }))?.spec
      .repository?.importPolicy
  assert.deepEqual(policy('true'), { insecure: true })
  assert.deepEqual(policy('True'), {})
})

test('observed generation: the newest of success and failure', () => {
  const at = (item: number | undefined, condition?: number): number =>
    observedGeneration(stream({ status: [seen('a', item, condition)] }), 'a')
  assert.deepEqual([at(undefined), at(3), at(3, 5), at(5, 3), at(undefined, 4)], [0, 3, 5, 5, 4])
})
