// A start that is broken off: it ends at once, wherever it is, and leaves no registration behind. The cluster is records, and never
// reaches the server.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAggregated } from '../../src/app/aggregated.ts'
import { StartupError } from '../../src/app/startup.ts'
import { silent } from '../../src/core/machinery/log.ts'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import { issueAuthority } from '../../src/http/issue.ts'
import { freePort } from '../support/freePort.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryDirectory } from '../support/processes.ts'
import { startRecordedCluster, type RecordedCluster } from '../support/recordedCluster.ts'

const resource = (group: string, plural: string) => ({ group, version: 'v1', plural })
const REGISTRATIONS = [
  resource('apiregistration.k8s.io', 'apiservices'),
  resource('admissionregistration.k8s.io', 'mutatingwebhookconfigurations'),
  resource('', 'services'),
]
const TRUST = { resource: resource('', 'configmaps'), namespace: 'kube-system' }

const counts = ({ client }: RecordedCluster) =>
  Promise.all(REGISTRATIONS.map(async (each) => (await client.list({ resource: each })).items.length))

/** Starts a server, and breaks the start off when that has happened. */
async function interrupt(prepare: (cluster: RecordedCluster) => () => unknown): Promise<RecordedCluster> {
  const cluster = await startRecordedCluster(['default', 'kube-system'])
  await cluster.client.create(TRUST, {
    metadata: { name: 'extension-apiserver-authentication' },
    data: {
      'requestheader-client-ca-file': (await issueAuthority('aggregator', 1, new Date())).cert,
      'requestheader-username-headers': '["X-Remote-User"]',
    },
  } as KubeObject)
  const hasHappened = prepare(cluster)
  const port = await freePort()
  const placement = { is: 'external' as const, host: 'localhost', port, dataDir: temporaryDirectory('interrupted') }
  const interruption = new AbortController()
  const { access } = cluster
  const { signal } = interruption
  const starting = startAggregated({ access, placement, host: '127.0.0.1', port, log: silent, signal })
  starting.catch(() => undefined)
  await eventually(hasHappened).catch(async (error: unknown) => {
    // What goes on would keep the test's process.
    interruption.abort()
    await starting.catch(() => undefined)
    throw error
  })
  const begun = performance.now()
  interruption.abort()
  await assert.rejects(starting, (error) => error === signal.reason)
  assert.ok(performance.now() - begun < 4_000)
  cluster.intercept = undefined
  return cluster
}

test('a start is broken off while the cluster does not reach the server, and takes back what it has registered', async () => {
  const cluster = await interrupt((world) => async () => assert.deepEqual(await counts(world), [2, 1, 1]))
  assert.deepEqual(await counts(cluster), [0, 0, 0])
  await cluster.close()
})

for (const [what, path] of [
  ['is looking', '/version'],
  ['waits for what requests need', '/api/v1/namespaces'],
] as const)
  test(`a start is broken off while it ${what}, and the cluster does not answer`, async () => {
    const cluster = await interrupt((world) => {
      let asked = false
      world.intercept = (request) => {
        if (request.path !== path) return Promise.resolve(undefined)
        asked = true
        return new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(new Error('gone'))))
      }
      return () => assert.ok(asked)
    })
    assert.deepEqual(await counts(cluster), [0, 0, 0])
    await cluster.close()
  })

for (const [what, host] of [
  ['on a port that is taken', '127.0.0.1'],
  ['at an address of another machine', '192.0.2.1'],
] as const)
  test(`a server that cannot listen ${what} leaves nothing in the cluster`, async () => {
    const cluster = await startRecordedCluster(['default', 'kube-system'])
    const written: string[] = []
    cluster.intercept = ({ method, path }) => {
      if (method !== 'GET' && !path.includes('reviews')) written.push(`${method} ${path}`)
      return Promise.resolve(undefined)
    }
    const { access } = cluster
    const port = Number(new URL(access.cluster.server).port)
    const placement = { is: 'external' as const, host: 'localhost', port, dataDir: temporaryDirectory('taken') }
    await assert.rejects(startAggregated({ access, placement, host, port, log: silent }), StartupError)
    assert.deepEqual(written, [])
    await cluster.close()
  })
