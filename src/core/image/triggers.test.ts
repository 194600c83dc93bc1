import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { applyPatch } from 'rfc6902'
import {
  at,
  CRON_JOB,
  DEPLOYMENT,
  DIGEST,
  entry,
  from,
  JOB,
  path,
  planned,
  PULL,
  ROLLOUT,
  SET,
  STREAMS,
  streams,
  workload,
} from '../../../test/support/triggers.ts'
import { clone } from '../machinery/json/clone.ts'
import type { KubeObject } from '../machinery/object.ts'
import { followedStreams, planTrigger, TRIGGERS_ANNOTATION } from './triggers.ts'
import { containersOf, WORKLOAD_KINDS } from './workloads.ts'

test('every kind has its pod spec', () => {
  for (const kind of [...WORKLOAD_KINDS, ROLLOUT]) {
    const fieldPath = path('containers[?(@.name=="c")].image', kind.podSpec)
    assert.deepEqual(planned(workload(kind, [entry(fieldPath)]), kind).set, SET)
  }
})

test('an unresolved entry leaves the others alone, also when its path is wrong', () => {
  const waiting = 'trigger [1]: waiting for an image in "ns/ubi:none"'
  const unresolved = (...paths: string[]) =>
    planned(workload(DEPLOYMENT, [entry(), ...paths.map((fieldPath) => entry(fieldPath, from('ubi:none')))]))
  assert.deepEqual(unresolved(path('containers[0].image')), { set: SET, codes: ['TriggerTagNotFound'], text: waiting })
  const wrong: [string, string, string][] = [
    [at('zz'), 'TriggerContainerNotFound', 'no container "zz"; there is "c"'],
    [path('containers[c].image'), 'TriggerFieldPathInvalid', 'fieldPath "spec.template.spec.containers[c].image": '],
  ]
  for (const [fieldPath, code, said] of wrong) {
    const { set, codes, text } = unresolved(fieldPath)
    assert.deepEqual([set, codes], [SET, ['TriggerTagNotFound', code]])
    assert.ok(text.startsWith(`${waiting}\ntrigger [1]: ${said}`), text)
  }
})

test('a tag of the policy Local is pulled from the repository of its stream', () => {
  const local = structuredClone(STREAMS[0]!)
  local.status.dockerImageRepository = 'registry.local:5000/ns/ubi'
  const set = (type: string) => {
    const spec = { name: '8', annotations: null, generation: 1, importPolicy: {}, referencePolicy: { type } }
    local.spec.tags = [spec]
    return planTrigger(DEPLOYMENT, workload(DEPLOYMENT, [entry()]), () => local).changes.map((c) => c.to)
  }
  assert.deepEqual(set('Source'), [PULL])
  assert.deepEqual(set('Local'), [`registry.local:5000/ns/ubi@${DIGEST}`])
})

test('an error in one entry discards all changes', () => {
  const plan = planTrigger(DEPLOYMENT, workload(DEPLOYMENT, [entry(), entry(at('nosuch'))]), streams)
  assert.deepEqual([plan.changes, plan.patch, plan.problems.map((p) => p.index)], [[], undefined, [1]])
})

test('the comparison is on the whole text', () => {
  assert.deepEqual(planned(workload(DEPLOYMENT, [entry()], { c: PULL })).set, [])
  assert.deepEqual(planned(workload(DEPLOYMENT, [entry()], { c: `quay.io/acme/ubi:8@${DIGEST}` })).set, SET)
  assert.deepEqual(planned(workload(DEPLOYMENT, [entry()], { c: ' ' })).set, SET)
})

test('the patch tells the cause and tests what it was made from', () => {
  const object = workload(DEPLOYMENT, [entry()])
  const { patch } = planTrigger(DEPLOYMENT, object, streams)
  const cause = `image stream ns/ubi:8 → ${DIGEST} (container c)`
  assert.deepEqual(patch?.at(-1), {
    op: 'add',
    path: '/metadata/annotations/kubernetes.io~1change-cause',
    value: cause,
  })
  const edits: [string, (o: ReturnType<typeof clone>) => void][] = [
    ['image', (o) => Object.assign(containers(o)[0]!, { image: 'by-hand' })],
    ['order of containers', (o) => containers(o).unshift({ name: 'new', image: 'start' })],
    ['triggers', (o) => Object.assign((o as KubeObject).metadata.annotations!, { [TRIGGERS_ANNOTATION]: '[]' })],
  ]
  for (const [name, edit] of edits) {
    const edited = clone(object)
    edit(edited)
    assert.ok(
      applyPatch(edited, patch).some((error) => error !== null),
      `an edit of the ${name} makes the patch fail`,
    )
  }
  const scaled = clone(object)
  Object.assign((scaled as unknown as { spec: object }).spec, { replicas: 9 })
  assert.deepEqual(
    applyPatch(scaled, patch).filter((error) => error !== null),
    [],
  )
})

function containers(object: unknown): { name: string; image: string }[] {
  return (object as { spec: { template: { spec: { containers: { name: string; image: string }[] } } } }).spec.template
    .spec.containers
}

