import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { POD_SPEC } from '../workloads.ts'
import { customProblem, parseWorkloadKinds, WorkloadKindError } from './parse.ts'

test('kinds are named as their definitions are, with a version, and a path where it is not the usual one', () => {
  const named = (text: string) => parseWorkloadKinds([text])[0]
  assert.deepEqual(named('rollouts.argoproj.io/v1alpha1'), {
    resource: { group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts' },
    podSpec: POD_SPEC,
    changes: 'always',
  })
  assert.equal(named('services.serving.knative.dev/v1')?.resource.group, 'serving.knative.dev')
  assert.equal(named('a.example.com/v1=spec.podSpec')?.podSpec, 'spec.podSpec')
  assert.equal(named('leaderworkersets.leaderworkerset.x-k8s.io/v1=spec.a.b')?.podSpec, 'spec.a.b')
  assert.deepEqual(parseWorkloadKinds([]), [])
})

const FORM = /write PLURAL\.GROUP\/VERSION, for example rollouts\.argoproj\.io\/v1alpha1$/
const refused: [text: string, message: RegExp][] = [
  ['', FORM],
  ['rollouts', FORM],
  ['rollouts.argoproj.io', FORM],
  ['rollouts.v1alpha1.argoproj.io', FORM],
  ['argoproj.io/v1alpha1/rollouts', FORM],
  ['Rollout.argoproj.io/v1alpha1', FORM],
  ['rollouts.argoproj.io/', FORM],
  ['rollouts./v1', FORM],
  ['.argoproj.io/v1', FORM],
  ['rollouts.argo_proj.io/v1', FORM],
  [`${'a'.repeat(64)}.example.com/v1`, FORM],
  ['rollouts.argo/v1', /^rollouts\.argo is no custom resource: write/],
  ['services/v1', /^services is no custom resource: write/],
  ['a.example.com/v1=', /^"" is no path of a pod spec: write .* spec\.template\.spec$/],
  ['a.example.com/v1=.spec', /is no path/],
  ['a.example.com/v1=spec.template.', /is no path/],
  ['a.example.com/v1=spec.containers[0]', /is no path/],
  ['a.example.com/v1=/spec/template', /is no path/],
  ['a.example.com/v1=a=b', /is no path/],
  [`a.example.com/v1=${'a.'.repeat(10)}a`, /is no path/],
  ['deployments.apps/v1', /^triggers work on deployments\.apps without it being named$/],
  ['jobs.batch/v1=spec', /^triggers work on jobs\.batch without/],
  ['pods/v1=spec', /^triggers cannot work on pods: name the kind of what makes them$/],
  ['replicasets.apps/v1', /name the kind of what makes them$/],
  ['imagestreams.image.openshift.io/v1', /^triggers cannot work on .*: it is a part of OpenShift$/],
  ['storedimagestreams.storage.millrace.dev/v1', /a part of Millrace$/],
  ['clusterroles.rbac.authorization.k8s.io/v1', /a part of Kubernetes$/],
]
for (const [text, message] of refused) {
  test(`${JSON.stringify(text)} is refused with what to do`, () =>
    assert.throws(
      () => parseWorkloadKinds(['rollouts.example.com/v1', text]),
      (error: unknown) => error instanceof WorkloadKindError && message.test(error.message),
    ))
}

test('a kind is named once, in one version, and not too many are', () => {
  assert.throws(() => parseWorkloadKinds(['a.example.com/v1', 'a.example.com/v2']), /a\.example\.com is named twice/)
  const many = Array.from({ length: 33 }, (_, i) => `a${i}.example.com/v1`)
  assert.throws(() => parseWorkloadKinds(many), /33 kinds of workloads; 32 are the most/)
  assert.equal(parseWorkloadKinds(many.slice(1)).length, 32)
})

test('property: whatever is written becomes a kind that is allowed, or an error of one line', () => {
  const part = fc.constantFrom(
    'a',
    'apps',
    'pods',
    'v1',
    'example.com',
    'k8s.io',
    '.',
    '/',
    '=',
    'spec',
    '[0]',
    ' ',
    '"',
  )
  const texts = fc.oneof(
    fc.array(part, { maxLength: 7 }).map((parts) => parts.join('')),
    fc.string(),
  )
  fc.assert(
    fc.property(texts, (text) => {
      try {
        for (const { resource, podSpec } of parseWorkloadKinds([text])) {
          assert.equal(customProblem(resource), undefined)
          assert.match(podSpec, /^[\w-]+(\.[\w-]+)*$/)
          assert.ok(text.startsWith(`${resource.plural}.${resource.group}/${resource.version}`))
        }
      } catch (error) {
        assert.ok(error instanceof WorkloadKindError, String(error))
        assert.doesNotMatch(error.message, /\n/)
      }
    }),
  )
})
