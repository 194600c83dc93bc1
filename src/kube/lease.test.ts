import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { FakeTime } from '../../test/support/fakeTime.ts'
import { startInProcess } from '../../test/support/inProcess.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import { silent, type Log } from '../core/machinery/log.ts'
import { Fenced, fenced } from './fenced.ts'
import { Election } from './lease.ts'

/** Milliseconds. */
const TIMING = { duration: 2_000, renewal: 600, retry: 50, margin: 400, patience: 300 }
const LEASE = {
  resource: { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' },
  namespace: 'default',
  name: 'leader',
}
const OPTIONS = { namespace: LEASE.namespace, name: LEASE.name, log: silent, timing: TIMING }

interface Spec {
  holderIdentity: string
  leaseTransitions: number
  leaseDurationSeconds: number
}

/** A way to the server that counts requests, and does with each what `meet` does. */
function way(client: ObjectClient) {
  const counts: Record<string, number> = {}
  const made = {
    counts,
    meet: (_verb: string, _signal?: AbortSignal): Promise<unknown> | undefined => undefined,
    client: new Proxy(client, {
      get: (target, verb: string) => {
        const value: unknown = Reflect.get(target, verb)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          counts[verb] = (counts[verb] ?? 0) + 1
          const { signal } = (args.at(-1) ?? {}) as { signal?: AbortSignal }
          const met = made.meet(verb, signal)
          return met === undefined ? value.apply(target, args) : met.then(() => value.apply(target, args))
        }
      },
    }),
  }
  return made
}
const broken = () => Promise.reject(new Error('socket hang up'))

