import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  at,
  DEPLOYMENT,
  DIGEST,
  entry,
  from,
  JOB,
  path,
  PULL,
  stream,
  STREAMS,
  workload,
} from '../../test/support/triggers.ts'
import { containersOf, WORKLOAD_KINDS, type WorkloadKind } from '../core/image/workloads.ts'
import type { Write } from '../core/machinery/admission.ts'
import { clone } from '../core/machinery/json/clone.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import type { Context } from '../core/machinery/resource.ts'
import { triggers } from './triggers.ts'

const deployments = { group: 'apps', version: 'v1', plural: 'deployments', namespaced: true }

/** Runs the step on a copy; answers that, what was warned of, and which streams were read. */
async function admit(object: KubeObject, more: Partial<Write> = {}, old?: KubeObject, world = STREAMS) {
  const warnings: string[] = []
  const read: string[] = []
  const step = triggers((namespace, name) => {
    read.push(`${namespace}/${name}`)
    return Promise.resolve(world.find(({ metadata: m }) => m.namespace === namespace && m.name === name))
  }, WORKLOAD_KINDS)
  const context = { namespace: 'ns', warn: (text: string) => warnings.push(text) } as unknown as Context
  const next = clone(object)
  await step.mutate!({ resource: deployments, context, name: '', ...more }, next, old)
  return { next, warnings, read }
}
const images = (object: KubeObject) => containersOf(DEPLOYMENT, object).map(({ image }) => image)

test('a workload gets the images that its triggers want, and says why; again, nothing changes', async () => {
  const { next, warnings, read } = await admit(
    workload(DEPLOYMENT, [entry(), entry(at('d'), from('ubi:latest'))], { c: 'start', d: ' ' }),
  )
  assert.deepEqual(images(next), [PULL, 'quay.io/acme/ubi@latest'])
  const cause = next.metadata.annotations?.['kubernetes.io/change-cause']
  for (const tag of ['ubi:8', 'ubi:latest']) assert.match(cause ?? '', new RegExp(`ns/${tag} → `))
  assert.deepEqual([warnings, read], [[], ['ns/ubi']])
  assert.deepEqual((await admit(next)).next, next)
})

test('the namespace is that of the request: an object on its way need not have one', async () => {
  const object = workload(DEPLOYMENT, [entry()])
  delete object.metadata.namespace
  const { next } = await admit(object)
  assert.deepEqual(images(next), [PULL])
  assert.equal(next.metadata.namespace, undefined)
})

test('a container without an image gets one', async () => {
  const object = workload(DEPLOYMENT, [entry()]) as KubeObject & {
    spec: { template: { spec: { containers: { image?: string }[] } } }
  }
  delete object.spec.template.spec.containers[0]!.image
  assert.deepEqual(images((await admit(object)).next), [PULL])
})

const untouched: [string, KubeObject, Partial<Write>?][] = [
  ['without the annotation', { metadata: { name: 'w' } }],
  [
    'of a kind that cannot carry it',
    workload(DEPLOYMENT, [entry()]),
    { resource: { ...deployments, plural: 'replicasets' } },
  ],
  ['through a subresource', workload(DEPLOYMENT, [entry()]), { subresource: { name: 'status' } }],
  ['whose entry is paused', workload(DEPLOYMENT, [entry(at('c'), from(), { paused: true })])],
]
for (const [what, object, more] of untouched) {
  test(`an object ${what} is not looked at`, async () => {
    const { next, warnings, read } = await admit(object, more)
    assert.deepEqual([next, warnings, read], [object, [], []])
  })
}

const warned: [string, unknown, RegExp | undefined][] = [
  ['a tag that has no image yet', [entry(at('c'), from('ubi:none'))], undefined],
  ['a stream that is not there yet', [entry(at('c'), from('none:1'))], undefined],
  ['a stream that cannot be', [entry(at('c'), from('UBI:8'))], /did you mean "ubi:8"\?$/],
  [
    'a container that is not there, nor a stream yet',
    [entry(at('zz'), from('none:1'))],
    /no container "zz"; there is "c"/,
  ],
  ['broken JSON', '[{', /^image\.openshift\.io\/triggers: /],
  ['a container that is not there', [entry(at('cc'))], /no container "cc"; there is "c"/],
  ['another kind of source', [entry(at('c'), { kind: 'DockerImage', name: 'a' })], /DockerImage/],
  ['a path elsewhere', [entry(path('x'))], /fieldPath/],
  ['a slip in a key', [{ ...entry(), pause: true }], /pause/],
]
for (const [what, annotation, text] of warned) {
  test(`${what}: ${text ? 'the writer is warned' : 'waiting is no mistake'}`, async () => {
    const { warnings } = await admit(workload(DEPLOYMENT, annotation))
    assert.equal(warnings.length, text ? 1 : 0, warnings.join('\n'))
    if (text) assert.match(warnings[0]!, text)
  })
}

test('the annotation on the pod template: the writer is told where it belongs, once, and nothing is changed', async () => {
  const annotations = { 'image.openshift.io/triggers': JSON.stringify([entry()]) }
  const misplaced = (kind: WorkloadKind, metadata: object): KubeObject => {
    const object = workload(kind, '') as KubeObject & { spec: { template: object } }
    Object.assign(object.spec.template, { metadata: { annotations } })
    return { ...object, metadata: { name: 'w', ...metadata } }
  }
  const object = misplaced(DEPLOYMENT, {})
  const { next, warnings, read } = await admit(object)
  assert.deepEqual([next, read, warnings.length], [object, [], 1])
  assert.match(
    warnings[0]!,
    /^the annotation image\.openshift\.io\/triggers is on the pod template .* of the Deployment itself$/,
  )
  const both = await admit(misplaced(DEPLOYMENT, { annotations }))
  assert.deepEqual([images(both.next), both.warnings], [[PULL], []])
  const job = { resource: { ...deployments, group: 'batch', plural: 'jobs' } }
  const [made, updated] = [
    await admit(misplaced(JOB, {}), job),
    await admit(misplaced(JOB, {}), job, misplaced(JOB, {})),
  ]
  assert.deepEqual([made.warnings.length, updated.warnings], [1, []])
})

