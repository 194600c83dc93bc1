// What is measured of a server: scraped and read like Prometheus does.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { METRICS_PATH } from '../../src/apiserver/exposition.ts'
import { declaredMetrics } from '../../src/app/metrics/page.ts'
import { storedObjects } from '../../src/app/metrics/storedObjects.ts'
import { startControllers } from '../../src/controllers/index.ts'
import { WORKLOAD_KINDS } from '../../src/core/image/workloads.ts'
import { silent } from '../../src/core/machinery/log.ts'
import { eventually } from '../support/eventually.ts'
import { measuring, parseExposition, sampled } from '../support/exposition.ts'
import { startInProcess } from '../support/inProcess.ts'
import { request, type Ask } from '../support/request.ts'

const STREAMS = '/apis/image.openshift.io/v1/namespaces/default/imagestreams'
const TOTAL = 'apiserver_request_total'
const WATCHES = 'apiserver_longrunning_requests'

async function start() {
  const { metrics, value } = measuring()
  const server = await startInProcess({ metrics })
  const ask = (method: string, path: string, more?: Ask) => request(server.handler, method, path, more)
  const scrape = async () => {
    const answer = await ask('GET', METRICS_PATH)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
    return parseExposition(answer.text)
  }
  return { ...server, metrics, value, ask, scrape }
}

test('requests are counted by what they ask for, and by the answer', async () => {
  const { ask, scrape } = await start()
  const body = (name: string) => ({ metadata: { name } })
  for (const name of ['a', 'b', 'b']) await ask('POST', STREAMS, { body: body(name) })
  await ask('POST', `${STREAMS}?dryRun=All`, { body: body('c') })
  for (let i = 0; i < 5; i++) await ask('GET', `${STREAMS}/a`)
  await ask('GET', `${STREAMS}/nobody`)
  await ask('GET', STREAMS)
  await ask('GET', '/apis/image.openshift.io/v1/imagestreams')
  await ask('PATCH', `${STREAMS}/a`, { body: {}, type: 'application/merge-patch+json' })
  const apply = { apiVersion: 'image.openshift.io/v1', kind: 'ImageStream', ...body('a') }
  await ask('PATCH', `${STREAMS}/a?fieldManager=x`, { body: apply, type: 'application/apply-patch+yaml' })
  await ask('GET', `${STREAMS}/a/status`)
  await ask('DELETE', `${STREAMS}/b`)
  await ask('GET', STREAMS, { user: null })
  await ask('GET', '/healthz', { user: null })
  const found = await scrape()
  const streams = { group: 'image.openshift.io', version: 'v1', resource: 'imagestreams', component: 'apiserver' }
  const table: [Record<string, string>, number | undefined][] = [
    [{ verb: 'POST', scope: 'resource', dry_run: '', code: '201' }, 2],
    [{ verb: 'POST', scope: 'resource', dry_run: '', code: '409' }, 1],
    [{ verb: 'POST', scope: 'resource', dry_run: 'All', code: '201' }, 1],
    [{ verb: 'GET', scope: 'resource', subresource: '', code: '200' }, 5],
    [{ verb: 'GET', scope: 'resource', subresource: '', code: '404' }, 1],
    [{ verb: 'GET', subresource: 'status', code: '200' }, 1],
    [{ verb: 'LIST', scope: 'namespace', code: '200' }, 1],
    [{ verb: 'LIST', scope: 'cluster', code: '200' }, 1],
    [{ verb: 'PATCH', code: '200' }, 1],
    [{ verb: 'APPLY', code: '200' }, 1],
    [{ verb: 'DELETE', code: '200' }, 1],
  ]
  for (const [labels, expected] of table)
    assert.equal(sampled(found, TOTAL, { ...streams, ...labels }), expected, JSON.stringify(labels))
  assert.equal(sampled(found, TOTAL, { resource: '', code: '401' }), 1)
  assert.equal(sampled(found, TOTAL, { subresource: '/healthz', code: '200' }), 1)
  const timed = sampled(found, 'apiserver_request_duration_seconds_count', { verb: 'GET', resource: 'imagestreams' })
  assert.equal(timed, 7)
  // The scrape itself is under way.
  assert.equal(sampled(found, 'apiserver_current_inflight_requests', { request_kind: 'readOnly' }), 1)
  assert.equal(sampled(found, 'apiserver_current_inflight_requests', { request_kind: 'mutating' }), 0)
})

test('a watch is long-running while it is open, and counts when it ends', async () => {
  const { handler, value } = await start()
  const stop = new AbortController()
  const url = new URL(`https://x${STREAMS}?watch=1`)
  const reply = await handler({
    method: 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: {},
    values: () => [],
    peer: { commonName: 'admin', organizations: ['system:masters'], authorities: [] },
    signal: stop.signal,
    body: async () => Buffer.alloc(0),
  })
  assert.equal(reply.status, 200)
  assert.equal(await value(WATCHES, { verb: 'WATCH', resource: 'imagestreams' }), 1)
  assert.equal(await value(TOTAL, { verb: 'WATCH' }), undefined)
  assert.equal(await value('apiserver_current_inflight_requests'), 0)
  stop.abort()
  assert.equal(await value(WATCHES), 0)
  assert.equal(await value(TOTAL, { verb: 'WATCH', code: '200' }), 1)
})

