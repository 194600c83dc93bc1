import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CHOICES, FILTER, IGNORE, MIN_AGE, POLICY } from '../../core/image/annotations.ts'
import type { ImageStream, TagEvent, TagReference } from '../../core/image/types.ts'
import { policyId } from '../../core/policy/policy.ts'
import { describeImageStream } from './stream.ts'

const now = new Date('2026-01-02T03:05:05Z')
const A = `sha256:${'a'.repeat(64)}`
const B = `sha256:${'b'.repeat(64)}`

const tag = (name: string, more: Partial<TagReference> = {}): TagReference => ({
  name,
  annotations: null,
  generation: 1,
  importPolicy: {},
  referencePolicy: { type: 'Source' },
  from: { kind: 'DockerImage', name: `r.io/ubi:${name}` },
  ...more,
})
const event = (image: string, minutes: number, reference = `r.io/ubi@${image}`): TagEvent => ({
  created: new Date(now.getTime() - minutes * 60_000).toISOString(),
  dockerImageReference: reference,
  image,
  generation: 1,
})
const stream = (spec: TagReference[], status: Record<string, TagEvent[]> = {}): ImageStream => ({
  metadata: { name: 'ubi', namespace: 'demo', creationTimestamp: '2026-01-02T03:03:05Z' },
  spec: { lookupPolicy: { local: false }, tags: spec },
  status: {
    dockerImageRepository: 'registry:5000/demo/ubi',
    tags: Object.entries(status).map(([name, items]) => ({ tag: name, items })),
  },
})
/** What follows the counts. */
const tags = (object: ImageStream): string => describeImageStream(object, now).split(/\nTags:\t+[0-9]+\n\n/)[1] ?? ''

test('the whole layout, tabs included', () => {
  const object = stream(
    [
      tag('latest', { importPolicy: { scheduled: true, insecure: true }, referencePolicy: { type: 'Local' } }),
      tag('stable', { from: { kind: 'ImageStreamTag', name: 'latest' } }),
    ],
    { latest: [event(A, 2), event(B, 180, 'r.io/ubi:old')], stable: [event(A, 2)] },
  )
  object.metadata.annotations = { 'openshift.io/image.dockerRepositoryCheck': '2026-01-02T03:04:05Z' }
  assert.equal(
    describeImageStream(object, now),
    [
      'Name:\t\t\tubi',
      'Namespace:\t\tdemo',
      'Created:\t\t2 minutes ago',
      'Labels:\t\t\t<none>',
      'Annotations:\t\topenshift.io/image.dockerRepositoryCheck=2026-01-02T03:04:05Z',
      'Image Repository:\tregistry:5000/demo/ubi',
      'Image Lookup:\t\tlocal=false',
      'Unique Images:\t\t2',
      'Tags:\t\t\t2',
      '',
      'latest (stable)',
      '  updates automatically from registry r.io/ubi:latest',
      '    will use insecure HTTPS or HTTP connections',
      '    prefer registry pullthrough when referencing this tag',
      '',
      `  * r.io/ubi@${A}`,
      '      2 minutes ago',
      '    r.io/ubi:old',
      `      3 hours ago\t${B}`,
      '',
    ].join('\n'),
  )
})

test('a stream without tags says so, one without anything else too', () => {
  const bare: ImageStream = {
    metadata: { name: 'x', labels: { b: '2', a: '1' }, annotations: { description: 'two\nlines' } },
    spec: { lookupPolicy: { local: true } },
    status: { dockerImageRepository: '', publicDockerImageRepository: 'public/x' },
  }
  assert.equal(
    describeImageStream(bare, now),
    'Name:\t\t\tx\nLabels:\t\t\ta=1\n\t\t\tb=2\nDescription:\t\ttwo\n\t\t\tlines\nAnnotations:\t\t<none>\n' +
      'Image Repository:\tpublic/x\nImage Lookup:\t\tlocal=true\nTags:\t\t\t<none>\n',
  )
})

test('null lists, which real servers send, count as empty', () => {
  const object = stream([])
  Object.assign(object.status, { tags: [{ tag: 'a', items: null }] })
  Object.assign(object.spec, { tags: null })
  assert.equal(tags(object), 'a\n  no spec tag\n\n')
})