test('a rollback by the image is undone by the trigger: the writer is told how to go back', async () => {
  const had = (...digests: string[]) => {
    const world = stream('ubi', { '8': '' })
    const items = digests.map((image) => ({
      created: null,
      dockerImageReference: `x/ubi@${image}`,
      image,
      generation: 1,
    }))
    world.status.tags = [{ tag: '8', items }]
    return world
  }
  const older = `sha256:${'b'.repeat(64)}`
  const [undo, stored] = [older, DIGEST].map((image) => workload(DEPLOYMENT, [entry()], { c: `x/ubi@${image}` }))
  const { next, warnings } = await admit(undo!, {}, stored, [had(DIGEST, older)])
  assert.deepEqual(images(next), images(stored!))
  assert.equal(warnings.length, 1, warnings.join('\n'))
  assert.match(
    warnings[0]!,
    /^image\.openshift\.io\/triggers: .*"millrace rollback ubi:8 -n ns --to-image sha256:bbbbbbbbbbbb"/,
  )
  assert.deepEqual((await admit(undo!, {}, undefined, [had(DIGEST, older)])).warnings, [])
})

describe('the cause of an update', () => {
  const CAUSE = 'kubernetes.io/change-cause'
  const annotation = [entry(), entry(at('d'), from('ubi:latest'))]
  const causeOf = ({ metadata }: KubeObject) => metadata.annotations?.[CAUSE]
  const manifest = (said?: string) => {
    const object = workload(DEPLOYMENT, annotation, { c: 'start', d: 'start' })
    if (said !== undefined) object.metadata.annotations![CAUSE] = said
    return object
  }
  /** As it was stored when the tag of container c had another image, and then told this. */
  const stored = async (told?: string, c = PULL) => {
    const { next } = await admit(manifest())
    const object = JSON.parse(JSON.stringify(next).replaceAll(PULL, c)) as KubeObject
    const { [CAUSE]: _, ...others } = object.metadata.annotations ?? {}
    return {
      ...object,
      metadata: { ...object.metadata, annotations: told === undefined ? others : { ...others, [CAUSE]: told } },
    }
  }
  const relabelled = (object: KubeObject): KubeObject => {
    const copy = clone(object) as KubeObject & { spec: { template: { metadata?: object } } }
    copy.spec.template.metadata = { labels: { release: '6' } }
    return copy
  }

  const cases: [what: string, asked: KubeObject, old: Promise<KubeObject>, cause: RegExp | undefined][] = [
    ['the manifest again', manifest(), stored('told'), /^told$/],
    ['the manifest again, whose history says nothing', manifest(), stored(), undefined],
    ['the manifest again, with a cause of its own', manifest('manifest'), stored('told'), /^told$/],
    ['an earlier revision and its cause', manifest('earlier'), stored('told'), /^told$/],
    ['pods that change otherwise, without a word', relabelled(manifest()), stored('told'), /^told$/],
    ['pods that change otherwise, and why', relabelled(manifest('release 6')), stored('told'), /^release 6$/],
    [
      'one tag that has moved',
      manifest('manifest'),
      stored('told', 'quay.io/acme/ubi@older'),
      /^image stream ns\/ubi:8 → [^;]+$/,
    ],
  ]
  for (const [what, asked, old, cause] of cases)
    test(`${what}: ${cause?.source ?? 'none'}`, async () => {
      const { next } = await admit(asked, {}, await old)
      assert.deepEqual(images(next), [PULL, 'quay.io/acme/ubi@latest'])
      if (cause) assert.match(causeOf(next) ?? '', cause)
      else assert.equal(causeOf(next), undefined)
    })

  test('of a manifest that is applied again changes nothing, whatever has moved before', async () => {
    const old = await stored('image stream ns/ubi:8 → x (container c)')
    assert.deepEqual((await admit(manifest(), {}, old)).next, old)
  })
})

describe('a Job', () => {
  const write = { resource: { ...deployments, group: 'batch', plural: 'jobs' } }

  test('is created with the images of its triggers, and keeps them', async () => {
    const manifest = workload(JOB, [entry()])
    const { next } = await admit(manifest, write)
    assert.deepEqual(images(next), [PULL])
    const old = JSON.parse(JSON.stringify(next).replaceAll(PULL, 'quay.io/acme/ubi@older')) as KubeObject
    const updated = await admit(manifest, write, old)
    assert.deepEqual([images(updated.next), updated.warnings, updated.read], [['quay.io/acme/ubi@older'], [], []])
  })

  test('that waits for an image waits in vain: its writer is warned, once', async () => {
    const manifest = workload(JOB, [entry(at('c'), from('ubi:none'))])
    const { next, warnings } = await admit(manifest, write)
    assert.deepEqual(next, manifest)
    assert.match(
      warnings.join('\n'),
      /^image\.openshift\.io\/triggers: trigger \[0\]: .*create it again once there is one$/,
    )
    assert.deepEqual((await admit(next, write, next)).warnings, [])
  })
})
