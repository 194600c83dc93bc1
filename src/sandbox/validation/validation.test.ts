import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decode } from '../../core/machinery/decode/decode.ts'
import { describe as text } from '../../core/machinery/fieldError.ts'
import { defaultPod } from '../defaults/pod.ts'
import {
  defaultCronJob,
  defaultDeployment,
  defaultJob,
  defaultReplicationController,
  defaultStatefulSet,
} from '../defaults/workload.ts'
import { ConfigMap, Secret } from '../types/core.ts'
import { Deployment } from '../types/deployment.ts'
import { CronJob, Job } from '../types/job.ts'
import { Pod } from '../types/pod.ts'
import { ReplicationController } from '../types/replicationController.ts'
import { StatefulSet } from '../types/statefulSet.ts'
import { validateConfigMap, validateSecret } from './data.ts'
import { cronJobName, validateCronJob, validateJob } from './job.ts'
import { validatePod } from './pod.ts'
import { validateResources } from './quantity.ts'
import { validateDeployment, validateReplicationController, validateStatefulSet } from './workload.ts'

const labels = { app: 'a' }
const pod = (container: object, spec: object = {}): object => ({
  containers: [{ name: 'c', image: 'x', ...container }],
  ...spec,
})

function deployment(spec: object, podSpec: object = pod({})): Deployment {
  const template = { metadata: { labels }, spec: podSpec }
  const { object } = decode(Deployment, { spec: { selector: { matchLabels: labels }, template, ...spec } })
  defaultDeployment(object)
  return object
}

