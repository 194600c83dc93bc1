// Quotas of the stand-in cluster: counted by the simulation, charged by admission.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually, throughout } from '../../../test/support/eventually.ts'
import { startInProcess } from '../../../test/support/inProcess.ts'
import { COUNT, QUOTAS, STREAMS, usedOf } from '../../../test/support/quotas.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import { silent } from '../../core/machinery/log.ts'
import type { ResourceRef } from '../../core/machinery/object.ts'
import { PROMISE_MS } from '../../core/quota/ledger.ts'
import type { Quota } from '../../core/quota/quota.ts'
import type { ReplicaSet } from '../types/deployment.ts'
import { startSandbox, type Sandbox } from './start.ts'

let client: ObjectClient
let sandbox: Sandbox
const stop = new AbortController()
/** Minutes that the clock is ahead. */
let ahead = 0
before(async () => {
  const server = await startInProcess()
  client = server.client
  const now = (): Date => new Date(Date.now() + ahead * 60_000)
  sandbox = startSandbox({ client, resources: server.contents, log: silent, signal: stop.signal, now })
  await sandbox.ready
})
after(async () => {
  stop.abort()
  await sandbox.stopped
})

const ref = (group: string, plural: string): ResourceRef => ({ group, version: 'v1', plural })
let namespaces = 0
/** A namespace of its own, with its service account. */
async function newNamespace(): Promise<string> {
  const name = `ns${namespaces++}`
  await client.create({ resource: ref('', 'namespaces') }, { metadata: { name } })
  await eventually(() => client.get({ resource: ref('', 'serviceaccounts'), namespace: name, name: 'default' }))
  return name
}
const make = (namespace: string, group: string, plural: string, name: string, more: object = {}) =>
  client.create({ resource: ref(group, plural), namespace }, { metadata: { name }, ...more })
const remove = (namespace: string, group: string, plural: string, name: string) =>
  client.delete({ resource: ref(group, plural), namespace, name }, { gracePeriodSeconds: 0 })
const limit = (namespace: string, hard: Record<string, string>, more: object = {}) =>
  make(namespace, '', 'resourcequotas', 'q', { spec: { hard, ...more } })
const patch = (namespace: string, body: object, subresource?: string) =>
  client.patch({ resource: QUOTAS, namespace, name: 'q', ...(subresource && { subresource }) }, 'merge', body)
const statusOf = async (namespace: string) =>
  (await client.get<Quota>({ resource: QUOTAS, namespace, name: 'q' })).status
/** Sooner than a promise would be over. */
const isUsed = (namespace: string, used: Record<string, string>) =>
  eventually(async () => assert.deepEqual(await usedOf(client, 'q', namespace), used), { timeout: PROMISE_MS * 0.8 })

test('a new quota is put in force with what there is, and a changed one with what there is then', async () => {
  const ns = await newNamespace()
  await make(ns, '', 'secrets', 's')
  await make(ns, 'image.openshift.io', 'imagestreams', 'is')
  await make(ns, 'coordination.k8s.io', 'leases', 'l')
  const hard = {
    secrets: '5',
    [COUNT]: '5',
    'count/leases.coordination.k8s.io': '5',
    'count/serviceaccounts': '5',
    'count/resourcequotas': '1',
    'count/cronjobs.batch': '0',
  }
  await limit(ns, hard)
  const used = {
    secrets: '1',
    [COUNT]: '1',
    'count/leases.coordination.k8s.io': '1',
    'count/serviceaccounts': '1',
    'count/resourcequotas': '1',
    'count/cronjobs.batch': '0',
  }
  await eventually(async () => assert.deepEqual(await statusOf(ns), { hard, used }))
  await patch(ns, {
    spec: { hard: { ...Object.fromEntries(Object.keys(hard).map((key) => [key, null])), configmaps: '2' } },
  })
  await eventually(async () =>
    assert.deepEqual(await statusOf(ns), { hard: { configmaps: '2' }, used: { configmaps: '0' } }),
  )
})

test('names that nobody counts here are in force, and their numbers are left to others', async () => {
  const ns = await newNamespace()
  const hard = { 'requests.cpu': '2', [STREAMS]: '3', 'count/widgets.example.com': '1' }
  await limit(ns, hard)
  await eventually(async () => assert.deepEqual(await statusOf(ns), { hard }))
  await patch(ns, { status: { used: { [STREAMS]: '2', 'count/widgets.example.com': '1' } } }, 'status')
  await patch(ns, { spec: { hard: { 'requests.cpu': '4', 'count/widgets.example.com': null } } })
  await eventually(async () =>
    assert.deepEqual(await statusOf(ns), { hard: { 'requests.cpu': '4', [STREAMS]: '3' }, used: { [STREAMS]: '2' } }),
  )
})