describe('leader election', () => {
  let client: ObjectClient
  let stops: AbortController[]
  let running: Promise<void>[]
  let leaders: string[]
  let elections: Map<string, Election>
  /** Whose watches were found to be deaf. */
  let deafened: string[]
  let time: FakeTime
  let log: Log
  beforeEach(async () => {
    time = new FakeTime()
    time.start()
    ;({ client } = await startInProcess())
    stops = []
    running = []
    leaders = []
    elections = new Map()
    deafened = []
    log = { ...silent }
  })
  afterEach(async () => {
    for (const stop of stops) stop.abort()
    await Promise.all(running)
    time.stop()
  })

  /** Takes part as `identity`, through `by`; answers how to stop. */
  const take = (identity: string, by = client): AbortController => {
    const stop = new AbortController()
    const election = new Election({
      ...OPTIONS,
      log,
      client: by,
      identity,
      signal: stop.signal,
      now: time.now,
      onDeaf: () => deafened.push(identity),
    })
    stops.push(stop)
    elections.set(identity, election)
    running.push(
      election.run(async (signal) => {
        leaders.push(identity)
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        leaders.splice(leaders.indexOf(identity), 1)
      }),
    )
    return stop
  }
  const leads = (who: string) => time.until(() => assert.deepEqual(leaders, [who]))
  const lease = () => client.get<never>(LEASE) as Promise<{ spec: Spec }>
  const renewed = (by: ReturnType<typeof way>, times: number) =>
    time.until(() => assert.ok((by.counts['update'] ?? 0) >= times))

  test('one of many leads; when it stops, the next one follows at once', async () => {
    const first = take('a')
    await leads('a')
    const follower = way(client)
    take('b', follower.client)
    await time.until(() => assert.equal(follower.counts['watch'], 1))
    const before = time.now()
    first.abort()
    await leads('b')
    assert.ok(time.now() - before < 100)
    assert.partialDeepStrictEqual((await lease()).spec, { holderIdentity: 'b', leaseTransitions: 1 })
  })

  test('who waits for a holder with a Lease that counts for very long says so, once, and leads when it is deleted', async () => {
    const said: object[] = []
    log.warn = (fields) => void said.push(fields)
    const spec = { holderIdentity: 'ghost', leaseDurationSeconds: 86_400 }
    const made = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: LEASE.name }, spec }
    await client.create(LEASE, made)
    take('a')
    const told = { lease: 'default/leader', holder: 'ghost', seconds: 86_400 }
    await time.until(() => assert.deepEqual(said, [told]))
    await client.patch(LEASE, 'merge', { metadata: { labels: { x: 'y' } } })
    await time.pass(TIMING.duration * 5, () => assert.deepEqual([leaders, said], [[], [told]]))
    await client.delete(LEASE)
    await leads('a')
    // One of another version, whose Lease counts a little longer.
    await client.patch(LEASE, 'merge', { spec: { holderIdentity: 'b', leaseDurationSeconds: 4 } })
    await time.until(() => assert.deepEqual(leaders, []))
    await leads('a')
    assert.deepEqual(said, [told])
  })

  test('of those that start together exactly one leads', async () => {
    for (const identity of ['a', 'b', 'c', 'd']) take(identity)
    await time.until(() => assert.equal(leaders.length, 1))
    const [leader] = leaders
    await time.pass(TIMING.duration * 1.2, () => assert.deepEqual(leaders, [leader]))
  })

  test('who follows asks for nothing while the leader renews; who leads only renews', async () => {
    const [leader, follower] = [way(client), way(client)]
    take('a', leader.client)
    await leads('a')
    take('b', follower.client)
    await renewed(leader, 4)
    assert.deepEqual(follower.counts, { get: 1, list: 1, watch: 1 })
    assert.deepEqual({ ...leader.counts, update: 0 }, { get: 1, create: 1, list: 1, watch: 1, update: 0 })
  })

  test('a leader that is gone is followed after the duration, not earlier', async () => {
    let isGone = false
    const gone = way(client)
    gone.meet = () => (isGone ? broken() : undefined)
    take('a', gone.client)
    await leads('a')
    take('b')
    await renewed(gone, 1)
    isGone = true
    const before = time.now()
    await leads('b')
    const elapsed = time.now() - before
    assert.ok(elapsed >= TIMING.duration - TIMING.renewal && elapsed <= TIMING.duration + 100, `${elapsed} ms`)
  })

  test('a leader that is cut off stops before another one leads', async () => {
    let isCut = false
    const cut = way(client)
    cut.meet = () => (isCut ? broken() : undefined)
    take('a', cut.client)
    await leads('a')
    take('b')
    isCut = true
    await time.until(() => assert.deepEqual(leaders, []))
    assert.equal((await lease()).spec.holderIdentity, 'a', 'nobody has followed yet')
    await leads('b')
  })

  test('a leader whose requests get no answer tries again in time, and goes on', async () => {
    let stalled = 0
    const slow = way(client)
    // The first try of each renewal gets lost.
    slow.meet = (verb, signal) => (verb === 'update' && stalled++ % 2 === 0 ? unanswered(signal) : undefined)
    take('a', slow.client)
    await leads('a')
    take('b')
    await time.pass(TIMING.duration * 1.5, () => assert.deepEqual(leaders, ['a']))
    assert.ok(stalled >= 4)
    slow.meet = () => undefined
  })

  test('a renewal whose answer is lost counts from when it is sent again', async () => {
    let lost = 0
    const mute = way(client)
    const update: ObjectClient['update'] = async (target, object, options) => {
      const stored = await client.update<never>(target, object, options)
      if (lost++ % 2 === 0) throw new Error('socket hang up')
      return stored
    }
    take('a', { ...through(mute.client), update })
    await leads('a')
    take('b')
    await time.pass(TIMING.duration * 1.2, () => assert.deepEqual(leaders, ['a']))
    assert.ok(lost >= 3)
  })

  test('a leader whose lease somebody else has taken stops at once', async () => {
    take('a')
    await leads('a')
    await client.patch(LEASE, 'merge', { spec: { holderIdentity: 'thief', leaseDurationSeconds: 3_600 } })
    await time.until(() => assert.deepEqual(leaders, []), 100)
    assert.equal((await lease()).spec.holderIdentity, 'thief')
  })

  test('a leader that stands aside is followed at once, and leads again when nobody else does', async () => {
    take('a')
    await leads('a')
    const other = take('b')
    await time.pass(TIMING.retry)
    elections.get('a')!.standAside()
    const before = time.now()
    await leads('b')
    assert.ok(time.now() - before < 100)
    other.abort()
    await leads('a')
    assert.ok(time.now() - before > TIMING.duration)
  })

  test('who stands aside is back at once when it is to be', async () => {
    take('a')
    await leads('a')
    elections.get('a')!.standAside()
    await time.until(() => assert.deepEqual(leaders, []))
    const before = time.now()
    elections.get('a')!.standAgain()
    await leads('a')
    assert.ok(time.now() - before < TIMING.duration)
  })

  test('a lease that is deleted is made again, by one of them', async () => {
    take('a')
    await leads('a')
    take('b')
    await client.delete(LEASE)
    await time.until(async () => assert.deepEqual(leaders, [(await lease()).spec.holderIdentity]))
  })

  test('a follower whose watch is deaf takes nothing from a leader that renews', async () => {
    const deaf = way(client)
    let opened = 0
    const watch: ObjectClient['watch'] = async function* (target, options) {
      opened++
      for await (const event of client.watch<never>(target, options)) if (event.type === 'ERROR') yield event
    }
    take('a')
    await leads('a')
    take('b', { ...through(deaf.client), watch })
    await time.until(() => assert.ok(deafened.includes('b') && opened >= 2))
    assert.deepEqual([leaders, deafened.includes('a')], [['a'], false])
  })

  test('a leader that does not hear of its own renewals says so, and goes on', async () => {
    const watch: ObjectClient['watch'] = async function* (target, options) {
      for await (const event of client.watch<never>(target, options)) if (event.type === 'ERROR') yield event
    }
    take('a', { ...through(client), watch })
    await time.until(() => assert.ok(deafened.length >= 2))
    assert.deepEqual(leaders, ['a'])
  })

  test('who may not watch follows all the same', async () => {
    const forbidden = way(client)
    forbidden.meet = (verb) => (verb === 'list' || verb === 'watch' ? broken() : undefined)
    const first = take('a')
    await leads('a')
    take('b', forbidden.client)
    first.abort()
    await leads('b')
  })

  test('work that fails or ends is begun again', async () => {
    let begun = 0
    const stop = new AbortController()
    stops.push(stop)
    const election = new Election({ ...OPTIONS, client, identity: 'a', signal: stop.signal, now: time.now })
    running.push(
      election.run(async () => {
        if (++begun === 1) throw new Error('broken')
      }),
    )
    await time.until(() => assert.ok(begun >= 3))
  })

  test('a leader that was frozen writes nothing when it goes on, whatever it was doing', async () => {
    let ahead = 0
    const stop = new AbortController()
    stops.push(stop)
    const now = () => time.now() + ahead
    const election = new Election({ ...OPTIONS, client, identity: 'a', signal: stop.signal, now })
    const written: string[] = []
    running.push(
      election.run(async (signal, holds) => {
        const writer = fenced(client, holds)
        const make = (name: string) =>
          writer
            .create({ resource: CONFIG_MAPS, namespace: 'default' }, { metadata: { name } })
            .then(() => written.push(name))
        await make('before')
        ahead += TIMING.duration - TIMING.margin
        await assert.rejects(make('after'), Fenced)
        assert.equal(signal.aborted, true)
        await writer.get({ resource: CONFIG_MAPS, namespace: 'default', name: 'before' })
        stop.abort()
      }),
    )
    await Promise.all(running)
    assert.deepEqual(written, ['before'])
  })
})

const CONFIG_MAPS = { group: '', version: 'v1', plural: 'configmaps' }

/** Never gets an answer: ends when the caller gives up. */
const unanswered = (signal?: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))

/** The same client as plain functions, some of which can be replaced. */
function through(client: ObjectClient): ObjectClient {
  return fenced(client, () => true)
}
