// The rules of the stored kinds, through the API server's own machinery.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { startInProcess } from '../../../test/support/inProcess.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { KubeObject, ResourceRef } from '../../core/machinery/object.ts'
import { ApiError } from '../../core/machinery/status.ts'
import type { SelfSubjectAccessReview } from '../types/access.ts'
import type { Secret } from '../types/core.ts'
import type { Deployment } from '../types/deployment.ts'
import type { Event, NewEvent } from '../types/event.ts'
import type { Job } from '../types/job.ts'
import type { Pod } from '../types/pod.ts'
import type { ResourceQuota } from '../types/resourceQuota.ts'
import type { ReplicationController } from '../types/replicationController.ts'
import type { Scale } from '../types/scale.ts'

let client: ObjectClient
before(async () => {
  client = (await startInProcess()).client
})

const namespace = 'default'
const ref = (group: string, plural: string): ResourceRef => ({ group, version: 'v1', plural })
const at = (group: string, plural: string) => ({ resource: ref(group, plural), namespace })
const make = <T extends KubeObject>(group: string, plural: string, object: object): Promise<T> =>
  client.create<T>(at(group, plural), object as KubeObject)
const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'x' }] } }
const deployment = (name: string): object => ({
  metadata: { name, labels: { l: '1' } },
  spec: { replicas: 2, selector: { matchLabels: { app: 'a' } }, template },
  status: { replicas: 9 },
})

test('a client cannot write a status where the spec is, nor a spec where the status is', async () => {
  const created = await make<Deployment>('apps', 'deployments', deployment('apart'))
  assert.deepEqual(created.status, {})
  const target = { ...at('apps', 'deployments'), name: 'apart', subresource: 'status' }
  const patch = { metadata: { labels: { l: '2' } }, spec: { replicas: 7 }, status: { replicas: 3 } }
  const written = await client.patch<Deployment>(target, 'merge', patch)
  assert.deepEqual([written.spec.replicas, written.status.replicas, written.metadata.labels], [2, 3, { l: '1' }])
  assert.equal(written.metadata.generation, 1)
})

test('the generation of a Deployment counts changes of its spec and of its annotations, not of its labels', async () => {
  await make('apps', 'deployments', deployment('count'))
  const target = { ...at('apps', 'deployments'), name: 'count' }
  const generation = async (patch: object): Promise<number | undefined> =>
    (await client.patch(target, 'merge', patch)).metadata.generation
  assert.equal(await generation({ metadata: { labels: { x: 'y' } } }), 1)
  assert.equal(await generation({ metadata: { annotations: { x: 'y' } } }), 2)
  assert.equal(await generation({ spec: { replicas: 3 } }), 3)
  assert.equal(await generation({ spec: { replicas: 3 } }), 3)
})

test('a strategic merge patch finds containers by name, and ports by number', async () => {
  await make('apps', 'deployments', deployment('merge'))
  const target = { ...at('apps', 'deployments'), name: 'merge' }
  const patch = (container: object): object => ({ spec: { template: { spec: { containers: [container] } } } })
  await client.patch(
    target,
    'strategic',
    patch({ name: 'c', ports: [{ containerPort: 80 }], env: [{ name: 'A', value: '1' }] }),
  )
  await client.patch(
    target,
    'strategic',
    patch({ name: 'c', ports: [{ containerPort: 81 }], env: [{ name: 'A', value: '2' }] }),
  )
  const { spec } = await client.patch<Deployment>(target, 'strategic', patch({ name: 'd', image: 'y' }))
  const found = spec.template.spec.containers.map(({ name, ports, env }) => [
    name,
    ports?.map((p) => p.containerPort),
    env,
  ])
  const [d, c] = found[0]![0] === 'd' ? found : found.toReversed()
  assert.deepEqual(d, ['d', undefined, undefined])
  assert.deepEqual(
    [c![0], (c![1] as number[]).toSorted((a, b) => a - b), c![2]],
    ['c', [80, 81], [{ name: 'A', value: '2' }]],
  )
})