describe('a Deployment', () => {
  const T = 'spec.template.spec'
  const cases: [string, Deployment, string[]][] = [
    ['is fine', deployment({}), []],
    ['may have a blank image, which OpenShift writes for "to be triggered"', deployment({}, pod({ image: ' ' })), []],
    [
      'must select its own pods',
      deployment({ selector: { matchLabels: { app: 'b' } } }),
      [
        'spec.template.metadata.labels: Invalid value: map[string]string{"app":"a"}: `selector` does not match template `labels`',
      ],
    ],
    ['needs containers', deployment({}, { containers: [] }), [`${T}.containers: Required value`]],
    ['needs an image', deployment({}, pod({ image: '' })), [`${T}.containers[0].image: Required value`]],
    [
      'needs different names',
      deployment(
        {},
        {
          containers: [
            { name: 'c', image: 'x' },
            { name: 'c', image: 'x' },
          ],
        },
      ),
      [`${T}.containers[1].name: Duplicate value: "c"`],
    ],
    [
      'restarts always',
      deployment({}, pod({}, { restartPolicy: 'Never' })),
      [`${T}.restartPolicy: Unsupported value: "Never": supported values: "Always"`],
    ],
    [
      'counts from zero',
      deployment({ replicas: -1 }),
      ['spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'must be able to move',
      deployment({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0'],
    ],
    [
      'knows its mounts',
      deployment({}, pod({ volumeMounts: [{ name: 'v', mountPath: '/v' }] })),
      [`${T}.containers[0].volumeMounts[0].name: Not found: "v"`],
    ],
    [
      'has ports that exist',
      deployment({}, pod({ ports: [{ containerPort: 70_000 }] })),
      [`${T}.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive`],
    ],
    [
      'asks for no more than its limits',
      deployment({}, pod({ resources: { limits: { cpu: '500m' }, requests: { cpu: '1' } } })),
      [`${T}.containers[0].resources.requests: Invalid value: "1": must be less than or equal to cpu limit of 500m`],
    ],
    [
      'has probes that probe',
      deployment({}, pod({ livenessProbe: {} })),
      [`${T}.containers[0].livenessProbe: Required value: must specify a handler type`],
    ],
  ]
  for (const [name, object, expected] of cases) {
    test(name, () => assert.deepEqual(validateDeployment(object).map(text), expected))
  }
  test('keeps its selector', () => {
    const changed = deployment({ selector: { matchLabels: { app: 'a', x: 'y' } } }, pod({}))
    changed.spec.template.metadata.labels = { app: 'a', x: 'y' }
    assert.deepEqual(validateDeployment(changed, deployment({})).map(text), [
      'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"a", "x":"y"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable',
    ])
  })
})

describe('a pod', () => {
  const make = (spec: object): Pod => {
    const { object } = decode(Pod, { metadata: { name: 'p' }, spec })
    defaultPod(object)
    return object
  }
  test('cannot have the blank image that a template may have', () => {
    const rule = 'spec.containers[0].image: Invalid value: " ": must not have leading or trailing whitespace'
    assert.deepEqual(validatePod(make(pod({ image: ' ' })), undefined).map(text), [rule])
  })
  test('may change its image, but not its command', () => {
    const old = make(pod({}))
    assert.deepEqual(validatePod(make(pod({ image: 'y' })), old), [])
    assert.match(
      text(validatePod(make(pod({ command: ['y'] })), old)[0]!),
      /^spec: Forbidden: pod updates may not change fields other/,
    )
  })
})

test('a StatefulSet keeps its service', () => {
  const make = (serviceName: string): StatefulSet => {
    const template = { metadata: { labels }, spec: pod({}) }
    const { object } = decode(StatefulSet, { spec: { serviceName, selector: { matchLabels: labels }, template } })
    defaultStatefulSet(object)
    return object
  }
  assert.match(
    text(validateStatefulSet(make('b'), make('a'))[0]!),
    /^spec: Forbidden: updates to statefulset spec for fields other than/,
  )
})

test('a Job must not restart always, and keeps its template', () => {
  const make = (policy: string, image = 'x'): Job => {
    const template = { metadata: { labels }, spec: pod({ image }, { restartPolicy: policy }) }
    const { object } = decode(Job, { spec: { selector: { matchLabels: labels }, template } })
    defaultJob(object)
    return object
  }
  const rule = 'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'
  assert.deepEqual(validateJob(make('Always')).map(text), [rule])
  assert.deepEqual(
    validateJob(make('Never', 'y'), make('Never')).map(({ field }) => field),
    ['spec.template'],
  )
})

test('a Job that waits may be placed elsewhere, and keeps the rest of its template', () => {
  const make = (spec: object, template: object = {}, status: object = {}): Job => {
    const podSpec = pod({}, { restartPolicy: 'Never', ...spec })
    const { object } = decode(Job, {
      spec: {
        suspend: true,
        selector: { matchLabels: labels },
        template: { metadata: { labels, ...template }, spec: podSpec },
      },
      status,
    })
    defaultJob(object)
    return object
  }
  const fields = (next: Job, old: Job) => validateJob(next, old).map(({ field }) => field)
  const elsewhere = { nodeSelector: { a: 'b' }, tolerations: [{ operator: 'Exists' }] }
  assert.deepEqual(fields(make(elsewhere, { annotations: { a: 'b' } }), make({})), [])
  assert.deepEqual(fields(make({ containers: [{ name: 'c', image: 'other' }] }), make({})), ['spec.template'])
  const started = { startTime: '2026-01-01T00:00:00Z' }
  assert.deepEqual(fields(make(elsewhere), make({}, {}, started)), ['spec.template'])
})

test('a CronJob has a schedule that can be read, and a name that leaves room', () => {
  const make = (schedule: string, timeZone?: string): CronJob => {
    const jobTemplate = { spec: { template: { spec: pod({}, { restartPolicy: 'Never' }) } } }
    const { object } = decode(CronJob, { spec: { schedule, jobTemplate, ...(timeZone && { timeZone }) } })
    defaultCronJob(object)
    return object
  }
  assert.deepEqual(validateCronJob(make('*/5 * * * *', 'Europe/Paris')), [])
  assert.deepEqual(validateCronJob(make('* * *')).map(text), [
    'spec.schedule: Invalid value: "* * *": expected exactly 5 fields, found 3: [* * *]',
  ])
  assert.deepEqual(validateCronJob(make('@daily', 'Nowhere/City')).map(text), [
    'spec.timeZone: Invalid value: "Nowhere/City": unknown time zone Nowhere/City',
  ])
  assert.deepEqual(cronJobName('x'.repeat(53), false), ['must be no more than 52 characters'])
})

test('Secrets and ConfigMaps have good keys, and immutable ones stay', () => {
  const secret = (data: object, type = 'Opaque') => decode(Secret, { data, type }).object
  assert.deepEqual(validateSecret(secret({}, 'kubernetes.io/dockerconfigjson')).map(text), [
    'data[.dockerconfigjson]: Required value',
  ])
  const broken = secret({ '.dockerconfigjson': Buffer.from('no').toString('base64') }, 'kubernetes.io/dockerconfigjson')
  assert.match(text(validateSecret(broken)[0]!), /Invalid value: "<secret contents redacted>"/)
  assert.deepEqual(validateSecret(secret({}, 'b'), secret({}, 'a')).map(text), [
    'type: Invalid value: "b": field is immutable',
  ])
  const map = (data: object) => decode(ConfigMap, { data, immutable: true }).object
  assert.deepEqual(validateConfigMap(map({ a: '2' }), map({ a: '1' })).map(text), [
    'data: Forbidden: field is immutable when `immutable` is set',
  ])
  assert.equal(validateConfigMap(map({ 'a/b': '' })).length, 1)
})

test('requests are compared with limits by value, not by text', () => {
  const cases: [request: string, limit: string, fits: boolean][] = [
    ['500m', '.5', true],
    ['1000Mi', '1Gi', true],
    ['1025Mi', '1Gi', false],
    ['2k', '1e3', false],
    ['-1', '1', false],
  ]
  for (const [request, limit, fits] of cases) {
    const errors = validateResources({ requests: { cpu: request }, limits: { cpu: limit } }, 'resources')
    assert.equal(errors.length === 0, fits, `${request} of ${limit}`)
  }
})

describe('a ReplicationController', () => {
  const controller = (spec: object): ReplicationController => {
    const object = decode(ReplicationController, { spec }).object as ReplicationController
    defaultReplicationController(object)
    return object
  }
  const template = { metadata: { labels }, spec: pod({}) }
  const T = 'spec.template'
  const cases: [string, object, string[]][] = [
    ['is fine', { template }, []],
    ['needs a template', { selector: labels }, [`${T}: Required value`]],
    ['needs something to select by', {}, ['spec.selector: Required value', `${T}: Required value`]],
    ['needs labels to select by', { template: { spec: pod({}) } }, ['spec.selector: Required value']],
    [
      'must select its own pods',
      { selector: { app: 'b' }, template },
      [
        `${T}.metadata.labels: Invalid value: map[string]string{"app":"a"}: \`selector\` does not match template \`labels\``,
      ],
    ],
    [
      'counts from zero',
      { replicas: -1, template },
      ['spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'runs on',
      { template: { ...template, spec: pod({}, { restartPolicy: 'Never', activeDeadlineSeconds: 1 }) } },
      [
        `${T}.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"`,
        `${T}.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicationController is not Supported`,
      ],
    ],
  ]
  for (const [what, spec, errors] of cases) {
    test(what, () => assert.deepEqual(validateReplicationController(controller(spec)).map(text), errors))
  }
})
