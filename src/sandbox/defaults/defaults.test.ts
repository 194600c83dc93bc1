import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { clone } from '../../core/machinery/json/clone.ts'
import { decode } from '../../core/machinery/decode/decode.ts'
import { Deployment } from '../types/deployment.ts'
import { CronJob, Job } from '../types/job.ts'
import { Pod } from '../types/pod.ts'
import { DaemonSet, StatefulSet } from '../types/statefulSet.ts'
import { pullPolicyOf } from './container.ts'
import { defaultPod } from './pod.ts'
import { defaultCronJob, defaultDaemonSet, defaultDeployment, defaultJob, defaultStatefulSet } from './workload.ts'

const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }
const selector = { matchLabels: { app: 'a' } }
const podDefaults = {
  containers: [
    {
      name: 'c',
      image: 'nginx',
      resources: {},
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      imagePullPolicy: 'Always',
    },
  ],
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  securityContext: {},
  schedulerName: 'default-scheduler',
}

describe('the pull policy', () => {
  const cases: [string, string][] = [
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1', 'IfNotPresent'],
    ['host:5000/nginx', 'Always'],
    ['host:5000/nginx:1', 'IfNotPresent'],
    [`nginx@sha256:${'a'.repeat(64)}`, 'IfNotPresent'],
    ['', 'IfNotPresent'],
    [' ', 'IfNotPresent'],
  ]
  for (const [image, policy] of cases)
    test(`of "${image}" is ${policy}`, () => assert.equal(pullPolicyOf(image), policy))
})

test("a Deployment gets kube-apiserver's defaults", () => {
  const { object } = decode(Deployment, { metadata: { name: 'd' }, spec: { selector, template } })
  defaultDeployment(object)
  assert.deepEqual(object.spec, {
    replicas: 1,
    selector,
    template: { metadata: template.metadata, spec: podDefaults },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  })
})

test('a Deployment that recreates gets no rolling update', () => {
  const { object } = decode(Deployment, { spec: { selector, template, strategy: { type: 'Recreate' } } })
  defaultDeployment(object)
  assert.deepEqual(object.spec.strategy, { type: 'Recreate' })
})

test('StatefulSets, DaemonSets, Jobs and CronJobs get theirs', () => {
  const sts = decode(StatefulSet, { spec: { selector, template } }).object
  defaultStatefulSet(sts)
  assert.deepEqual(sts.spec.updateStrategy, { type: 'RollingUpdate', rollingUpdate: { partition: 0 } })
  assert.equal(sts.spec.podManagementPolicy, 'OrderedReady')
  const ds = decode(DaemonSet, { spec: { selector, template } }).object
  defaultDaemonSet(ds)
  assert.deepEqual(ds.spec.updateStrategy.rollingUpdate, { maxUnavailable: 1, maxSurge: 0 })
  const job = decode(Job, { spec: { template } }).object
  defaultJob(job)
  const { completions, parallelism, backoffLimit, completionMode, suspend } = job.spec
  assert.deepEqual([completions, parallelism, backoffLimit, completionMode, suspend], [1, 1, 6, 'NonIndexed', false])
  assert.deepEqual(job.metadata.labels, { app: 'a' })
  const cron = decode(CronJob, { spec: { schedule: '* * * * *', jobTemplate: { spec: { template } } } }).object
  defaultCronJob(cron)
  assert.deepEqual([cron.spec.concurrencyPolicy, cron.spec.successfulJobsHistoryLimit], ['Allow', 3])
  assert.equal(cron.spec.jobTemplate.spec.backoffLimit, undefined)
})

test('a pod gets defaults in every corner, and the same again changes nothing', () => {
  const { object } = decode(Pod, {
    spec: {
      hostNetwork: true,
      serviceAccount: 'old',
      containers: [
        {
          name: 'c',
          image: 'x:1',
          ports: [{ containerPort: 80 }],
          env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
          livenessProbe: { httpGet: { port: 80 } },
          resources: { limits: { cpu: '1' } },
        },
      ],
      volumes: [
        { name: 'empty' },
        { name: 'secret', secret: { secretName: 's' } },
        { name: 'all', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
        { name: 'host', hostPath: { path: '/x' } },
      ],
    },
  })
  defaultPod(object)
  const [container] = object.spec.containers
  assert.deepEqual(container!.ports, [{ hostPort: 80, containerPort: 80, protocol: 'TCP' }])
  assert.equal(container!.env![0]!.valueFrom!.fieldRef!.apiVersion, 'v1')
  assert.deepEqual(container!.resources, { limits: { cpu: '1' }, requests: { cpu: '1' } })
  assert.deepEqual(container!.livenessProbe, {
    httpGet: { path: '/', port: 80, scheme: 'HTTP' },
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  })
  assert.deepEqual(object.spec.volumes, [
    { name: 'empty', emptyDir: {} },
    { name: 'secret', secret: { secretName: 's', defaultMode: 420 } },
    {
      name: 'all',
      projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3600, path: 'token' } }], defaultMode: 420 },
    },
    { name: 'host', hostPath: { path: '/x', type: '' } },
  ])
  assert.equal(object.spec.serviceAccountName, 'old')
  const once = clone(object)
  defaultPod(object)
  assert.deepEqual(object, once)
})
