import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { startInProcess } from '../../../test/support/inProcess.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import { silent } from '../../core/machinery/log.ts'
import type { ReplicaSet } from '../types/deployment.ts'
import type { Event } from '../types/event.ts'
import { MAX_PODS } from './podFactory.ts'
import { startSandbox, type Sandbox } from './start.ts'
import { planStateful } from './statefulPlan.ts'

const namespace = 'default'
const pods = { group: '', version: 'v1', plural: 'pods' }
const jobs = { group: 'batch', version: 'v1', plural: 'jobs' }
const replicaSets = { group: 'apps', version: 'v1', plural: 'replicasets' }
const events = { group: '', version: 'v1', plural: 'events' }
const ENDLESS = 2 ** 31 - 1

let client: ObjectClient
let sandbox: Sandbox
const stop = new AbortController()

before(async () => {
  client = (await startInProcess()).client
  const resources = [
    { ...pods, kind: 'Pod' },
    { ...jobs, kind: 'Job' },
    { ...replicaSets, kind: 'ReplicaSet' },
  ]
  sandbox = startSandbox({ client, resources, log: silent, signal: stop.signal })
  await sandbox.ready
})
after(async () => {
  stop.abort()
  await sandbox.stopped
})

for (const completionMode of ['NonIndexed', 'Indexed'])
  test(`a Job of two thousand million pods, ${completionMode}, fills the cluster and no more`, async () => {
    const name = completionMode.toLowerCase()
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x:1' }] } }
    const spec = { completionMode, parallelism: completionMode === 'Indexed' ? 90_000 : ENDLESS, completions: ENDLESS }
    await client.create({ resource: jobs, namespace }, { metadata: { name }, spec: { ...spec, template } } as never)
    const options = { fieldSelector: `involvedObject.name=${name},reason=FailedCreate` }
    const { items } = await eventually(
      async () => {
        const found = await client.list<Event>({ resource: events, namespace }, options)
        assert.ok(found.items.length > 0)
        return found
      },
      { timeout: 60_000, interval: 200 },
    )
    assert.match(items[0]!.message ?? '', /the simulated cluster is full/)
    const { items: all } = await client.list({ resource: pods, namespace })
    assert.ok(all.length >= MAX_PODS - 500 && all.length <= MAX_PODS + 500, String(all.length))
  })

test('a ReplicaSet that found no room gets its pods once others have gone', { timeout: 60_000 }, async () => {
  const labels = { app: 'late' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'x:1' }] } }
  const spec = { replicas: 2, selector: { matchLabels: labels }, template }
  // The Jobs must not take the room.
  for (const name of ['nonindexed', 'indexed'])
    await client.delete({ resource: jobs, namespace, name }, { propagationPolicy: 'Orphan' })
  const target = { resource: replicaSets, namespace, name: 'late' }
  await client.create({ resource: replicaSets, namespace }, { metadata: { name: 'late' }, spec } as never)
  const refused = async (): Promise<void> => {
    const { status } = await client.get<ReplicaSet>(target)
    assert.match(status.conditions?.[0]?.message ?? '', /the simulated cluster is full/)
  }
  await eventually(refused, { timeout: 20_000 })
  const { items } = await client.list({ resource: pods, namespace }, { limit: 3 })
  const surplus = (await client.list({ resource: pods, namespace })).items.length - MAX_PODS
  assert.ok(surplus <= 1, String(surplus))
  for (const { metadata } of items) await client.delete({ resource: pods, namespace, name: metadata.name ?? '' })
  await eventually(
    async () => {
      const { status } = await client.get<ReplicaSet>(target)
      assert.deepEqual([status.readyReplicas, status.conditions], [2, undefined])
    },
    { timeout: 20_000 },
  )
})

test('a StatefulSet of two thousand million pods is planned in parts', () => {
  const wish = { replicas: ENDLESS, start: 0, ordered: false, partition: 0, current: 'a', update: 'a' }
  assert.equal(planStateful([], wish).length, 500)
})
