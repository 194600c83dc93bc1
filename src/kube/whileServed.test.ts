import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { FakeClient } from '../../test/support/fakeClient.ts'
import { definitionOf, ROLLOUT } from '../../test/support/triggers.ts'
import type { Log } from '../core/machinery/log.ts'
import { silent } from '../core/machinery/log.ts'
import { forbidden } from '../core/machinery/status.ts'
import { aborted } from './backoff.ts'
import { servedVersions, whileServed, type Definition } from './whileServed.ts'

const PLURAL = 'customresourcedefinitions'
const NAME = 'rollouts.argoproj.io'

test('versions are served once their definition is accepted, and those only that it says', () => {
  const accepted = definitionOf(ROLLOUT, ['v1', 'v2'])
  const cases: [string, Definition, string[]][] = [
    ['accepted', accepted, ['v1', 'v2']],
    ['nothing said', { metadata: {} }, []],
    ['not yet', { ...accepted, status: {} }, []],
    ['refused', { ...accepted, status: { conditions: [{ type: 'Established', status: 'False' }] } }, []],
    ['names only', { ...accepted, status: { conditions: [{ type: 'NamesAccepted', status: 'True' }] } }, []],
    [
      'one of two',
      {
        ...accepted,
        spec: {
          versions: [
            { name: 'v1', served: false },
            { name: 'v2', served: true },
          ],
        },
      },
      ['v2'],
    ],
  ]
  for (const [what, definition, versions] of cases) assert.deepEqual(servedVersions(definition), versions, what)
})

function follow(t: TestContext, client: FakeClient) {
  const events: string[] = []
  const lines: string[] = []
  const log: Log = { ...silent, info: (_, text) => lines.push(text ?? ''), warn: (_, text) => lines.push(text ?? '') }
  const stopper = new AbortController()
  const options = { client, resource: ROLLOUT.resource, log, signal: stopper.signal, backoff: () => 1 }
  const running = whileServed(options, {
    async present(until) {
      events.push('present')
      await aborted(until)
      // Whoever stops has something to do: what comes next must wait for it.
      await new Promise(setImmediate)
      events.push('stopped')
    },
    absent: () => events.push('absent'),
  })
  const stop = async (): Promise<void> => {
    stopper.abort()
    await running
  }
  t.after(stop)
  const shows = (...expected: string[]) => eventually(() => assert.deepEqual(events, expected), { interval: 1 })
  return { events, lines, stop, shows }
}

test('work goes on from the definition to its end, again and again, one at a time', async (t) => {
  const client = new FakeClient()
  const { shows, lines, stop } = follow(t, client)
  await shows('absent')
  client.put(PLURAL, { ...definitionOf(ROLLOUT), status: {} } as Definition)
  client.put(PLURAL, definitionOf(ROLLOUT))
  await eventually(() => assert.match(lines.at(-1)!, /is served: following it/), { interval: 1 })
  client.put(PLURAL, { ...definitionOf(ROLLOUT), metadata: { name: NAME, labels: { a: 'b' } } })
  client.remove(PLURAL, '', NAME)
  client.put(PLURAL, definitionOf(ROLLOUT))
  await shows('absent', 'absent', 'present', 'stopped', 'absent', 'present')
  await stop()
  await shows('absent', 'absent', 'present', 'stopped', 'absent', 'present', 'stopped')
  assert.equal(client.made('list', PLURAL).length, 1)
})

test('definitions of others are not looked at', async (t) => {
  const client = new FakeClient()
  const other = { ...ROLLOUT, resource: { ...ROLLOUT.resource, plural: 'others' } }
  client.put(PLURAL, definitionOf(other))
  const { shows } = follow(t, client)
  await shows('absent')
  client.put(PLURAL, definitionOf(other, ['v1', 'v1alpha1']))
  client.put(PLURAL, definitionOf(ROLLOUT))
  await shows('absent', 'present')
})

test('a version that is not served is a mistake that the log tells, with those that are', async (t) => {
  const client = new FakeClient()
  client.put(PLURAL, definitionOf(ROLLOUT, ['v1beta1', 'v1']))
  const { shows, lines } = follow(t, client)
  await shows('absent')
  assert.deepEqual(lines, ['a custom kind of workload is not served in this version'])
  client.put(PLURAL, definitionOf(ROLLOUT, ['v1', 'v1alpha1']))
  await shows('absent', 'present')
  client.put(PLURAL, definitionOf(ROLLOUT, ['v1']))
  await shows('absent', 'present', 'stopped', 'absent')
})

test('who may not see definitions looks for the resource itself, until that changes', async (t) => {
  const client = new FakeClient()
  client.fault = ({ plural }) => {
    if (plural === PLURAL) throw forbidden({ group: 'apiextensions.k8s.io', plural: PLURAL }, NAME, 'no')
  }
  const { shows } = follow(t, client)
  await shows('present')
  client.fault = undefined
  await shows('present', 'stopped', 'absent')
  client.put(PLURAL, definitionOf(ROLLOUT))
  await shows('present', 'stopped', 'absent', 'present')
})

test('ends when it is stopped before anything is known', async (t) => {
  const client = new FakeClient()
  client.fault = () => Promise.reject(new Error('no connection'))
  const { stop, events } = follow(t, client)
  await stop()
  assert.deepEqual(events, [])
})