test('scale reads and writes the number of replicas, and honours a precondition', async () => {
  await make('apps', 'deployments', deployment('scaled'))
  const target = { ...at('apps', 'deployments'), name: 'scaled', subresource: 'scale' }
  const scale = await client.get<Scale>(target)
  assert.deepEqual([scale.spec.replicas, scale.status.selector], [2, 'app=a'])
  const written = await client.update<Scale>(target, { ...scale, spec: { replicas: 5 } } as KubeObject)
  assert.equal(written.spec.replicas, 5)
  await assert.rejects(client.update(target, { ...scale, spec: { replicas: 6 } } as KubeObject), /modified/)
  await assert.rejects(client.patch(target, 'merge', { spec: { replicas: -1 } }), /must be greater than or equal to 0/)
})

test('a ReplicationController selects by the labels of its template, bears them, and is scaled as one of v1', async () => {
  await make('', 'replicationcontrollers', { metadata: { name: 'elder' }, spec: { template } })
  const target = { ...at('', 'replicationcontrollers'), name: 'elder' }
  const scale = await client.patch<Scale>({ ...target, subresource: 'scale' }, 'merge', { spec: { replicas: 4 } })
  assert.deepEqual([scale.spec.replicas, scale.status.selector], [4, 'app=a'])
  const { metadata, spec } = await client.get<ReplicationController>(target)
  assert.deepEqual([metadata.labels, metadata.generation], [{ app: 'a' }, 2])
  assert.deepEqual([spec.selector, spec.replicas], [{ app: 'a' }, 4])
  const owner = metadata.managedFields?.find(({ subresource }) => subresource === 'scale')
  assert.deepEqual([owner?.apiVersion, owner?.fieldsV1], ['v1', { 'f:spec': { 'f:replicas': {} } }])
})

test('a new pod is placed and tolerates what every pod tolerates', async () => {
  const pod = await make<Pod>('', 'pods', {
    metadata: { name: 'p' },
    spec: template.spec,
    status: { phase: 'Running' },
  })
  assert.deepEqual([pod.spec.nodeName, pod.spec.serviceAccountName], ['sandbox', 'default'])
  assert.deepEqual([pod.status.phase, pod.status.qosClass], ['Pending', 'BestEffort'])
  assert.equal(pod.spec.tolerations?.length, 2)
})

test('a Job selects its pods by its own uid', async () => {
  const spec = { template: { spec: { ...template.spec, restartPolicy: 'Never' } } }
  const job = await make<Job>('batch', 'jobs', { metadata: { name: 'j' }, spec })
  assert.deepEqual(job.spec.selector?.matchLabels, { 'batch.kubernetes.io/controller-uid': job.metadata.uid })
  assert.equal(job.spec.template.metadata.labels?.['job-name'], 'j')
})

test("a Secret's texts become bytes, and are not kept", async () => {
  const secret = await make<Secret>('', 'secrets', { metadata: { name: 's' }, stringData: { k: 'v' } })
  assert.deepEqual([secret.data, secret.stringData, secret.type], [{ k: 'dg==' }, undefined, 'Opaque'])
})

test('an event is one object in two groups', async () => {
  const involvedObject = { kind: 'Pod', name: 'p', namespace }
  const source = { component: 'me' }
  await make<Event>('', 'events', {
    metadata: { name: 'e' },
    involvedObject,
    reason: 'R',
    message: 'm',
    source,
    count: 2,
  })
  const modern = await client.get<NewEvent>({ ...at('events.k8s.io', 'events'), name: 'e' })
  assert.deepEqual([modern.regarding, modern.note, modern.deprecatedCount], [involvedObject, 'm', 2])
  const next = {
    metadata: { name: 'f' },
    regarding: involvedObject,
    note: 'n',
    reportingController: 'me',
    eventTime: null,
  }
  await make<NewEvent>('events.k8s.io', 'events', next)
  const old = await client.get<Event>({ ...at('', 'events'), name: 'f' })
  assert.deepEqual([old.message, old.reportingComponent, old.involvedObject], ['n', 'me', involvedObject])
})

