// Many who follow one tag, from the push to their streams: what a registry's own log says that it costs, and what it leaves of a quota.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import type { FakeOptions } from '../../../test/support/fakeRegistry.ts'
import { pullSecret } from '../../../test/support/importRequests.ts'
import { startMisbehavingRegistry } from '../../../test/support/misbehavingRegistry.ts'
import * as wrong from '../../../test/support/misbehaviours.ts'
import { TestClock } from '../../../test/support/testClock.ts'
import { at, imageFixture } from '../../apiserver/resources/image.fixture.ts'
import type { ImageStream } from '../../core/image/types.ts'
import { silent } from '../../core/machinery/log.ts'
import { addressGuard, OWN_MACHINE } from '../../http/addressGuard.ts'
import { createOutbound } from '../../http/outbound.ts'
import { Reflector } from '../../kube/reflector.ts'
import { Budgets } from '../../registry/budgets.ts'
import { createChecker } from '../../registry/checker.ts'
import { createHttpReader } from '../../registry/httpReader.ts'
import { CONCURRENCY, createImporter } from '../../registry/importer.ts'
import { HostLimiters } from '../../registry/limiter.ts'
import { IMPATIENT } from '../../registry/retry.ts'
import { openMemory } from '../../store/memory.ts'
import { keyOf } from '../../store/store.ts'
import { Importer } from '../importer.ts'
import { Scheduler } from './scheduler.ts'

const MANY = 40
const MINUTE = 60_000
const USERS = { me: 'secret', you: 'hidden' }
type User = keyof typeof USERS

interface Options extends Omit<FakeOptions, 'intercept'> {
  userOf?: (namespace: number) => User
  /** What `app:v1` is: an image, or an index of some. */
  push?: 'image' | 'index'
}

/** As many namespaces as said above, each with a stream that follows `app:v1` and has imported it. */
async function setUp(t: TestContext, { userOf, push = 'image', ...options }: Options = {}) {
  const registry = await startMisbehavingRegistry(options)
  const outbound = createOutbound({ allowAddress: addressGuard(OWN_MACHINE) })
  const stopper = new AbortController()
  const { signal } = stopper
  const clock = new TestClock()
  const budgets = new Budgets({ now: clock.now })
  const reader = createHttpReader({ outbound, retry: IMPATIENT, gate: budgets.enter })
  const hosts = new HostLimiters(CONCURRENCY)
  const secrets = async (namespace: string) => {
    const user = userOf?.(Number(namespace.slice(2)))
    return user ? [pullSecret(registry.host, USERS[user], user)] : []
  }
  const fetching = createImporter({ reader, hosts, platform: { architecture: 'amd64', os: 'linux' } })
  const store = openMemory()
  const { client } = await imageFixture({
    store,
    importer: (request) => fetching({ ...request, secrets: () => secrets(request.namespace) }),
  })
  const streams = new Reflector<ImageStream>({ client, resource: at('imagestreams').resource, log: silent, signal })
  const answered = (key: string, tags: readonly string[], stream: ImageStream) => scheduler.answered(key, tags, stream)
  const controller = new Importer({ client, streams, log: silent, signal, answered })
  const check = createChecker({ reader, secrets, hosts })
  const moved = (stream: string, tag: string) => controller.moved(stream, tag)
  const scheduler = new Scheduler({ streams, check, budgets, moved, clock, log: silent, signal })
  const running = Promise.all([streams.run(), controller.run(), scheduler.run()])
  t.after(async () => {
    stopper.abort()
    await running
    await outbound.close()
    await registry.close()
  })
  const move = (seed: string): string => {
    const image = registry.move('app', 'v1', seed)
    if (push === 'image') return image.digest
    registry.content.index('app', 'v1', [{ ...image, platform: { architecture: 'amd64', os: 'linux' } }])
    return image.digest
  }
  const names = Array.from({ length: MANY }, (_, i) => `ns${i}`)
  const have = (digest: string) =>
    eventually(() => {
      const newest = names.map((namespace) => streams.get(namespace, 's')?.status.tags?.[0]?.items?.[0]?.image)
      assert.deepEqual(new Set(newest), new Set([digest]))
    })
  const first = move('one')
  for (const name of names) {
    await store.create(keyOf({ group: '', plural: 'namespaces' }, '', name), { metadata: { name } })
    const from = { kind: 'DockerImage', name: `${registry.host}/app:v1` }
    const tag = { name: 'v1', from, importPolicy: { scheduled: true, insecure: true } }
    const stream = { kind: 'ImageStream', metadata: { name: 's' }, spec: { tags: [tag] } }
    await client.create({ ...at('imagestreams'), namespace: name }, stream)
  }
  await have(first)
  const pass = (ms: number) =>
    clock.pass(ms, async () => {
      await scheduler.idle()
      await controller.idle()
    })
  const look = (): Promise<void> => {
    scheduler.checkNow(() => true)
    return pass(0)
  }
  const pushed = async (seed: string): Promise<string> => {
    registry.log.clear()
    const digest = move(seed)
    await look()
    return digest
  }
  return { registry, budgets, pushed, look, pass, have }
}

/** HEADs by imports, in waves of as many as may ask at once. */
const HEADS = 20

for (const [name, quota] of [
  ['that tells nothing', undefined],
  ['with a quota', { limit: 100, remaining: 27 }],
] as const)
  test(`a tag that ${MANY} namespaces follow has moved, in a registry ${name}`, async (t) => {
    const { registry, pushed, have } = await setUp(t)
    if (quota) registry.misbehave(wrong.quota(quota))
    await have(await pushed('two'))
    const { manifestHead = 0, ...costs } = registry.log.counts()
    assert.deepEqual(costs, { manifestGet: 1, blobGet: 1 })
    assert.ok(manifestHead <= HEADS, `${manifestHead}`)
  })

test('with credentials of their own each asks for itself, and the kept quarter stays', async (t) => {
  const userOf = (i: number): User => (i % 2 ? 'me' : 'you')
  const { registry, pushed, have } = await setUp(t, { auth: 'basic', users: USERS, userOf })
  registry.misbehave(wrong.quota({ limit: 100, remaining: 27 }))
  await have(await pushed('two'))
  const { manifestGet = 0, manifestHead = 0 } = registry.log.counts()
  assert.ok(manifestGet <= 2, `${manifestGet}`)
  assert.ok(manifestHead >= 2 && manifestHead <= HEADS, `${manifestHead}`)
})

test('an index costs one more, and waits where only one is left', async (t) => {
  const { registry, budgets, pushed, look, pass, have } = await setUp(t, { push: 'index' })
  const end = registry.misbehave(wrong.quota({ limit: 100, remaining: 26 }))
  const digest = await pushed('two')
  const waiting = () => budgets.report().some(({ delayed }) => delayed.some(({ what }) => what === 'imports'))
  await pass(10 * MINUTE)
  assert.deepEqual([waiting(), registry.log.count('manifestGet')], [true, 0])
  end()
  registry.misbehave(wrong.quota({ limit: 100, remaining: 27 }))
  await look()
  await pass(2 * MINUTE)
  await have(digest)
  assert.deepEqual([waiting(), registry.log.count('manifestGet')], [false, 2])
})
