import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { FakeClient } from '../../../test/support/fakeClient.ts'
import { eventually } from '../../../test/support/eventually.ts'
import { REFRESH } from '../../core/image/annotations.ts'
import type { ImageStream, TagReference } from '../../core/image/types.ts'
import { silent } from '../../core/machinery/log.ts'
import type { Checked } from '../../core/schedule/verdict.ts'
import { Reflector } from '../../kube/reflector.ts'
import type { Check, Outcome } from '../../registry/checker.ts'
import { TestClock } from './clock.fixture.ts'
import { Scheduler } from './scheduler.ts'

const STREAMS = { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' }
const MINUTE = 60_000
const A = `sha256:${'a'.repeat(64)}`
const B = `sha256:${'b'.repeat(64)}`

class World {
  readonly client = new FakeClient()
  readonly clock = new TestClock()
  readonly stopper = new AbortController()
  /** When each source was checked, and for whom. */
  readonly checks: { key: string; at: number; namespaces: readonly string[]; known: string | undefined }[] = []
  readonly moved: string[] = []
  /** What the registry says; by repository. */
  readonly registry = new Map<string, Partial<Outcome> & { checked: Checked }>()
  readonly scheduler: Scheduler
  readonly streams: Reflector<ImageStream>
  readonly #running: Promise<unknown>

  constructor() {
    let seed = 1
    const { signal } = this.stopper
    this.streams = new Reflector<ImageStream>({ client: this.client, resource: STREAMS, log: silent, signal })
    this.scheduler = new Scheduler({
      streams: this.streams,
      check: (check) => this.#check(check),
      moved: (stream, tag) => this.moved.push(`${stream}:${tag}`),
      clock: this.clock,
      random: () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647,
      log: silent,
      signal,
    })
    this.#running = Promise.all([this.streams.run(), this.scheduler.run()])
  }

  #check({ source, namespaces, known }: Check): Promise<Outcome[]> {
    this.checks.push({
      key: `${source.host}/${source.repository}`,
      at: this.clock.now(),
      namespaces,
      known: known?.digest,
    })
    const told = this.registry.get(source.repository) ?? { checked: { digest: A }, head: { digest: A, mediaType: 'm' } }
    return Promise.resolve([{ namespaces, ...told }])
  }

  async add(
    name: string,
    source: string,
    { image = A, refresh, namespace = 'ns' }: { image?: string; refresh?: string; namespace?: string } = {},
  ): Promise<void> {
    const tag: TagReference = {
      name: 'v1',
      annotations: refresh === undefined ? null : { [REFRESH]: refresh },
      from: { kind: 'DockerImage', name: source },
      generation: 1,
      importPolicy: { scheduled: true },
      referencePolicy: { type: 'Source' },
    }
    const items = [{ created: null, dockerImageReference: 'x', image, generation: 2 }]
    this.client.put('imagestreams', {
      metadata: { name, namespace },
      spec: { lookupPolicy: { local: false }, tags: [tag] },
      status: { dockerImageRepository: '', tags: [{ tag: 'v1', items }] },
    } as ImageStream)
    await eventually(() => assert.ok(this.streams.get(namespace, name)), { interval: 1 })
  }

  pass(ms: number): Promise<void> {
    return this.clock.pass(ms, () => this.scheduler.idle())
  }

  async stop(): Promise<void> {
    this.stopper.abort()
    await this.#running
  }
}

function world(t: TestContext): World {
  const made = new World()
  t.after(() => made.stop())
  return made
}

test('an unchanged tag is checked once in each freshness, and never imported', async (t) => {
  const w = world(t)
  await w.add('s', 'r.test/app:v1')
  await w.add('t', 'r.test/other:v1', { refresh: '10m' })
  await w.pass(60 * MINUTE)
  const times = (name: string) => w.checks.filter(({ key }) => key.endsWith(name)).map(({ at }) => at)
  const gaps = times('/app')
    .slice(1)
    .map((at, i) => at - times('/app')[i]!)
  assert.ok(gaps.length >= 58 && gaps.length <= 67, `${gaps.length}`)
  assert.ok(Math.max(...gaps) <= MINUTE)
  assert.ok(times('/other').length >= 6 && times('/other').length <= 7)
  assert.deepEqual(w.moved, [])
  assert.equal(w.checks[0]!.known, undefined)
  assert.equal(w.checks.at(-1)!.known, A)
})