test('each source has its line', () => {
  const cases: [Partial<TagReference>, string][] = [
    [{ from: { kind: 'DockerImage', name: 'r.io/x' } }, 'tagged from r.io/x'],
    [{ from: { kind: 'DockerImage', name: 'r.io/x' }, reference: true }, 'reference to registry r.io/x'],
    [{ from: { kind: 'ImageStreamTag', name: 'b:1', namespace: 'demo' } }, 'tagged from b:1'],
    [{ from: { kind: 'ImageStreamTag', name: 'b:1', namespace: 'other' }, reference: true }, 'reference to other/b:1'],
    [
      { from: { kind: 'ImageStreamTag', name: 'b:1' }, importPolicy: { scheduled: true } },
      'updates automatically from b:1',
    ],
    [{ from: { kind: 'ImageStreamImage', name: `b@${A}` } }, `tagged from b@${A}`],
    [{ from: { kind: 'ImageStreamImage', name: `b@${A}` }, reference: true }, `reference to image b@${A}`],
    [{ from: { kind: 'Odd', name: 'x' } }, 'updates from Odd x'],
    [{ from: { kind: 'Odd', name: 'x' }, reference: true }, 'reference to Odd x'],
  ]
  for (const [more, line] of cases)
    assert.equal(tags(stream([tag('t', { generation: null, ...more })])), `t\n  ${line}\n\n`)
  const { from: _, ...rest } = tag('t')
  assert.equal(tags(stream([rest])), 't\n  tag without source image\n\n')
})

test('notes of the author are set off', () => {
  const annotations = { description: 'A base', tags: 'a,b', supports: 'c', sampleRepo: 'https://x' }
  assert.equal(
    tags(stream([tag('t', { annotations, generation: null })])),
    't\n  tagged from r.io/ubi:t\n\n  A base\n  Tags: a, b\n  Supports: c\n  Example Repo: https://x\n\n',
  )
})

test('a pending import and a failed one are told apart', () => {
  const pending = stream([tag('t', { generation: 2 })], { t: [event(A, 1)] })
  assert.match(tags(pending), /\n {2}~ importing latest image \.\.\.\n {2}\* r\.io/)
  pending.status.tags![0]!.conditions = [
    {
      type: 'ImportSuccess',
      status: 'False',
      reason: 'NotFound',
      message: 'gone',
      generation: 2,
      lastTransitionTime: '2026-01-02T03:00:05Z',
    },
  ]
  assert.match(tags(pending), /\n\n {2}! error: Import failed \(NotFound\): gone\n {6}5 minutes ago\n {2}\* r\.io/)
  assert.doesNotMatch(tags(stream([tag('t', { generation: 2, reference: true })])), /importing/)
})

test('tags come in the order of their importance, an empty line apart', () => {
  const names = tags(stream(['b', '1.9', '1.10', 'latest'].map((name) => tag(name, { generation: null })))).match(
    /^\S+$/gm,
  )
  assert.deepEqual(names, ['latest', '1.10', '1.9', 'b'])
})

test('a policy: what it follows, what it has chosen, and what waits until when', () => {
  const followed = tag('v1', {
    annotations: { [POLICY]: 'semver:^1', [FILTER]: 'v{version}', [IGNORE]: 'v1.3.*', [MIN_AGE]: '24h' },
  })
  const object = stream([followed], { v1: [event(A, 2)] })
  const waiting = [
    { tag: 'v1.5.0', digest: A, since: '2026-01-02T01:00:00Z' },
    { tag: 'v1.4.2', digest: B, since: '2026-01-02T02:00:00Z' },
  ]
  const choice = { policy: policyId(followed), tag: 'v1.4.2', digest: A, candidates: 17, waiting }
  object.metadata.annotations = { [CHOICES]: JSON.stringify({ v1: choice }) }
  const shown = (of: ImageStream) => tags(of).split('\n').slice(2, 6)
  assert.deepEqual(shown(object), [
    '    follows the newest tag by semver:^1 (filter v{version}, without v1.3.*, known for 24h)',
    '    has chosen v1.4.2 of 17 that fitted',
    '    v1.5.0 waits until 2026-01-03T01:00:00Z',
    '    v1.4.2, which was pushed again, waits until 2026-01-03T02:00:00Z',
  ])
  followed.annotations![POLICY] = 'semver:^2'
  assert.deepEqual(shown(object).slice(1, 2), [''], 'what another policy has chosen is not shown')
})
