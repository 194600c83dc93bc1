import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WORKLOAD_KINDS } from '../../core/image/workloads.ts'
import { parseWorkloadKinds } from '../../core/image/workloads/parse.ts'
import { webhookConfiguration } from './webhooks.ts'

interface Webhook {
  name: string
  clientConfig: unknown
  rules: { apiGroups: string[]; apiVersions: string[]; resources: string[] }[]
  matchConditions: { expression: string }[]
}

function webhooks(...custom: string[]): Webhook[] {
  const workloads = [...WORKLOAD_KINDS, ...parseWorkloadKinds(custom)]
  const configuration = webhookConfiguration('ours', workloads)
  return (configuration as unknown as { webhooks: Webhook[] }).webhooks
}
const rules = (webhook: Webhook | undefined) =>
  webhook?.rules.map(
    ({ apiGroups, apiVersions, resources }) => `${apiGroups.join()}/${apiVersions.join()} ${resources.join()}`,
  )

test('writes of workloads come to triggers; of pods and what makes them, to names, too', () => {
  const [triggers, names] = webhooks()
  assert.deepEqual(rules(triggers), ['batch/v1 cronjobs,jobs', 'apps/v1 daemonsets,deployments,statefulsets'])
  assert.deepEqual(rules(names), [
    'batch/v1 cronjobs,jobs',
    'apps/v1 daemonsets,deployments,statefulsets,replicasets',
    '/v1 pods,replicationcontrollers',
  ])
  assert.deepEqual(
    [triggers?.clientConfig, names?.clientConfig],
    ['triggers', 'names'].map((name) => ({
      service: {
        namespace: 'default',
        name: 'kubernetes',
        port: 443,
        path: `/apis/image.openshift.io/v1/admissionreviews/${name}`,
      },
    })),
  )
})

test('what has triggers comes once', () => {
  const [triggers, names] = webhooks()
  const own = triggers!.matchConditions[0]!.expression.split(' || ').at(-1)
  assert.match(own ?? '', /'image\.openshift\.io\/triggers' in object\.metadata\.annotations$/)
  assert.equal(
    names!.matchConditions[0]!.expression,
    `!(${own}) || request.resource.resource in ['pods', 'replicasets', 'replicationcontrollers']`,
  )
})

test('the annotation on a pod template comes to triggers, too, wherever workloads have theirs; on what is made from them it does not', () => {
  const places = (...custom: string[]) =>
    webhooks(...custom)[0]!
      .matchConditions[0]!.expression.split(' || ')
      .slice(0, -1)
      .map((part) => /^'image\.openshift\.io\/triggers' in object(.*)\.orValue\(\{\}\)$/.exec(part)?.[1])
  const usual = [
    "[?'spec'][?'jobTemplate'][?'spec'][?'template'][?'metadata'][?'annotations']",
    "[?'spec'][?'template'][?'metadata'][?'annotations']",
  ]
  assert.deepEqual(places('rollouts.argoproj.io/v1alpha1'), usual)
  const custom = "[?'spec'][?'namespace'][?'metadata'][?'annotations']"
  assert.deepEqual(places('a.example.com/v1=spec.namespace.in'), [...usual, custom])
})

test('custom kinds come to both, in the version that was named', () => {
  const custom = ['rollouts.argoproj.io/v1alpha1', 'services.serving.knative.dev/v1']
  for (const webhook of webhooks(...custom))
    assert.deepEqual(
      rules(webhook)?.filter((rule) => rule.includes('.')),
      ['argoproj.io/v1alpha1 rollouts', 'serving.knative.dev/v1 services'],
    )
})

test('the condition for names looks at each place of pod specs, and is no longer than it need be', () => {
  const condition = (...custom: string[]) => webhooks(...custom)[1]!.matchConditions[1]!.expression
  assert.equal(condition('rollouts.argoproj.io/v1alpha1'), condition(), 'a place that others have, too')
  const more = condition('a.example.com/v1=spec.namespace.in')
  assert.ok(
    condition()
      .split(' || ')
      .every((part) => more.split(' || ').includes(part)),
  )
  assert.ok(more.includes("object[?'spec'][?'namespace'][?'in'][?'containers']"), more)
})
