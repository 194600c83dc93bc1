// The simulated controllers against the real API server in this process, with a store in memory.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startInProcess } from '../../../test/support/inProcess.ts'
import { eventually } from '../../../test/support/eventually.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import { silent } from '../../core/machinery/log.ts'
import type { KubeObject, ResourceRef } from '../../core/machinery/object.ts'
import { isReason } from '../../core/machinery/status.ts'
import type { Namespace } from '../types/core.ts'
import type { Deployment, ReplicaSet } from '../types/deployment.ts'
import type { Event } from '../types/event.ts'
import type { CronJob, Job } from '../types/job.ts'
import type { Pod } from '../types/pod.ts'
import type { ReplicationController } from '../types/replicationController.ts'
import type { ControllerRevision, DaemonSet, StatefulSet } from '../types/statefulSet.ts'
import { startSandbox, type Sandbox } from './start.ts'

const ref = (group: string, plural: string): ResourceRef => ({ group, version: 'v1', plural })
const pods = ref('', 'pods')
const deployments = ref('apps', 'deployments')
const sets = ref('apps', 'replicasets')
const replicationControllers = ref('', 'replicationcontrollers')
const statefulSets = ref('apps', 'statefulsets')
const daemonSets = ref('apps', 'daemonsets')
const revisions = ref('apps', 'controllerrevisions')
const jobs = ref('batch', 'jobs')
const cronJobs = ref('batch', 'cronjobs')
const namespaces = ref('', 'namespaces')
const contents = [
  { ...pods, kind: 'Pod' },
  { ...deployments, kind: 'Deployment' },
  { ...sets, kind: 'ReplicaSet' },
  { ...replicationControllers, kind: 'ReplicationController' },
  { ...statefulSets, kind: 'StatefulSet' },
  { ...daemonSets, kind: 'DaemonSet' },
  { ...revisions, kind: 'ControllerRevision' },
  { ...jobs, kind: 'Job' },
  { ...cronJobs, kind: 'CronJob' },
  { ...ref('', 'serviceaccounts'), kind: 'ServiceAccount' },
]

let client: ObjectClient
let sandbox: Sandbox
const stop = new AbortController()
/** Minutes that the clock is ahead. */
let ahead = 0

before(async () => {
  client = (await startInProcess()).client
  const now = (): Date => new Date(Date.now() + ahead * 60_000)
  sandbox = startSandbox({ client, resources: contents, log: silent, signal: stop.signal, now })
  await sandbox.ready
})
after(async () => {
  stop.abort()
  await sandbox.stopped
})

const namespace = 'default'
const template = (app: string, image = 'x:1', spec: object = {}) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'c', image }], ...spec },
})
const create = <T extends KubeObject>(resource: ResourceRef, name: string, spec: object, ns = namespace): Promise<T> =>
  client.create<T>({ resource, namespace: ns }, { metadata: { name }, spec } as KubeObject)
const get = <T extends KubeObject>(resource: ResourceRef, name: string): Promise<T> =>
  client.get<T>({ resource, namespace, name })
const list = async <T extends KubeObject>(resource: ResourceRef, app: string): Promise<T[]> =>
  (await client.list<T>({ resource, namespace }, { labelSelector: `app=${app}` })).items
const merge = (resource: ResourceRef, name: string, patch: object) =>
  client.patch({ resource, namespace, name }, 'merge', patch)
const workload = (app: string, replicas: number, more: object = {}) => ({
  replicas,
  selector: { matchLabels: { app } },
  template: template(app),
  ...more,
})
const rolledOut = (name: string, generation: number): Promise<Deployment> =>
  eventually(async () => {
    const found = await get<Deployment>(deployments, name)
    const { replicas, updatedReplicas, availableReplicas, observedGeneration, conditions } = found.status
    assert.deepEqual([replicas, updatedReplicas, availableReplicas], Array(3).fill(found.spec.replicas))
    assert.equal(observedGeneration, generation)
    assert.equal(conditions?.find((c) => c.type === 'Progressing')?.reason, 'NewReplicaSetAvailable')
    return found
  })
const setImage = (image: string) => ({ spec: { template: { spec: { containers: [{ name: 'c', image }] } } } })
const gone = (resource: ResourceRef, name: string): Promise<void> =>
  eventually(() => assert.rejects(get(resource, name), (error) => isReason(error, 'NotFound')))

