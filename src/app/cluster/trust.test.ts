import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { FakeClient } from '../../../test/support/fakeClient.ts'
import { silent } from '../../core/machinery/log.ts'
import { unmeasured } from '../../core/machinery/metrics.ts'
import { issueAuthority } from '../../http/issue.ts'
import { TRUST } from '../../install/names.ts'
import { ClusterTrust } from './trust.ts'

const authority = async (name: string): Promise<string> => (await issueAuthority(name, 1, new Date())).cert
const [CLIENTS, PROXY, LATER] = await Promise.all(['clients', 'proxy', 'later'].map(authority))
const GOOD = {
  'client-ca-file': CLIENTS!,
  'requestheader-client-ca-file': PROXY!,
  'requestheader-username-headers': '["X-Remote-User"]',
}
const NO_CERTIFICATE = '-----BEGIN CERTIFICATE-----\nZ2FyYmFnZQ==\n-----END CERTIFICATE-----\n'

function follow(t: TestContext, cluster: FakeClient) {
  const stop = new AbortController()
  const said: string[] = []
  const log = { ...silent, error: ({ why }: { why?: string }) => void said.push(why ?? '') }
  const trust = new ClusterTrust({ client: cluster, log, metrics: unmeasured, signal: stop.signal })
  const running = trust.run()
  t.after(async () => {
    stop.abort()
    await running
  })
  return { trust, said }
}

const put = (cluster: FakeClient, data?: object): void =>
  void cluster.put('configmaps', { metadata: TRUST, ...(data && { data }) })

test('what cannot be right does not take the place of the trust that was, and is told once', async (t) => {
  const cluster = new FakeClient()
  put(cluster, GOOD)
  const { trust, said } = follow(t, cluster)
  await trust.known
  const before = trust.current
  assert.equal(before.frontProxy?.ca, PROXY)
  const table: [data: object | undefined, why: RegExp][] = [
    [undefined, /^requestheader-client-ca-file is missing or empty$/],
    [{ ...GOOD, 'requestheader-client-ca-file': '' }, /^requestheader-client-ca-file is missing or empty$/],
    [
      { ...GOOD, 'requestheader-client-ca-file': 'garbage' },
      /^there is no certificate in requestheader-client-ca-file$/,
    ],
    [{ ...GOOD, 'requestheader-client-ca-file': NO_CERTIFICATE }, /^there is no certificate in requestheader-/],
    [{ ...GOOD, 'requestheader-username-headers': '[]' }, /^requestheader-username-headers is missing or empty$/],
    [{ ...GOOD, 'requestheader-allowed-names': '[' }, /JSON/],
    [{ ...GOOD, 'client-ca-file': 'garbage' }, /^there is no certificate in client-ca-file$/],
  ]
  for (const [i, [data, why]] of table.entries()) {
    put(cluster, data)
    await eventually(() => assert.equal(said.length, i + 1))
    assert.match(said[i]!, why)
    assert.equal(trust.current, before)
  }
  cluster.remove('configmaps', TRUST.namespace, TRUST.name)
  await eventually(() => assert.equal(said.at(-1), 'it was deleted'))
  assert.equal(trust.current, before)
})

test('another trust counts at once: with another authority, with a certificate that cannot be read beside it, or without one of users', async (t) => {
  const cluster = new FakeClient()
  put(cluster, GOOD)
  const { trust, said } = follow(t, cluster)
  await trust.known
  let changes = 0
  trust.onChange(() => changes++)
  const { 'client-ca-file': _, ...others } = GOOD
  for (const [i, ca] of [LATER!, NO_CERTIFICATE + LATER!].entries()) {
    put(cluster, { ...others, 'requestheader-client-ca-file': ca })
    await eventually(() => assert.equal(changes, i + 1))
    assert.deepEqual([trust.current.clientCa, trust.current.frontProxy?.ca], ['', ca])
  }
  assert.deepEqual(said, [])
})

test('the trust is not known before it is right', async (t) => {
  const cluster = new FakeClient()
  put(cluster, { ...GOOD, 'requestheader-client-ca-file': 'garbage' })
  const { trust, said } = follow(t, cluster)
  let isKnown = false
  void trust.known.then(() => (isKnown = true))
  await eventually(() => assert.equal(said.length, 1))
  assert.equal(isKnown, false)
  put(cluster, GOOD)
  await trust.known
})
