import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decode } from '../../core/machinery/decode/decode.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Column } from '../../core/machinery/resource.ts'
import type { TSchema } from '../../core/machinery/schema.ts'
import { Namespace, Secret } from '../types/core.ts'
import { Deployment } from '../types/deployment.ts'
import { Event } from '../types/event.ts'
import { CronJob, Job } from '../types/job.ts'
import { Pod } from '../types/pod.ts'
import { ResourceQuota } from '../types/resourceQuota.ts'
import { ReplicationController } from '../types/replicationController.ts'
import { DaemonSet, StatefulSet } from '../types/statefulSet.ts'
import { cronJobColumns, jobColumns } from './batch.ts'
import { eventColumns, namespaceColumns, quotaColumns, secretColumns } from './data.ts'
import { podColumns } from './pod.ts'
import { daemonSetColumns, deploymentColumns, replicationControllerColumns, statefulSetColumns } from './workload.ts'

const now = new Date('2026-01-01T00:10:00Z')
const metadata = { name: 'a', creationTimestamp: '2026-01-01T00:05:00Z' }

/** What kubectl prints: headings, cells, and behind a bar those of -o wide. */
function row<T extends KubeObject>(columns: readonly Column<T>[], schema: TSchema, object: object): string {
  const decoded = decode(schema, { metadata, ...object }).object as T
  const part = (priority: number): string =>
    columns
      .filter((column) => (column.priority ?? 0) === priority)
      .map((column) => `${column.name.toUpperCase()}=${String(column.cell(decoded, now))}`)
      .join(' ')
  return `${part(0)} | ${part(1)}`
}

const template = {
  metadata: {},
  spec: {
    containers: [
      { name: 'c', image: 'x:1' },
      { name: 'd', image: 'y' },
    ],
  },
}
const spec = { selector: { matchLabels: { app: 'a' } }, template }

describe('kubectl get shows', () => {
  const cases: [string, string, string][] = [
    [
      'deployments',
      row(deploymentColumns, Deployment, {
        spec: { ...spec, replicas: 3 },
        status: { readyReplicas: 2, updatedReplicas: 1 },
      }),
      'NAME=a READY=2/3 UP-TO-DATE=1 AVAILABLE=0 AGE=5m | CONTAINERS=c,d IMAGES=x:1,y SELECTOR=app=a',
    ],
    [
      'replicationcontrollers',
      row(replicationControllerColumns, ReplicationController, {
        spec: { replicas: 3, selector: { b: '2', a: '1' }, template },
        status: { replicas: 2, readyReplicas: 1 },
      }),
      'NAME=a DESIRED=3 CURRENT=2 READY=1 AGE=5m | CONTAINERS=c,d IMAGES=x:1,y SELECTOR=a=1,b=2',
    ],
    [
      'statefulsets',
      row(statefulSetColumns, StatefulSet, { spec: { ...spec, replicas: 1 } }),
      'NAME=a READY=0/1 AGE=5m | CONTAINERS=c,d IMAGES=x:1,y',
    ],
    [
      'daemonsets',
      row(daemonSetColumns, DaemonSet, { spec, status: { numberReady: 1 } }),
      'NAME=a DESIRED=0 CURRENT=0 READY=1 UP-TO-DATE=0 AVAILABLE=0 NODE SELECTOR=<none> AGE=5m | CONTAINERS=c,d IMAGES=x:1,y SELECTOR=app=a',
    ],
    [
      'jobs',
      row(jobColumns, Job, {
        spec: { ...spec, completions: 2 },
        status: { startTime: '2026-01-01T00:09:00Z', succeeded: 1 },
      }),
      'NAME=a STATUS=Running COMPLETIONS=1/2 DURATION=60s AGE=5m | CONTAINERS=c,d IMAGES=x:1,y SELECTOR=app=a',
    ],
    [
      'cronjobs',
      row(cronJobColumns, CronJob, { spec: { schedule: '@daily', jobTemplate: { spec } } }),
      'NAME=a SCHEDULE=@daily TIMEZONE=<none> SUSPEND=False ACTIVE=0 LAST SCHEDULE=<none> AGE=5m | CONTAINERS=c,d IMAGES=x:1,y SELECTOR=<none>',
    ],
    ['namespaces', row(namespaceColumns, Namespace, { status: { phase: 'Active' } }), 'NAME=a STATUS=Active AGE=5m | '],
    ['secrets', row(secretColumns, Secret, { type: 'Opaque', data: { k: '' } }), 'NAME=a TYPE=Opaque DATA=1 AGE=5m | '],
    [
      'resourcequotas',
      row(quotaColumns, ResourceQuota, {
        status: {
          hard: { secrets: '2', 'limits.cpu': '4', 'count/jobs.batch': '3' },
          used: { secrets: '1', pods: '7' },
        },
      }),
      'NAME=a REQUEST=count/jobs.batch: 0/3, secrets: 1/2 LIMIT=limits.cpu: 0/4 AGE=5m | ',
    ],
    ['resourcequotas not in force yet', row(quotaColumns, ResourceQuota, {}), 'NAME=a REQUEST= LIMIT= AGE=5m | '],
    [
      'events',
      row(eventColumns, Event, {
        type: 'Normal',
        reason: 'R',
        message: 'm',
        involvedObject: { kind: 'Pod', name: 'p' },
        source: { component: 'k', host: 'h' },
        lastTimestamp: '2026-01-01T00:09:00Z',
        firstTimestamp: '2026-01-01T00:08:00Z',
        count: 2,
      }),
      'LAST SEEN=60s TYPE=Normal REASON=R OBJECT=pod/p MESSAGE=m | SUBOBJECT= SOURCE=k, h FIRST SEEN=2m COUNT=2 NAME=a',
    ],
    [
      'pods',
      row(podColumns, Pod, { spec: { ...template.spec, nodeName: 'sandbox' }, status: { phase: 'Pending' } }),
      'NAME=a READY=0/2 STATUS=Pending RESTARTS=0 AGE=5m | IP=<none> NODE=sandbox NOMINATED NODE=<none> READINESS GATES=<none>',
    ],
  ]
  for (const [name, shown, expected] of cases) test(name, () => assert.equal(shown, expected))
})

