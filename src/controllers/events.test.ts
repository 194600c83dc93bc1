import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClient } from '../../test/support/fakeClient.ts'
import { silent } from '../core/machinery/log.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { EventRecorder, type Involved, type Occurrence } from './events.ts'

const NOW = new Date('2024-05-06T07:08:09Z')
const involved = (uid = 'u1'): Involved => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  object: { metadata: { name: 'w', namespace: 'ns', uid, resourceVersion: '7' } },
})
const problem = (message = 'm'): Occurrence => ({ type: 'Warning', reason: 'Why', message })
const recorder = (client: FakeClient): EventRecorder =>
  new EventRecorder({ client, component: 'tester', log: silent, signal: new AbortController().signal, now: () => NOW })
const counts = (client: FakeClient): unknown[] =>
  client.all('events').map((e) => (e as KubeObject & { count: number }).count)

test('an event has all that kubectl looks for', async () => {
  const client = new FakeClient()
  const events = recorder(client)
  events.record(involved(), problem())
  await events.flushed()
  const [event] = client.all('events')
  assert.match(event?.metadata.name ?? '', /^w\.[0-9a-f]{16}$/)
  const { metadata: _, ...rest } = event!
  assert.deepEqual(rest, {
    apiVersion: 'v1',
    kind: 'Event',
    involvedObject: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'ns',
      name: 'w',
      uid: 'u1',
      resourceVersion: '7',
    },
    type: 'Warning',
    reason: 'Why',
    message: 'm',
    source: { component: 'tester' },
    firstTimestamp: '2024-05-06T07:08:09Z',
    lastTimestamp: '2024-05-06T07:08:09Z',
    count: 1,
  })
})

test('the same again raises the count, also after a restart; something else is another event', async () => {
  const client = new FakeClient()
  const events = recorder(client)
  events.record(involved(), problem())
  events.record(involved(), problem())
  await events.flushed()
  assert.deepEqual(counts(client), [2])
  const restarted = recorder(client)
  restarted.record(involved(), problem())
  restarted.record(involved('u2'), problem())
  restarted.record(involved(), problem('other'))
  await restarted.flushed()
  assert.deepEqual(counts(client), [3, 1, 1])
})

test('long messages are cut, long names too', async () => {
  const client = new FakeClient()
  const events = recorder(client)
  const long = involved()
  long.object.metadata.name = 'n'.repeat(253)
  events.record(long, problem('x'.repeat(5000)))
  await events.flushed()
  const event = client.all('events')[0] as KubeObject & { message: string }
  assert.equal(event.message.length, 1024)
  assert.ok((event.metadata.name ?? '').length <= 253)
})

test('what cannot be written is given up, the rest is written', async () => {
  const client = new FakeClient()
  let first = true
  client.fault = () => {
    if (!first) return
    first = false
    throw new Error('connect ECONNREFUSED')
  }
  const events = recorder(client)
  events.record(involved(), problem('a'))
  events.record(involved(), problem('b'))
  await events.flushed()
  assert.deepEqual(counts(client), [1])
})

test('an event that is recorded just when writing ends is written, too', async () => {
  const clients = await Promise.all(
    Array.from({ length: 24 }, async (_, turns) => {
      const client = new FakeClient()
      const events = recorder(client)
      client.fault = ({ verb }) => {
        if (verb === 'create' && client.all('events').length === 0)
          void later(turns).then(() => events.record(involved(), problem('b')))
      }
      events.record(involved(), problem('a'))
      await events.flushed()
      await later(turns)
      await events.flushed()
      return client
    }),
  )
  for (const [turns, client] of clients.entries()) assert.deepEqual(counts(client), [1, 1], `${turns} turns later`)
})

/** Resolves after so many turns of the microtask queue. */
async function later(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await Promise.resolve()
}

test('what is told once is told again when the object has changed, and not after a restart', async () => {
  const client = new FakeClient()
  const about = (resourceVersion: string): Involved => {
    const { object, ...rest } = involved()
    return { ...rest, object: { metadata: { ...object.metadata, resourceVersion } } }
  }
  for (const version of ['7', '7', '8', '8']) {
    const events = recorder(client)
    events.record(about(version), { ...problem(), once: true })
    await events.flushed()
  }
  assert.deepEqual(counts(client), [1, 1])
})