describe('a Deployment', () => {
  test('rolls over to a new ReplicaSet, numbers it, and says so', async () => {
    await create(deployments, 'roll', workload('roll', 3))
    const first = await rolledOut('roll', 1)
    assert.equal(first.metadata.annotations?.['deployment.kubernetes.io/revision'], '1')
    assert.ok((await list<Pod>(pods, 'roll')).every(({ status }) => status.phase === 'Running' && status.podIP))
    const annotations = { 'kubernetes.io/change-cause': 'two' }
    await merge(deployments, 'roll', { metadata: { annotations }, ...setImage('x:2') })
    const second = await rolledOut('roll', 2)
    assert.equal(second.metadata.annotations?.['deployment.kubernetes.io/revision'], '2')
    const [old, next] = (await list<ReplicaSet>(sets, 'roll')).toSorted((a, b) => a.spec.replicas! - b.spec.replicas!)
    assert.deepEqual([old!.spec.replicas, next!.spec.replicas], [0, 3])
    assert.equal(next!.metadata.annotations?.['kubernetes.io/change-cause'], 'two')
    assert.equal(old!.metadata.annotations?.['kubernetes.io/change-cause'], undefined)
    // The last old pod may still be going.
    await eventually(async () => assert.equal((await list(pods, 'roll')).length, 3))
    await eventually(async () => {
      const fieldSelector = 'involvedObject.name=roll,reason=ScalingReplicaSet'
      const { items } = await client.list<Event>({ resource: ref('', 'events'), namespace }, { fieldSelector })
      const messages = new Set(items.map(({ message }) => message))
      assert.ok(messages.has(`Scaled up replica set ${old!.metadata.name} from 0 to 3`))
      assert.ok(messages.has(`Scaled up replica set ${next!.metadata.name} from 0 to 1`))
      assert.ok(messages.has(`Scaled down replica set ${old!.metadata.name} from 1 to 0`))
    })
  })

  test('goes back to an old template with the same ReplicaSet and a new number', async () => {
    await create(deployments, 'back', workload('back', 1))
    await rolledOut('back', 1)
    await merge(deployments, 'back', setImage('x:2'))
    await rolledOut('back', 2)
    await merge(deployments, 'back', setImage('x:1'))
    const back = await rolledOut('back', 3)
    assert.equal(back.metadata.annotations?.['deployment.kubernetes.io/revision'], '3')
    const numbers = (await list<ReplicaSet>(sets, 'back')).map(
      (s) => s.metadata.annotations?.['deployment.kubernetes.io/revision'],
    )
    assert.deepEqual(new Set(numbers), new Set(['2', '3']))
  })

  test('that is paused rolls nothing, but scales', async () => {
    await create(deployments, 'still', workload('still', 1))
    await rolledOut('still', 1)
    await merge(deployments, 'still', { spec: { paused: true, replicas: 2, ...setImage('x:2').spec } })
    await eventually(async () => assert.equal((await list(pods, 'still')).length, 2))
    const [only, ...more] = await list<ReplicaSet>(sets, 'still')
    assert.deepEqual([only!.spec.template.spec.containers[0]!.image, more.length], ['x:1', 0])
    await merge(deployments, 'still', { spec: { paused: false } })
    await rolledOut('still', 3)
  })

  test('that recreates has never pods of two templates', async () => {
    await create(deployments, 'again', workload('again', 2, { strategy: { type: 'Recreate' } }))
    await rolledOut('again', 1)
    await merge(deployments, 'again', setImage('x:2'))
    await rolledOut('again', 2)
    await eventually(async () => {
      assert.ok((await list<Pod>(pods, 'again')).every(({ spec }) => spec.containers[0]!.image === 'x:2'))
    })
  })

  test('keeps as many old ReplicaSets as it shall', async () => {
    await create(deployments, 'few', workload('few', 1, { revisionHistoryLimit: 1 }))
    for (const n of [1, 2, 3, 4]) {
      await rolledOut('few', n)
      await merge(deployments, 'few', setImage(`x:${n + 1}`))
    }
    await rolledOut('few', 5)
    await eventually(async () => assert.equal((await list(sets, 'few')).length, 2))
  })

  test('with an image that no pod may have says why it stands still', async () => {
    await create(deployments, 'blank', workload('blank', 1, { template: template('blank', ' ') }))
    await eventually(async () => {
      const { status } = await get<Deployment>(deployments, 'blank')
      const failure = status.conditions?.find((c) => c.type === 'ReplicaFailure')
      assert.equal(failure?.reason, 'FailedCreate')
      assert.match(failure.message ?? '', /must not have leading or trailing whitespace/)
    })
    await merge(deployments, 'blank', setImage('x:1'))
    await rolledOut('blank', 2)
    await eventually(async () => {
      const { status } = await get<Deployment>(deployments, 'blank')
      assert.ok(!status.conditions?.some((c) => c.type === 'ReplicaFailure'))
    })
  })

  for (const policy of ['Background', 'Foreground'] as const) {
    test(`takes everything along when it is deleted (${policy})`, async () => {
      const name = `gone-${policy.toLowerCase()}`
      await create(deployments, name, workload(name, 2))
      await rolledOut(name, 1)
      await client.delete({ resource: deployments, namespace, name }, { propagationPolicy: policy })
      await gone(deployments, name)
      await eventually(async () => assert.deepEqual([await list(sets, name), await list(pods, name)], [[], []]))
    })
  }

  test('leaves everything behind when it is deleted as an orphan maker', async () => {
    await create(deployments, 'leave', workload('leave', 1))
    await rolledOut('leave', 1)
    await client.delete({ resource: deployments, namespace, name: 'leave' }, { propagationPolicy: 'Orphan' })
    await gone(deployments, 'leave')
    const [set] = await list<ReplicaSet>(sets, 'leave')
    assert.equal(set?.metadata.ownerReferences, undefined)
    assert.equal((await list(pods, 'leave')).length, 1)
  })
})