test('what waits for an image in vain is told what to do', () => {
  const job = (source: object) => planned(workload(JOB, [entry(at('c'), source)]), JOB).text
  const advice = 'a Job keeps the images that it is created with; create it again once there is one'
  assert.equal(job(from('none:1')), `trigger [0]: cannot wait for image stream "ns/none": ${advice}`)
  assert.equal(
    job(from('ubi:othr')),
    `trigger [0]: cannot wait for an image in "ns/ubi:othr": ${advice}; did you mean "other"?`,
  )
})

test('an object whose pods are made from another one is told where the annotation belongs', () => {
  const spec = { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } }
  for (const rest of [{ spec: undefined }, { spec }, { spec: { template: {} } }]) {
    const { set, codes, text } = planned({ ...workload(ROLLOUT, [entry()]), ...rest }, ROLLOUT)
    assert.deepEqual([set, codes], [[], ['TriggerContainerNotFound']])
    assert.match(text, /^trigger \[0\]: this Rollout has no spec\.template\.spec; .* put the annotation there$/)
  }
})

test('a container without a name is found by its position', () => {
  const object = workload(ROLLOUT, [entry(path('containers[0].image'))])
  Object.assign(containers(object)[0]!, { name: undefined })
  const { patch, changes } = planTrigger(ROLLOUT, object, streams)
  assert.deepEqual(
    changes.map(({ container, to }) => [container, to]),
    [['[0]', PULL]],
  )
  assert.match(patch?.at(-1)?.value ?? '', /\(container \[0\]\)$/)
  const stored = JSON.parse(JSON.stringify(object)) as KubeObject
  assert.ok(applyPatch(stored, patch!).every((error) => error === null))
  assert.equal(containers(stored)[0]!.image, PULL)
  const byName = { ...object, metadata: workload(ROLLOUT, [entry(at('web'))]).metadata }
  assert.match(planned(byName, ROLLOUT).text, /did you mean "spec\.template\.spec\.containers\[0\]\.image"\?$/)
})

test('followedStreams: usable and unpaused entries, each stream once', () => {
  const object = workload(DEPLOYMENT, [
    entry(at('a')),
    entry(at('b'), from('ubi:other')),
    entry(at('c'), from('far:1', { namespace: 'elsewhere' })),
    entry(at('d'), from('asleep:1'), { paused: true }),
    entry(at('e'), from('x:1', { kind: 'DockerImage' })),
  ])
  assert.deepEqual(followedStreams(object), ['ns/ubi', 'elsewhere/far'])
  assert.deepEqual(followedStreams({ metadata: {} }), [])
})

const names = fc.constantFrom('a', 'b', 'c', 'i')
const anyEntry = fc.record({
  from: fc.record({
    kind: fc.constantFrom('ImageStreamTag', '', 'X'),
    name: fc.constantFrom('ubi:8', 'ubi:', 'ubi:other', 'ubi:x', 'far:1', 'ubi'),
  }),
  fieldPath: fc.oneof(
    names.map((n) => at(n)),
    fc.nat(3).map((n) => path(`containers[${n}].image`)),
    fc.string(),
  ),
  paused: fc.boolean(),
})
const images = fc.constantFrom('start', ' ', PULL, 'x/y@other')
const anyWorkload = fc
  .tuple(
    fc.array(anyEntry, { maxLength: 4 }),
    fc.dictionary(names, images),
    fc.dictionary(fc.constantFrom('i', 'j'), images),
  )
  .map(([triggers, main, init]) => workload(DEPLOYMENT, triggers, main, init))

test('property: patched and planned again, nothing is left to do; only images and the cause change', () => {
  fc.assert(
    fc.property(anyWorkload, (object) => {
      const { patch, changes } = planTrigger(DEPLOYMENT, object, streams)
      assert.equal(patch === undefined, changes.length === 0)
      const patched = clone(object)
      if (patch)
        assert.deepEqual(
          applyPatch(patched, patch).filter((error) => error !== null),
          [],
        )
      assert.deepEqual(planTrigger(DEPLOYMENT, patched, streams).changes, [])
      assert.deepEqual(withoutImages(patched), withoutImages(object))
      assert.deepEqual(
        containersOf(DEPLOYMENT, patched).map((c) => c.name),
        containersOf(DEPLOYMENT, object).map((c) => c.name),
      )
    }),
  )
})

function withoutImages(object: KubeObject): unknown {
  return JSON.parse(
    JSON.stringify(object, (key, value: unknown) =>
      key === 'image' || key === 'kubernetes.io/change-cause' ? undefined : value,
    ),
  )
}

test('property: no annotation whatsoever makes planning throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.json()),
      (text) => void planTrigger(DEPLOYMENT, workload(DEPLOYMENT, text), streams),
    ),
  )
  fc.assert(
    fc.property(
      fc.anything(),
      (spec) =>
        void planTrigger(CRON_JOB, { metadata: workload(CRON_JOB, [entry()]).metadata, spec } as KubeObject, streams),
    ),
  )
})
