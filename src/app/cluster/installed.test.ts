import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { FakeCluster } from '../../../test/support/fakeCluster.ts'
import { servingOf, type Secret } from '../../controllers/certificates/bundle.ts'
import { silent } from '../../core/machinery/log.ts'
import { unmeasured } from '../../core/machinery/metrics.ts'
import { issueAuthority, issueServer } from '../../http/issue.ts'
import { installedPlacement, type InstalledOptions } from './installed.ts'

const NAMESPACE = 'millrace'

function start(t: TestContext, cluster: FakeCluster, certificates: InstalledOptions['certificates']) {
  const stopper = new AbortController()
  const { signal } = stopper
  const more = { shutdownDelay: 0, workloads: [], log: silent, metrics: unmeasured, signal }
  const placement = installedPlacement({ cluster, namespace: NAMESPACE, certificates, ...more })
  const running = placement.run()
  t.after(async () => {
    stopper.abort()
    await running
  })
  return placement
}

const metadata = (name: string) => ({ name, namespace: NAMESPACE })
const secretIn = (cluster: FakeCluster): Secret => cluster.peek('secrets', NAMESPACE, 'millrace-serving')!

async function filled(name: string): Promise<Secret> {
  const now = new Date()
  const authority = await issueAuthority('a', 100, now)
  const { cert, key } = await issueServer(authority, ['millrace.millrace.svc'], 10, now)
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  return { metadata: metadata(name), data: { 'tls.crt': base64(cert), 'tls.key': base64(key) } }
}

test('an empty Secret is filled by whoever comes first, though another one leads', async (t) => {
  const cluster = new FakeCluster()
  cluster.put('secrets', { metadata: metadata('millrace-serving') })
  const placements = [start(t, cluster, 'own'), start(t, cluster, 'own')]
  for (const { certified } of placements) await certified
  const serving = servingOf(secretIn(cluster))
  assert.ok(serving)
  for (const placement of placements) assert.deepEqual(placement.certificate(), serving)
  // Nobody is told of its authority before somebody leads.
  assert.equal(cluster.made('patch', 'apiservices').length, 0)
})

test('a certificate that is there is not made anew', async (t) => {
  const cluster = new FakeCluster()
  const before = cluster.put('secrets', await filled('millrace-serving'))
  await start(t, cluster, 'own').certified
  assert.equal(secretIn(cluster), before)
})

test('with cert-manager the other Secret is looked at, and none is written', async (t) => {
  const cluster = new FakeCluster()
  for (const name of ['millrace-serving', 'millrace-cert-manager']) cluster.put('secrets', { metadata: metadata(name) })
  const placement = start(t, cluster, 'cert-manager')
  const secret = await filled('millrace-cert-manager')
  cluster.put('secrets', secret)
  await placement.certified
  assert.deepEqual(placement.certificate(), servingOf(secret))
  assert.equal(cluster.made('update', 'secrets').length, 0)
})