test('streams that follow the same are served by one check, as fresh as the one that wants it most', async (t) => {
  const w = world(t)
  await w.add('s', 'r.test/app:v1', { refresh: '1h' })
  await w.add('s', 'r.test/app:v1', { refresh: '30s', namespace: 'other' })
  w.registry.set('app', { checked: { digest: B } })
  await w.pass(MINUTE)
  assert.ok(w.checks.length >= 2 && w.checks.length <= 3)
  assert.deepEqual(w.checks[0]!.namespaces, ['ns', 'other'])
  assert.deepEqual(new Set(w.moved), new Set(['ns/s:v1', 'other/s:v1']))
})

test('what was imported of an index is not imported again while the index is the same', async (t) => {
  const w = world(t)
  await w.add('s', 'r.test/app:v1')
  w.registry.set('app', { checked: { digest: B } })
  await w.pass(MINUTE)
  assert.deepEqual(w.moved, ['ns/s:v1'])
  w.scheduler.answered('ns/s', ['v1'], w.streams.get('ns', 's')!)
  await w.pass(10 * MINUTE)
  assert.deepEqual(w.moved, ['ns/s:v1'])
})

test('a check that fails is imported once, so that it is said; it is asked less and less, and comes back by itself', async (t) => {
  const w = world(t)
  await w.add('s', 'r.test/app:v1')
  w.registry.set('app', { checked: { failure: 'Timeout' } })
  await w.pass(24 * 60 * MINUTE)
  // 1, 2, 4, ... 32 minutes, then an hour.
  assert.ok(w.checks.length > 20 && w.checks.length < 32, `${w.checks.length}`)
  const failing = w.checks.length
  w.registry.delete('app')
  await w.pass(3 * 60 * MINUTE)
  assert.ok(w.checks.length - failing > 60, `${w.checks.length - failing}`)
})

test('a registry that says "too many" is left alone for as long as it says, with all its repositories; others are not', async (t) => {
  const w = world(t)
  for (let i = 0; i < 50; i++) await w.add(`s${i}`, `busy.test/app${i}:v1`)
  await w.add('other', 'r.test/app:v1')
  for (let i = 0; i < 50; i++)
    w.registry.set(`app${i}`, { checked: { failure: 'RateLimited' }, retryAfter: 20 * MINUTE })
  await w.pass(19 * MINUTE)
  const busy = () => w.checks.filter(({ key }) => key.startsWith('busy.test')).length
  assert.equal(busy(), 1)
  assert.ok(w.checks.length - 1 >= 18)
  assert.deepEqual(w.moved, [])
  w.registry.clear()
  await w.pass(4 * MINUTE)
  assert.ok(busy() >= 51)
})

test('a push is looked at now, and only what is tracked', async (t) => {
  const w = world(t)
  await w.add('s', 'r.test/app:v1', { refresh: '24h' })
  assert.equal(
    w.scheduler.checkNow(({ name }) => name === 'other'),
    0,
  )
  assert.equal(
    w.scheduler.checkNow(({ name }) => name === 'app'),
    1,
  )
  await w.pass(0)
  assert.equal(w.checks.length, 1)
})

test('what is not tracked any more is not asked for', async (t) => {
  const w = world(t)
  await w.add('s', 'r.test/app:v1')
  await w.client.delete({ resource: STREAMS, namespace: 'ns', name: 's' })
  await eventually(() => assert.equal(w.streams.get('ns', 's'), undefined), { interval: 1 })
  await w.pass(10 * MINUTE)
  assert.equal(w.checks.length, 0)
})

test('in a week nothing drifts, nobody starves, and there is no herd', async (t) => {
  const w = world(t)
  const [sources, week] = [60, 7 * 24 * 60 * MINUTE]
  for (let i = 0; i < sources; i++) await w.add(`s${i}`, `r${i % 7}.test/app${i}:v1`, { refresh: '10m' })
  const begin = w.clock.now()
  await w.pass(week)
  const bySource = Map.groupBy(w.checks, ({ key }) => key)
  assert.equal(bySource.size, sources)
  const counts = [...bySource.values()].map((checks) => checks.length)
  // A period is nine tenths of the freshness: the rest is for chance.
  const expected = week / (9 * MINUTE)
  assert.ok(
    Math.min(...counts) >= expected - 1 && Math.max(...counts) <= expected + 1,
    `${Math.min(...counts)} to ${Math.max(...counts)}`,
  )
  for (const checks of bySource.values())
    for (const [i, { at }] of checks.entries()) assert.ok(at - (checks[i - 1]?.at ?? begin) <= 10 * MINUTE)
  const perSecond = Map.groupBy(w.checks, ({ at }) => Math.floor(at / 1000))
  // On average one in nine seconds.
  const most = [...perSecond.values()].reduce((most, checks) => Math.max(most, checks.length), 0)
  assert.ok(most <= 5, `${most} in a second`)
})