test('a quota has a status that only its subresource writes, and no generation', async () => {
  const hard = { secrets: '2000m' }
  const created = await make<ResourceQuota>('', 'resourcequotas', {
    metadata: { name: 'q' },
    spec: { hard },
    status: { hard },
  })
  assert.deepEqual(
    [created.spec, created.status, created.metadata.generation],
    [{ hard: { secrets: '2' } }, {}, undefined],
  )
  const target = { ...at('', 'resourcequotas'), name: 'q' }
  const status = { hard: { secrets: '2' }, used: { secrets: '1' } }
  const subresource = { ...target, subresource: 'status' }
  const written = await client.patch<ResourceQuota>(subresource, 'merge', { spec: { hard: { pods: '1' } }, status })
  assert.deepEqual([written.spec.hard, written.status], [{ secrets: '2' }, status])
  const raised = await client.patch<ResourceQuota>(target, 'merge', { spec: { hard: { secrets: '3' } }, status: null })
  assert.deepEqual([raised.spec.hard, raised.status], [{ secrets: '3' }, status])
  await assert.rejects(
    client.patch(target, 'merge', { spec: { hard: { foo: '1' } } }),
    /must be a standard resource for quota/,
  )
  await assert.rejects(
    client.patch(subresource, 'merge', { status: { used: { secrets: '-1' } } }),
    /greater than or equal to 0/,
  )
  await client.delete(target)
})

test('the first namespaces stay, whoever deletes them', async () => {
  const target = { resource: ref('', 'namespaces'), name: 'default' }
  await assert.rejects(client.delete(target), /may not be deleted/)
})

test('a namespace that is deleted stays, Terminating, until it is finalized', async () => {
  const target = { resource: ref('', 'namespaces'), name: 'short' }
  await client.create({ resource: target.resource }, { metadata: { name: 'short' } })
  await client.delete(target)
  const going = await client.get<KubeObject & { status: object; spec: object }>(target)
  assert.deepEqual([going.status, going.metadata.finalizers], [{ phase: 'Terminating' }, undefined])
  await client.update({ ...target, subresource: 'finalize' }, { ...going, spec: {} } as KubeObject)
  await assert.rejects(client.get(target), (error) => error instanceof ApiError && error.code === 404)
})

test('the caller may ask what it may do', async () => {
  const resource = ref('authorization.k8s.io', 'selfsubjectaccessreviews')
  const spec = { resourceAttributes: { verb: 'create', resource: 'pods', namespace } }
  const answer = await client.create<SelfSubjectAccessReview>({ resource }, { metadata: {}, spec } as KubeObject)
  assert.equal(typeof answer.status.allowed, 'boolean')
  await assert.rejects(client.create({ resource }, { metadata: {}, spec: {} } as KubeObject), /must be set/)
})

test('roles are kept, and a binding keeps its role', async () => {
  const group = 'rbac.authorization.k8s.io'
  await make(group, 'roles', {
    metadata: { name: 'r' },
    rules: [{ apiGroups: ['apps'], resources: ['daemonsets'], verbs: ['get'] }],
  })
  const roleRef = { apiGroup: group, kind: 'Role', name: 'r' }
  await make(group, 'rolebindings', { metadata: { name: 'b' }, roleRef, subjects: [{ kind: 'User', name: 'u' }] })
  const target = { ...at(group, 'rolebindings'), name: 'b' }
  await assert.rejects(client.patch(target, 'merge', { roleRef: { name: 'other' } }), /cannot change roleRef/)
})

test('whoever scales owns the replicas, so that a later apply neither resets nor takes them', async () => {
  const target = { ...at('apps', 'deployments'), name: 'applied' }
  const config = deployment('applied') as { spec: object }
  const apply = (spec: object): Promise<Deployment> =>
    client.patch<Deployment>(
      target,
      'apply',
      { apiVersion: 'apps/v1', kind: 'Deployment', ...config, spec },
      {
        fieldManager: 'applier',
      },
    )
  await apply(config.spec)
  const scale = { ...target, subresource: 'scale' }
  const seen = await client.patch<Scale>(scale, 'merge', { spec: { replicas: 5 } })
  assert.equal(seen.metadata.managedFields, undefined)
  const { metadata } = await client.get<Deployment>(target)
  const owner = metadata.managedFields?.find(({ manager }) => manager === 'millrace')
  assert.deepEqual(
    [owner?.subresource, owner?.operation, owner?.apiVersion, owner?.fieldsV1],
    ['scale', 'Update', 'apps/v1', { 'f:spec': { 'f:replicas': {} } }],
  )
  await assert.rejects(
    apply(config.spec),
    /conflict with "millrace" with subresource "scale" using apps\/v1: .spec.replicas/,
  )
  const { replicas: _, ...rest } = config.spec as { replicas: number }
  assert.equal((await apply(rest)).spec.replicas, 5)
})