describe('the status of a pod is', () => {
  const containers = [{ name: 'c', image: 'x' }]
  const status = (state: object, more: object = {}) => ({
    phase: 'Pending',
    containerStatuses: [{ name: 'c', state, ...more }],
  })
  const cases: [string, object][] = [
    ['InvalidImageName', { spec: { containers }, status: status({ waiting: { reason: 'InvalidImageName' } }) }],
    ['Completed', { spec: { containers }, status: status({ terminated: { reason: 'Completed' } }) }],
    ['ExitCode:3', { spec: { containers }, status: status({ terminated: { exitCode: 3 } }) }],
    ['Terminating', { metadata: { ...metadata, deletionTimestamp: metadata.creationTimestamp }, spec: { containers } }],
    [
      'Init:0/1',
      {
        spec: { containers, initContainers: containers },
        status: { initContainerStatuses: [{ name: 'c', state: { running: {} } }] },
      },
    ],
    ['Evicted', { spec: { containers }, status: { phase: 'Failed', reason: 'Evicted' } }],
  ]
  for (const [expected, object] of cases) {
    test(expected, () => assert.match(row(podColumns, Pod, object), new RegExp(` STATUS=${expected} `)))
  }
})

describe('a sidecar counts among the containers of a pod', () => {
  const spec = {
    containers: [{ name: 'c', image: 'x' }],
    initContainers: [
      { name: 'first', image: 'x' },
      { name: 'side', image: 'x', restartPolicy: 'Always' },
    ],
  }
  const running = { state: { running: {} }, ready: true, restartCount: 2 }
  const cases: [string, object, string][] = [
    ['that waits for the containers before it', { started: false }, 'READY=0/2 STATUS=Init:1/2 RESTARTS=0'],
    ['that runs', { started: true, ...running }, 'READY=2/2 STATUS=Running RESTARTS=4'],
    ['that runs and is not ready', { started: true, ...running, ready: false }, 'READY=1/2 STATUS=Running RESTARTS=4'],
  ]
  for (const [name, side, expected] of cases)
    test(name, () => {
      const initContainerStatuses = [
        { name: 'first', state: { terminated: { exitCode: 0 } } },
        { name: 'side', state: { waiting: {} }, ...side },
      ]
      const started = expected.includes('Running')
      const status = {
        phase: started ? 'Running' : 'Pending',
        initContainerStatuses,
        containerStatuses: [{ name: 'c', state: {}, ...(started && running) }],
      }
      assert.ok(row(podColumns, Pod, { spec, status }).includes(expected), row(podColumns, Pod, { spec, status }))
    })
})
