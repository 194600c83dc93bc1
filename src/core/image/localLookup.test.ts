import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { digest, event, stream } from '../../../test/support/imageObjects.ts'
import type { KubeObject } from '../machinery/object.ts'
import { applyJsonPatch } from '../machinery/patch/json.ts'
import { localCandidates, localChanges, RESOLVE_NAMES } from './localLookup.ts'
import { DERIVED_KINDS, kindOfResource, WORKLOAD_KINDS, type WorkloadKind } from './workloads.ts'

const FORCE = { [RESOLVE_NAMES]: '*' }

interface Options {
  init?: Record<string, string>
  annotations?: Record<string, string>
  template?: Record<string, string>
  owner?: boolean | undefined
}

type Images = Record<string, string>
const list = (images: Images) => Object.entries(images).map(([name, image]) => ({ name, image }))

/** An object of any kind with these containers. */
function workload(kind: string, images: Images, { init, annotations, template, owner }: Options = {}): KubeObject {
  const podSpec = { ...(init && { initContainers: list(init) }), containers: list(images) }
  const pod = { ...(template && { metadata: { annotations: template } }), spec: podSpec }
  const specs: Record<string, object> = {
    '/pods': podSpec,
    'batch/cronjobs': { jobTemplate: { spec: { template: pod } } },
  }
  const owned = { apiVersion: 'v1', kind: 'X', name: 'x', uid: 'u' }
  const metadata = {
    name: 'w',
    ...(annotations && { annotations }),
    ...(owner !== undefined && { ownerReferences: [{ ...owned, ...(owner && { controller: true }) }] }),
  }
  return { metadata, spec: specs[kind] ?? { template: pod } } as KubeObject
}

function kindOf(word: string): WorkloadKind {
  const [group = '', plural = ''] = word.split('/')
  return kindOfResource([...WORKLOAD_KINDS, ...DERIVED_KINDS], { group, plural })!
}

const candidates = (kind: string, object: KubeObject, old?: KubeObject) =>
  localCandidates(kindOf(kind), object, old).map(({ pointer, stream: name, tag }) => `${pointer} ${name}:${tag}`)

describe('images that may mean a stream', () => {
  const template = '/spec/template/spec'
  const kinds: [kind: string, podSpec: string][] = [
    ['/pods', '/spec'],
    ['/replicationcontrollers', template],
    ['apps/deployments', template],
    ['apps/statefulsets', template],
    ['apps/daemonsets', template],
    ['apps/replicasets', template],
    ['batch/jobs', template],
    ['batch/cronjobs', '/spec/jobTemplate/spec/template/spec'],
  ]
  for (const [kind, podSpec] of kinds) {
    test(`are those of init containers and containers of ${kind}`, () => {
      const object = workload(kind, { a: 'ubi:8', b: 'quay.io/acme/ubi:8' }, { init: { i: 'tools' } })
      assert.deepEqual(candidates(kind, object), [
        `${podSpec}/initContainers/0/image tools:latest`,
        `${podSpec}/containers/0/image ubi:8`,
      ])
    })
  }

  test('are not in what a controller owns; another owner does not matter', () => {
    assert.deepEqual(candidates('/pods', workload('/pods', { a: 'ubi' }, { owner: true })), [])
    assert.equal(candidates('/pods', workload('/pods', { a: 'ubi' }, { owner: false })).length, 1)
  })

  test('are also whole pull specs where the annotation says so, on the template or on the object', () => {
    const image = { a: 'quay.io/acme/ubi:8' }
    const kind = 'apps/deployments'
    const found = ['/spec/template/spec/containers/0/image ubi:8']
    assert.deepEqual(candidates(kind, workload(kind, image, { annotations: FORCE })), found)
    assert.deepEqual(candidates(kind, workload(kind, image, { template: FORCE })), found)
    assert.deepEqual(candidates(kind, workload(kind, image, { annotations: FORCE, template: FORCE })), found)
    for (const value of ['', 'true', '**', ' *'])
      assert.deepEqual(candidates(kind, workload(kind, image, { template: { [RESOLVE_NAMES]: value } })), [])
    assert.equal(candidates('/pods', workload('/pods', image, { annotations: FORCE })).length, 1)
  })

  test('survive objects of any shape', () => {
    for (const spec of [
      undefined,
      null,
      [],
      'x',
      { containers: {} },
      { containers: [null, 1, { image: 5 }, { name: 'a' }] },
    ])
      assert.deepEqual(localCandidates(kindOf('/pods'), { metadata: {}, spec } as KubeObject), [])
  })
})

