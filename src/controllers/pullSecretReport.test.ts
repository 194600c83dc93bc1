import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClient } from '../../test/support/fakeClient.ts'
import { pullSecret } from '../../test/support/importRequests.ts'
import type { PullSecret } from '../core/image/pullSecrets.ts'
import { silent } from '../core/machinery/log.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { PullSecretReport } from './pullSecretReport.ts'

const secret = (resourceVersion: string, name = 'pull'): PullSecret => ({
  ...pullSecret('r.io', 'hunter2'),
  name,
  metadata: { name, namespace: 'ns', uid: `u-${name}`, resourceVersion },
})

function setUp(client = new FakeClient()) {
  const logged: object[] = []
  const log = { ...silent, warn: (fields: object) => void logged.push(fields) }
  const report = new PullSecretReport({ client, log, signal: new AbortController().signal })
  const events = async () => {
    await report.flushed()
    return client.all('events') as (KubeObject & { count: number; involvedObject: object; message: string })[]
  }
  return { client, report, logged, events }
}

test('a broken secret is told of by an Event at it, once for each change', async () => {
  const { report, logged, events } = setUp()
  for (const version of ['1', '1', '2', '2', '2']) report.tell(secret(version), 'it has no key .dockercfg')
  const told = await events()
  assert.deepEqual(
    told.map(({ count, involvedObject, message }) => [count, involvedObject, message]),
    ['1', '2'].map((resourceVersion) => [
      1,
      { apiVersion: 'v1', kind: 'Secret', name: 'pull', namespace: 'ns', uid: 'u-pull', resourceVersion },
      'This secret is not used for imports: it has no key .dockercfg.',
    ]),
  )
  assert.partialDeepStrictEqual(told[0], { type: 'Warning', reason: 'InvalidPullSecret' })
  assert.equal(logged.length, 2)
  assert.doesNotMatch(JSON.stringify([told, logged]), /hunter2/)
})

test('several processes that see the same tell it once', async () => {
  const { client, report } = setUp()
  const other = setUp(client)
  for (const { tell } of [report, other.report]) tell(secret('1'), 'it has no key .dockercfg')
  await report.flushed()
  assert.deepEqual(
    (await other.events()).map(({ count }) => count),
    [1],
  )
})

test('what is known of secrets is bounded: of the oldest it is told again, and the Event is there already', async () => {
  const { report, logged, events } = setUp()
  for (let i = 0; i <= 1_000; i++) report.tell(secret('1', `s${i}`), 'it is odd')
  report.tell(secret('1', 's1000'), 'it is odd')
  assert.equal(logged.length, 1_001)
  report.tell(secret('1', 's0'), 'it is odd')
  assert.equal(logged.length, 1_002)
  assert.equal((await events()).length, 1_001)
})

test('a file has no Event', async () => {
  const { report, logged, events } = setUp()
  report.tell(pullSecret('r.io', 'x'), 'it is odd')
  assert.deepEqual(await events(), [])
  assert.equal(logged.length, 1)
})
