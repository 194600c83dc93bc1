import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { startInProcess } from '../../test/support/inProcess.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import { silent } from '../core/machinery/log.ts'
import { Election } from './lease.ts'

/** Fast enough for a test, slow enough for a busy machine. Milliseconds. */
const DURATION = 1_000
const PERIOD = 50

describe('leader election', () => {
  let client: ObjectClient
  let stops: AbortController[]
  let running: Promise<void>[]
  let leaders: string[]
  beforeEach(async () => {
    ;({ client } = await startInProcess())
    stops = []
    running = []
    leaders = []
  })
  afterEach(async () => {
    for (const stop of stops) stop.abort()
    await Promise.all(running)
  })

  /** Takes part as `identity`, through `by`; answers how to stop. */
  const take = (identity: string, by = client): AbortController => {
    const stop = new AbortController()
    const options = { namespace: 'default', name: 'leader', duration: DURATION, period: PERIOD, log: silent }
    const election = new Election({ client: by, identity, signal: stop.signal, ...options })
    stops.push(stop)
    running.push(
      election.run(async (signal) => {
        leaders.push(identity)
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        leaders.splice(leaders.indexOf(identity), 1)
      }),
    )
    return stop
  }
  const leads = (who: string) => eventually(() => assert.deepEqual(leaders, [who]))
  const lease = () =>
    client.get<never>({
      resource: { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' },
      namespace: 'default',
      name: 'leader',
    }) as Promise<{ spec: { holderIdentity: string; leaseTransitions: number } }>

  test('one of many leads; when it stops, the next one follows without waiting for the lease to end', async () => {
    const first = take('a')
    await leads('a')
    take('b')
    const before = performance.now()
    first.abort()
    await leads('b')
    assert.ok(performance.now() - before < DURATION)
    assert.partialDeepStrictEqual((await lease()).spec, { holderIdentity: 'b', leaseTransitions: 1 })
  })

  test('of those that start together exactly one leads', async () => {
    for (const identity of ['a', 'b', 'c', 'd']) take(identity)
    await eventually(() => assert.equal(leaders.length, 1))
    const [leader] = leaders
    await new Promise((resolve) => setTimeout(resolve, DURATION))
    assert.deepEqual(leaders, [leader])
  })

  test('a leader that is cut off stops before another one leads', async () => {
    let isCut = false
    const refuse = () => Promise.reject(new Error('socket hang up'))
    const cut = (<T extends object>(through: T): T =>
      new Proxy(through, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name)
          return typeof value === 'function' ? (isCut ? refuse : value.bind(target)) : value
        },
      }))(client)
    take('a', cut)
    await leads('a')
    take('b')
    isCut = true
    await eventually(() => assert.deepEqual(leaders, []))
    assert.equal((await lease()).spec.holderIdentity, 'a', 'nobody has followed yet')
    await leads('b')
  })

  test('a leader whose lease somebody else has taken stops', async () => {
    take('a')
    await leads('a')
    const target = {
      resource: { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' },
      namespace: 'default',
      name: 'leader',
    }
    await client.patch(target, 'merge', { spec: { holderIdentity: 'thief', leaseDurationSeconds: 3_600 } })
    await eventually(() => assert.deepEqual(leaders, []))
    assert.equal((await lease()).spec.holderIdentity, 'thief')
  })

  test('work that fails or ends is begun again', async () => {
    let begun = 0
    const stop = new AbortController()
    stops.push(stop)
    const options = { client, namespace: 'default', name: 'other', identity: 'a', duration: DURATION, period: PERIOD }
    const election = new Election({ ...options, log: silent, signal: stop.signal })
    running.push(
      election.run(async () => {
        if (++begun === 1) throw new Error('broken')
      }),
    )
    await eventually(() => assert.ok(begun >= 3))
  })
})