test('a list that is sent in pieces is a request like others, and no watch', async () => {
  const { ask, client, value } = await start()
  const resource = { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' }
  const create = (i: number) => client.create({ resource, namespace: 'default' }, { metadata: { name: `s${i}` } })
  // One more than is answered as a whole.
  await Promise.all(Array.from({ length: 1001 }, (_, i) => create(i)))
  const { json } = await ask('GET', STREAMS)
  assert.equal((json as { items: unknown[] }).items.length, 1001)
  assert.equal(await value(TOTAL, { verb: 'LIST', code: '200' }), 1)
  // No series yet, or none that is open.
  assert.equal((await value(WATCHES)) ?? 0, 0)
})

test('a thousand names, namespaces, users, paths and methods make no new series', async () => {
  const { ask, scrape } = await start()
  const count = async () => [...(await scrape()).values()].reduce((sum, { samples }) => sum + samples.length, 0)
  const round = async (n: number) => {
    const path = `/apis/image.openshift.io/v1/namespaces/n${n}/imagestreams`
    await ask('GET', `${path}/s${n}`, { user: `u${n}` })
    await ask('GET', path)
    await ask('POST', path, { body: { metadata: { name: `s${n}` } } })
    await ask('GET', `/nonsense/${n}`)
    await ask('GET', `/apis/g${n}/v1/things`)
    await ask('GET', `/apis/image.openshift.io/v1/namespaces/n/things${n}/x`)
    await ask('GET', `${path}/s/sub${n}`)
    await ask(`M${n}`, '/')
  }
  await round(0)
  await scrape()
  const before = await count()
  for (let n = 1; n <= 1000; n++) await round(n)
  assert.equal(await count(), before)
})

test('it is shown to those who may get /metrics, and only read', async () => {
  const { ask } = await start()
  assert.equal((await ask('GET', METRICS_PATH, { user: null })).status, 401)
  const peer = { commonName: 'jane', organizations: [], authorities: [] }
  const refused = await ask('GET', METRICS_PATH, { user: null, peer })
  assert.equal(refused.status, 403)
  assert.match((refused.json as { message: string }).message, /^forbidden: User "jane" cannot get path "\/metrics"/)
  assert.equal((await ask('POST', METRICS_PATH)).status, 405)
  assert.ok(((await ask('GET', '/')).json as { paths: string[] }).paths.includes(METRICS_PATH))
})

test('a server without metrics has no such path', async () => {
  const { handler } = await startInProcess()
  assert.equal((await request(handler, 'GET', METRICS_PATH)).status, 404)
  assert.ok(!((await request(handler, 'GET', '/')).json as { paths: string[] }).paths.includes(METRICS_PATH))
})

test('controllers, stores and triggers are measured, by names that stand in the documents', async (t) => {
  const { client, store, resources, metrics, images, scrape, value } = await start()
  storedObjects(metrics, store, resources)
  const stop = new AbortController()
  const running = startControllers({ client, kinds: WORKLOAD_KINDS, log: silent, metrics, signal: stop.signal })
  t.after(() => (stop.abort(), running))
  const digest = `sha256:${'a'.repeat(64)}`
  images.set('registry.test:5000/team/app:v1', digest)
  const tag = (name: string, from: string) => ({ name, from: { kind: 'DockerImage', name: from } })
  const tags = [tag('v1', 'registry.test:5000/team/app:v1'), tag('gone', 'busybox:none')]
  const target = (group: string, plural: string) => ({
    resource: { group, version: 'v1', plural },
    namespace: 'default',
  })
  await client.create(target('image.openshift.io', 'imagestreams'), {
    metadata: { name: 's' },
    spec: { tags },
  } as never)
  const labels = { app: 'x' }
  const triggers = [
    {
      from: { kind: 'ImageStreamTag', name: 's:v1' },
      fieldPath: 'spec.template.spec.containers[?(@.name=="c")].image',
    },
    {
      from: { kind: 'ImageStreamTag', name: 't:v1' },
      fieldPath: 'spec.template.spec.containers[?(@.name=="d")].image',
    },
  ]
  await client.create(target('apps', 'deployments'), {
    metadata: { name: 'd', annotations: { 'image.openshift.io/triggers': JSON.stringify(triggers) } },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: ['c', 'd'].map((name) => ({ name, image: 'x' })) },
      },
    },
  } as never)
  await eventually(async () => {
    assert.equal(await value('millrace_trigger_images_set_total', { kind: 'Deployment' }), 1)
    assert.equal(await value('openshift_imagestreamcontroller_success_count'), 1)
  })
  const found = await scrape()
  const imported = (name: string, more: Record<string, string>) =>
    sampled(found, `openshift_imagestreamcontroller_${name}_count`, { scheduled: 'false', ...more })
  assert.equal(imported('success', { registry: 'registry.test:5000' }), 1)
  assert.equal(imported('error', { registry: 'docker.io', reason: 'NotFound' }), 1)
  assert.ok(sampled(found, 'millrace_trigger_problems_total', { reason: 'TriggerStreamNotFound' })! >= 1)
  assert.ok(sampled(found, 'workqueue_adds_total', { name: 'importer' })! >= 1)
  assert.equal(sampled(found, 'workqueue_depth', { name: 'triggers' }), 0)
  assert.ok(sampled(found, 'workqueue_work_duration_seconds_count', { name: 'triggers' })! >= 1)
  assert.equal(sampled(found, 'apiserver_storage_objects', { resource: 'imagestreams.image.openshift.io' }), 1)
  assert.equal(sampled(found, 'millrace_reflector_lists_total', { resource: 'deployments.apps' }), 1)
  assert.equal(sampled(found, 'millrace_reflector_watches_total', { resource: 'deployments.apps' }), 1)
  const documented = new Set(declaredMetrics().flatMap((section) => section.metrics.map(({ name }) => name)))
  assert.deepEqual(
    [...found.keys()].filter((name) => !documented.has(name)),
    [],
  )
})
