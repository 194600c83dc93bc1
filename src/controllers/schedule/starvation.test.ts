// Repositories that do not answer, and those that are checked beside them.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { FakeClient } from '../../../test/support/fakeClient.ts'
import type { ImageStream } from '../../core/image/types.ts'
import { silent } from '../../core/machinery/log.ts'
import { Reflector } from '../../kube/reflector.ts'
import type { Check, Outcome } from '../../registry/checker.ts'
import { TestClock } from '../../../test/support/testClock.ts'
import { Scheduler } from './scheduler.ts'

const MINUTE = 60_000
/** Milliseconds that a check of such a repository holds a place: those of the checker. */
const HANGING = 30_000
const A = `sha256:${'a'.repeat(64)}`

const FAILED = { type: 'ImportSuccess', status: 'False', reason: 'Timeout', message: 'late', generation: 1 }
type Past = 'failed' | 'imported' | 'none'
const streamOf = (name: string, namespace: string, source: string, past: Past) =>
  ({
    metadata: { name, namespace },
    spec: { tags: [{ name: 'v1', from: { kind: 'DockerImage', name: source }, importPolicy: { scheduled: true } }] },
    status: {
      tags: [
        {
          tag: 'v1',
          items: past === 'none' ? [] : [{ created: null, dockerImageReference: 'x', image: A, generation: 1 }],
          ...(past === 'failed' && { conditions: [FAILED] }),
        },
      ],
    },
  }) as unknown as ImageStream

interface World {
  /** Repositories that answer, and that hang. */
  good: readonly string[]
  hang: readonly string[]
  /** What the streams say of the latter ones. */
  past: Past
  /** Who follows those. Default: who follows the others. */
  namespace?: string
}

/** Gives how long, at most, repositories of a beginning went unchecked, from a minute on. */
async function run(t: TestContext, { good, hang, past, namespace = 'ns' }: World) {
  const [clock, client, stopper] = [new TestClock(), new FakeClient(), new AbortController()]
  const { signal } = stopper
  const checked = new Map<string, number[]>()
  let hanging = 0
  let most = 0
  const check = async ({ source, namespaces }: Check): Promise<Outcome[]> => {
    const name = `${source.host}/${source.repository}`
    checked.set(name, [...(checked.get(name) ?? []), clock.now()])
    if (!source.repository.startsWith('hangs')) return [{ namespaces, checked: { digest: A } }]
    most = Math.max(most, ++hanging)
    await new Promise<void>((resolve) => void clock.after(HANGING, resolve))
    hanging--
    return [{ namespaces, checked: { failure: 'Timeout' }, message: 'late' }]
  }
  const add = (source: string, namespace: string, past: Past): KubeStream =>
    client.put('imagestreams', streamOf(source.replaceAll(/\W/g, '-'), namespace, `${source}:v1`, past))
  for (const each of hang) add(each, namespace, past)
  for (const each of good) add(each, 'ns', 'imported')
  const streams = new Reflector<ImageStream>({
    client,
    resource: { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' },
    log: silent,
    signal,
  })
  const scheduler = new Scheduler({
    streams,
    check,
    moved: () => undefined,
    clock,
    random: () => 0.5,
    log: silent,
    signal,
  })
  const running = Promise.all([streams.run(), scheduler.run()])
  t.after(async () => {
    stopper.abort()
    await clock.pass(MINUTE, async () => undefined)
    await running
  })
  await streams.synced
  // What a timer begins ends in the same turn, but for what waits for another timer.
  const turn = () => new Promise<void>((resolve) => void setImmediate(resolve))
  const begin = clock.now()
  await clock.pass(60 * MINUTE, turn)

  /** Longest time between two checks, from a minute of the test on, over all repositories of that name. */
  const longest = (name: string, from: number): number =>
    Math.max(
      ...Array.from(checked, ([key, times]) => {
        if (!key.startsWith(name)) return 0
        const all = [...times, clock.now()].filter((at) => at >= begin + from * MINUTE)
        return Math.max(...all.slice(1).map((at, i) => at - all[i]!))
      }),
    )
  assert.equal(checked.size, good.length + hang.length)
  return { longest, checked, most }
}

const numbered = (count: number, name: (i: number) => string) => Array.from({ length: count }, (_, i) => name(i))

/** Two hundred of a host that has others, too. */
async function oneHost(t: TestContext, past: Past) {
  const hosts = ['slow.test', 'other.test']
  const good = hosts.flatMap((host) => numbered(20, (i) => `${host}/good${i}`))
  const hang = numbered(200, (i) => `slow.test/hangs${i}`)
  const { longest, checked } = await run(t, { good, hang, past })
  // None of those that hang is given up.
  assert.ok([...checked].every(([key, times]) => !key.includes('hangs') || times.length >= 4))
  return {
    first: longest('slow.test/good', 0),
    later: longest('slow.test/good', 10),
    other: longest('other.test/good', 0),
  }
}

test('two hundred repositories that begin to hang hold up no other host, and their own until each has failed once', async (t) => {
  const { first, later, other } = await oneHost(t, 'imported')
  t.diagnostic(`longest without a check: ${first / 1000} s at first, ${later / 1000} s later`)
  assert.ok(other <= MINUTE, `another host: ${other}`)
  assert.ok(first <= (200 * HANGING) / 8 + MINUTE, `the same host at first: ${first}`)
  assert.ok(later <= MINUTE, `the same host later: ${later}`)
})

test('where their streams say that they fail, they hold up nobody, also after a start', async (t) => {
  const { first, later, other } = await oneHost(t, 'failed')
  assert.ok(Math.max(first, later, other) <= MINUTE, `${Math.max(first, later, other)}`)
})

for (const [name, past, namespace] of [
  ['that have failed before', 'failed', 'ns'],
  ['that have never answered', 'none', 'ns'],
  ['that were well until now, of another namespace', 'imported', 'theirs'],
] as const)
  test(`three thousand hosts ${name} hold up none that answers`, async (t) => {
    const good = numbered(50, (i) => `good${i}.test/app`)
    const hang = numbered(3_000, (i) => `silent${i}.test/hangs`)
    const { longest, most, checked } = await run(t, { good, hang, past, namespace })
    assert.ok(most <= 96, `${most} hung at once`)
    assert.ok(longest('good', 0) <= MINUTE, `${longest('good', 0)} without a check`)
    // After the start they wait for a place that is free.
    const first = Math.max(...good.map((each) => checked.get(each)![0]!))
    assert.ok(first <= Math.min(...[...checked.values()].map(([at]) => at!)) + 2 * MINUTE, 'the first check')
  })

type KubeStream = ReturnType<FakeClient['put']>