test('what goes makes room, at once', async () => {
  const ns = await newNamespace()
  await limit(ns, { secrets: '1' })
  await isUsed(ns, { secrets: '0' })
  for (let i = 0; i < 5; i++) {
    await make(ns, '', 'secrets', `s${i}`)
    await assert.rejects(make(ns, '', 'secrets', 'more'), /exceeded quota: q, requested: secrets=1/)
    await remove(ns, '', 'secrets', `s${i}`)
    await isUsed(ns, { secrets: '0' })
  }
})

test('a number that is too high gets right when it was nobody’s promise, one that is too low at once', async () => {
  const ns = await newNamespace()
  await make(ns, '', 'configmaps', 'c')
  await limit(ns, { configmaps: '5' })
  await isUsed(ns, { configmaps: '1' })
  await patch(ns, { status: { used: { configmaps: '0' } } }, 'status')
  await isUsed(ns, { configmaps: '1' })
  await patch(ns, { status: { used: { configmaps: '4' } } }, 'status')
  await throughout(50, async () => assert.deepEqual(await usedOf(client, 'q', ns), { configmaps: '4' }))
  ahead++
  await patch(ns, { metadata: { labels: { look: 'again' } } })
  await isUsed(ns, { configmaps: '1' })
})

test('a workload gets the pods that a quota allows, says why not more, and gets them when it allows more', async () => {
  const ns = await newNamespace()
  await limit(ns, { pods: '2' })
  await isUsed(ns, { pods: '0' })
  const labels = { app: 'a' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'x' }] } }
  await make(ns, 'apps', 'replicasets', 'rs', { spec: { replicas: 3, selector: { matchLabels: labels }, template } })
  const set = () => client.get<ReplicaSet>({ resource: ref('apps', 'replicasets'), namespace: ns, name: 'rs' })
  await eventually(async () => {
    const { status } = await set()
    assert.equal(status.readyReplicas, 2)
    const { reason, message = '' } = status.conditions![0]!
    assert.match(
      `${reason}: ${message}`,
      /^FailedCreate: pods "rs-\w+" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2$/,
    )
  })
  await eventually(async () => {
    const { items } = await client.list(
      { resource: ref('', 'events'), namespace: ns },
      { fieldSelector: 'reason=FailedCreate' },
    )
    assert.ok(items.length > 0)
  })
  await patch(ns, { spec: { hard: { pods: '3' } } })
  await eventually(async () => assert.equal((await set()).status.readyReplicas, 3))
  await client.patch({ resource: ref('apps', 'replicasets'), namespace: ns, name: 'rs' }, 'merge', {
    spec: { replicas: 0 },
  })
  await isUsed(ns, { pods: '0' })
})

test('a pod that has ended does not count as a pod, but as an object', async () => {
  const ns = await newNamespace()
  await limit(ns, { pods: '1', 'count/pods': '2' })
  await isUsed(ns, { pods: '0', 'count/pods': '0' })
  const spec = { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x' }] }
  await make(ns, '', 'pods', 'once', { spec })
  await isUsed(ns, { pods: '0', 'count/pods': '1' })
  await make(ns, '', 'pods', 'twice', { spec })
  await isUsed(ns, { pods: '0', 'count/pods': '2' })
  await assert.rejects(make(ns, '', 'pods', 'thrice', { spec }), /exceeded quota: q, requested: count\/pods=1/)
})

test('a quota for some pods counts nothing', async () => {
  const ns = await newNamespace()
  await limit(ns, { pods: '1' }, { scopes: ['NotTerminating'] })
  await isUsed(ns, { pods: '0' })
  const spec = { containers: [{ name: 'c', image: 'x' }] }
  for (const name of ['a', 'b']) await make(ns, '', 'pods', name, { spec })
  await patch(ns, { spec: { hard: { pods: '5', cpu: '1' } } })
  await eventually(async () =>
    assert.deepEqual(await statusOf(ns), { hard: { pods: '5', cpu: '1' }, used: { pods: '0' } }),
  )
})

test('nothing is written when nothing has changed', async () => {
  const ns = await newNamespace()
  await limit(ns, { secrets: '5' })
  await isUsed(ns, { secrets: '0' })
  const version = async () =>
    (await client.get({ resource: QUOTAS, namespace: ns, name: 'q' })).metadata.resourceVersion
  await eventually(() => assert.ok(sandbox.idle))
  const first = await version()
  await make(ns, '', 'configmaps', 'c')
  await client.patch({ resource: ref('', 'configmaps'), namespace: ns, name: 'c' }, 'merge', { data: { a: 'b' } })
  await remove(ns, '', 'configmaps', 'c')
  await throughout(50, async () => assert.equal(await version(), first))
})