test('a pod that is deleted is replaced', async () => {
  await create(deployments, 'heal', workload('heal', 1))
  await rolledOut('heal', 1)
  const [pod] = await list<Pod>(pods, 'heal')
  await client.delete({ resource: pods, namespace, name: pod!.metadata.name! })
  await eventually(async () => {
    const [next, ...more] = await list<Pod>(pods, 'heal')
    assert.equal(more.length, 0)
    assert.notEqual(next?.metadata.uid, pod!.metadata.uid)
    assert.equal(next?.status.phase, 'Running')
  })
})

test('a ReplicationController keeps its pods, scales, and takes them along', async () => {
  const name = 'elder'
  await create(replicationControllers, name, { replicas: 2, template: template(name) })
  const keeps = (count: number): Promise<ReplicationController> =>
    eventually(async () => {
      const found = await get<ReplicationController>(replicationControllers, name)
      const { replicas, fullyLabeledReplicas, readyReplicas, availableReplicas, observedGeneration } = found.status
      assert.deepEqual([replicas, fullyLabeledReplicas, readyReplicas, availableReplicas], Array(4).fill(count))
      assert.equal(observedGeneration, found.metadata.generation)
      return found
    })
  const { metadata } = await keeps(2)
  const [pod] = await list<Pod>(pods, name)
  assert.deepEqual(pod!.metadata.ownerReferences, [
    {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      name,
      uid: metadata.uid,
      controller: true,
      blockOwnerDeletion: true,
    },
  ])
  await client.delete({ resource: pods, namespace, name: pod!.metadata.name! })
  await client.patch({ resource: replicationControllers, namespace, name, subresource: 'scale' }, 'merge', {
    spec: { replicas: 3 },
  })
  await keeps(3)
  const fieldSelector = `involvedObject.name=${name},reason=SuccessfulCreate`
  await eventually(async () => {
    const { items } = await client.list<Event>({ resource: ref('', 'events'), namespace }, { fieldSelector })
    assert.ok(items.some(({ source }) => source.component === 'replication-controller'))
  })
  await client.delete({ resource: replicationControllers, namespace, name }, { propagationPolicy: 'Background' })
  await eventually(async () => assert.deepEqual(await list(pods, name), []))
})

test('a pod whose image cannot be named waits, and tells', async () => {
  await client.create({ resource: pods, namespace }, {
    metadata: { name: 'bad' },
    spec: { containers: [{ name: 'c', image: 'a//b' }] },
  } as KubeObject)
  await eventually(async () => {
    const { status } = await get<Pod>(pods, 'bad')
    assert.equal(status.phase, 'Pending')
    assert.equal(status.containerStatuses?.[0]?.state.waiting?.reason, 'InvalidImageName')
  })
})

test('an annotation that a StatefulSet loses goes from its revision, too', async () => {
  await create(statefulSets, 'plain', { ...workload('plain', 0), serviceName: 'plain' })
  const annotated = async (value: string | null, expected: object): Promise<void> => {
    await merge(statefulSets, 'plain', { metadata: { annotations: { note: value } } })
    await eventually(async () => {
      const [revision] = await list<ControllerRevision>(revisions, 'plain')
      assert.deepEqual(revision?.metadata.annotations ?? {}, expected)
    })
  }
  await annotated('a', { note: 'a' })
  await annotated(null, {})
})