describe('an update', () => {
  const kind = 'apps/deployments'
  const before = workload(kind, { a: 'ubi:8', b: 'nginx' }, { init: { i: 'tools' } })

  test('is looked at where an image changes, whatever the place of its container', () => {
    const after = workload(kind, { b: 'nginx', i: 'tools', a: 'ubi:9' })
    assert.deepEqual(candidates(kind, after, before), ['/spec/template/spec/containers/2/image ubi:9'])
    assert.deepEqual(candidates(kind, before, before), [])
  })

  test('is looked at where a container is new', () => {
    const after = workload(kind, { a: 'ubi:8', c: 'ubi:8' })
    assert.deepEqual(candidates(kind, after, before), ['/spec/template/spec/containers/1/image ubi:8'])
  })

  test('is looked at in whole when the annotation comes or goes', () => {
    const forced = workload(kind, { a: 'ubi:8', b: 'nginx' }, { annotations: FORCE })
    assert.equal(candidates(kind, forced, before).length, 2)
    assert.equal(candidates(kind, before, forced).length, 3)
    const elsewhere = workload(kind, { a: 'ubi:8', b: 'nginx' }, { template: FORCE })
    assert.deepEqual(candidates(kind, elsewhere, forced), [])
  })
})

describe('a Job that is written again', () => {
  const moved = stream([], { '8': [event('b'), event('a')], '9': [event('c')], plain: [event('')] })
  moved.status.dockerImageRepository = 'registry.test/p/ubi'
  const streams = new Map([['ubi', moved]])
  const pull = (c: string) => `quay.io/acme/ubi@${digest(c)}`
  const job = (image: string, options?: Options) => workload('batch/jobs', { a: image }, options)
  const cases: [what: string, was: string, asked: string, stays: string, now?: Options, then?: Options][] = [
    ['keeps what the name meant, though the tag has moved', pull('a'), 'ubi:8', pull('a')],
    ['keeps what the name still means', pull('b'), 'ubi:8', pull('b')],
    ['keeps it wherever it was pulled from', `mirror.test/x@${digest('a')}`, 'ubi:8', `mirror.test/x@${digest('a')}`],
    [
      'keeps the repository of a tag that had no image',
      'registry.test/p/ubi:new',
      'ubi:new',
      'registry.test/p/ubi:new',
    ],
    ['asks for another tag', pull('a'), 'ubi:9', 'ubi:9'],
    ['asks for a tag that is only a reference', pull('a'), 'ubi:plain', 'ubi:plain'],
    ['asks for what no stream has', pull('a'), 'nginx:8', 'nginx:8'],
    ['is what it was', 'ubi:8', 'ubi:8', 'ubi:8'],
    ['never had a digest', 'ubi:8', 'ubi:9', 'ubi:9'],
    ['names a registry', pull('a'), 'quay.io/x/ubi:8', 'quay.io/x/ubi:8'],
    ['names a registry, forced', pull('a'), 'quay.io/x/ubi:8', pull('a'), { template: FORCE }, { template: FORCE }],
    ['names a registry, once forced', pull('a'), 'quay.io/x/ubi:8', pull('a'), {}, { annotations: FORCE }],
    ['belongs to a controller', pull('a'), 'ubi:8', 'ubi:8', { owner: true }],
  ]
  for (const [what, was, asked, stays, now, then] of cases) {
    test(what, () => {
      const object = job(asked, now)
      const found = localCandidates(kindOf('batch/jobs'), object, job(was, then))
      const [change] = localChanges(found, streams)
      assert.equal(change ? change.image : asked, stays)
    })
  }

  test('has no more containers than before', () => {
    const object = workload('batch/jobs', { a: 'ubi:8', b: 'ubi:8' })
    assert.deepEqual(candidates('batch/jobs', object, job(pull('a'))), ['/spec/template/spec/containers/0/image ubi:8'])
  })
})

describe('changes', () => {
  const offered = stream([], { '8': [event('a')] })
  offered.spec.lookupPolicy.local = true
  const streams = new Map([['ubi', offered]])
  const changed = (object: KubeObject, old?: KubeObject): KubeObject => {
    const found = localCandidates(kindOf('/pods'), object, old)
    const patch = localChanges(found, streams).map(({ pointer, image }) => ({
      op: 'replace',
      path: pointer,
      value: image,
    }))
    return applyJsonPatch(object, patch) as KubeObject
  }

  test('leave what no stream offers', () => {
    const pod = workload(
      '/pods',
      { a: 'ubi:8', b: 'ubi:9', c: 'nginx:8', d: 'quay.io/x/ubi:8' },
      { init: { i: 'ubi:8' } },
    )
    const image = `quay.io/acme/ubi@${digest('a')}`
    const expected = { a: image, b: 'ubi:9', c: 'nginx:8', d: 'quay.io/x/ubi:8' }
    assert.deepEqual(changed(pod), workload('/pods', expected, { init: { i: image } }))
  })

  test('come to rest: the same request again gives the same object, and the object itself is not changed again', () => {
    const images = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.constantFrom('ubi:8', 'ubi', 'nginx:8', 'quay.io/x/ubi:8', 'x/ubi:8', 'not an image', `ubi@${digest('b')}`),
    )
    fc.assert(
      fc.property(images, images, fc.boolean(), (containers, init, force) => {
        const asked = workload('/pods', containers, { init, ...(force && { annotations: FORCE }) })
        const stored = changed(asked)
        assert.deepEqual(changed(asked, stored), stored)
        assert.deepEqual(changed(stored, stored), stored)
        assert.deepEqual(changed(stored), stored)
      }),
    )
  })
})
