import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digest } from '../../../../test/support/imageObjects.ts'
import { collectUsage, isUsedImage, type Referrer } from './usage.ts'

const D = digest('a')
const metadata = { name: 'x', namespace: 'p', creationTimestamp: '2024-01-01T00:00:00Z' }
const pod = (spec: object, phase = 'Running') => ({ metadata, spec, status: { phase } })
const pods = (...objects: object[]): Referrer => ({ resource: 'pod', at: { podSpec: 'spec' }, objects: objects as [] })
const running = (...images: string[]) => pods(pod({ containers: images.map((image) => ({ name: 'main', image })) }))
const NOW = Date.parse('2024-01-01T01:00:00Z')
const collect = (...referrers: Referrer[]) => {
  const { usage, invalid } = collectUsage(referrers, NOW)
  return { tags: [...usage.tags], images: [...usage.images], digests: [...usage.digests], invalid }
}

test('pull specs of host, namespace and name mean a tag or an image, whatever the host', () => {
  const cases: [string, string[], string[], string[]][] = [
    ['quay.io/ns/name:tag', ['ns/name:tag'], [], []],
    ['localhost:5000/ns/name', ['ns/name:latest'], [], []],
    [`quay.io/ns/name@${D}`, [], [`ns/name@${D}`], [D]],
    [`quay.io/ns/name:tag@${D}`, [], [`ns/name@${D}`], [D]],
    ['ns/name:tag', [], [], []],
    ['quay.io/a/b/c:tag', [], [], []],
    ['quay.io/name:tag', [], [], []],
    [`name@${D}`, [], [], [D]],
    [`quay.io/a/b/c@${D}`, [], [], [D]],
    [' ', [], [], []],
  ]
  for (const [image, tags, images, digests] of cases) {
    assert.deepEqual(collect(running(image)), { tags, images, digests, invalid: [] }, image)
  }
})

test('every kind of container and image volumes count', () => {
  const spec = {
    initContainers: [{ name: 'i', image: 'h.io/n/a:1' }],
    containers: [{ name: 'c', image: 'h.io/n/b:1' }, { name: 'without' }],
    ephemeralContainers: [{ name: 'e', image: 'h.io/n/c:1' }],
    volumes: [
      { name: 'v', image: { reference: 'h.io/n/d:1' } },
      { name: 'w', emptyDir: {} },
    ],
  }
  assert.deepEqual(collect(pods(pod(spec))).tags, ['n/a:1', 'n/b:1', 'n/c:1', 'n/d:1'])
  const template = { metadata, spec: { template: { spec } } }
  const replicaSets: Referrer = { resource: 'replicaset', at: { podSpec: 'spec.template.spec' }, objects: [template] }
  assert.equal(collect(replicaSets).tags.length, 4)
})

test('finished pods count only when they are young', () => {
  const spec = { containers: [{ name: 'c', image: 'h.io/n/a:1' }] }
  const young = { ...pod(spec, 'Failed'), metadata: { ...metadata, creationTimestamp: '2024-01-01T01:00:00Z' } }
  assert.deepEqual(collect(pods(pod(spec, 'Succeeded'))).tags, [])
  for (const object of [pod(spec, 'Running'), pod(spec, 'Pending'), young]) {
    assert.deepEqual(collect(pods(object)).tags, ['n/a:1'])
  }
})

test('builds use the image that they start from', () => {
  const build = (strategy: string, from: object) => ({ metadata, spec: { strategy: { [strategy]: { from } } } })
  const builds: Referrer = {
    resource: 'build',
    at: 'strategy',
    objects: [
      build('sourceStrategy', { kind: 'ImageStreamTag', name: 's:1' }),
      build('dockerStrategy', { kind: 'ImageStreamImage', name: `s@${D}`, namespace: 'q' }),
      build('customStrategy', { kind: 'DockerImage', name: 'h.io/n/a' }),
      build('sourceStrategy', { kind: 'Other', name: 's' }),
      { metadata },
    ],
  }
  const expected = { tags: ['p/s:1', 'n/a:latest'], images: [`q/s@${D}`], digests: [], invalid: [] }
  assert.deepEqual(collect(builds), expected)
  const { usage } = collectUsage([builds], NOW)
  assert.deepEqual([isUsedImage(usage, 'q', 's', D), isUsedImage(usage, 'p', 's', D)], [true, false])
})

test('what cannot be read is reported with its place', () => {
  const from = (kind: string, name: string) => ({
    metadata,
    spec: { strategy: { sourceStrategy: { from: { kind, name } } } },
  })
  const configs: Referrer = {
    resource: 'buildconfig',
    at: 'strategy',
    objects: [from('ImageStreamTag', 'a'), from('ImageStreamImage', 'b')],
  }
  assert.deepEqual(
    collect(running('!x'), configs).invalid.map(({ message }) => message),
    [
      'pod/x namespace=p: container main: invalid image reference "!x": invalid reference format',
      'buildconfig/x namespace=p: invalid ImageStreamTag reference "a": must be of the form <stream_name>:<tag>',
      'buildconfig/x namespace=p: invalid ImageStreamImage reference "b": must be of the form <stream_name>@<digest>',
    ],
  )
})