test('a StatefulSet numbers its pods, replaces them, and keeps revisions', async () => {
  await create(statefulSets, 'web', { ...workload('web', 3), serviceName: 'web' })
  const updated = (image: string): Promise<StatefulSet> =>
    eventually(async () => {
      const set = await get<StatefulSet>(statefulSets, 'web')
      assert.equal(set.status.readyReplicas, 3)
      assert.equal(set.status.currentRevision, set.status.updateRevision)
      const all = await list<Pod>(pods, 'web')
      assert.deepEqual(
        all.map(({ metadata, spec }) => [metadata.name, spec.containers[0]!.image]),
        [
          ['web-0', image],
          ['web-1', image],
          ['web-2', image],
        ],
      )
      return set
    })
  const first = await updated('x:1')
  await merge(statefulSets, 'web', setImage('x:2'))
  assert.notEqual((await updated('x:2')).status.updateRevision, first.status.updateRevision)
  await merge(statefulSets, 'web', setImage('x:1'))
  assert.equal((await updated('x:1')).status.updateRevision, first.status.updateRevision)
  const numbers = (await list<ControllerRevision>(revisions, 'web')).map(({ revision }) => revision)
  assert.deepEqual(new Set(numbers), new Set([2, 3]))
  await merge(statefulSets, 'web', { spec: { replicas: 1 } })
  await eventually(async () =>
    assert.deepEqual(
      (await list(pods, 'web')).map((p) => p.metadata.name),
      ['web-0'],
    ),
  )
})

test('a DaemonSet has one pod, and replaces it', async () => {
  await create(daemonSets, 'agent', { selector: { matchLabels: { app: 'agent' } }, template: template('agent') })
  const runs = (image: string) =>
    eventually(async () => {
      const { status } = await get<DaemonSet>(daemonSets, 'agent')
      assert.deepEqual([status.numberAvailable, status.updatedNumberScheduled], [1, 1])
      assert.deepEqual(
        (await list<Pod>(pods, 'agent')).map((p) => p.spec.containers[0]!.image),
        [image],
      )
    })
  await runs('x:1')
  await merge(daemonSets, 'agent', setImage('x:2'))
  await runs('x:2')
})

test('a Job runs as many pods as it needs, and is complete', async () => {
  await create(jobs, 'once', {
    completions: 3,
    parallelism: 2,
    template: template('once', 'x:1', { restartPolicy: 'Never' }),
  })
  await eventually(async () => {
    const { status } = await get<Job>(jobs, 'once')
    assert.equal(status.succeeded, 3)
    assert.ok(status.completionTime)
    assert.deepEqual(
      status.conditions?.map(({ type }) => type),
      ['SuccessCriteriaMet', 'Complete'],
    )
  })
  assert.equal((await list(pods, 'once')).length, 3)
})

test('a CronJob starts Jobs at its times and keeps the last ones', async () => {
  const jobTemplate = {
    metadata: { labels: { app: 'tick' } },
    spec: { template: template('tick', 'x:1', { restartPolicy: 'Never' }) },
  }
  await create(cronJobs, 'tick', { schedule: '* * * * *', jobTemplate, successfulJobsHistoryLimit: 1 })
  for (const minutes of [2, 4]) {
    ahead = minutes
    await merge(cronJobs, 'tick', { metadata: { labels: { minutes: String(minutes) } } })
    await eventually(async () => {
      const { status } = await get<CronJob>(cronJobs, 'tick')
      assert.ok(status.lastScheduleTime && Date.parse(status.lastScheduleTime) > Date.now() + (minutes - 1.5) * 60_000)
      const [job, ...more] = await list<Job>(jobs, 'tick')
      assert.equal(more.length, 0)
      assert.equal(job?.metadata.name, `tick-${Date.parse(status.lastScheduleTime) / 60_000}`)
      assert.equal(job.status.succeeded, 1)
    })
  }
  ahead = 0
})

test('a namespace gets its service account, and takes everything along', async () => {
  await client.create({ resource: namespaces }, { metadata: { name: 'tmp' } })
  const accounts = { resource: ref('', 'serviceaccounts'), namespace: 'tmp' }
  await eventually(() => client.get({ ...accounts, name: 'default' }))
  await create(deployments, 'd', workload('d', 2), 'tmp')
  await client.delete({ resource: namespaces, name: 'tmp' })
  await eventually(() =>
    assert.rejects(client.get({ resource: namespaces, name: 'tmp' }), (error) => isReason(error, 'NotFound')),
  )
  for (const resource of contents) {
    assert.deepEqual((await client.list({ resource, namespace: 'tmp' })).items, [])
  }
})

test('the initial namespaces are active', async () => {
  const { items } = await client.list<Namespace>({ resource: namespaces }, { fieldSelector: 'status.phase=Active' })
  const names = items.map(({ metadata }) => metadata.name)
  for (const name of ['default', 'kube-public', 'kube-system']) assert.ok(names.includes(name))
})

test('with nothing to do, the simulation does nothing', async () => {
  await eventually(() => assert.ok(sandbox.idle))
})
