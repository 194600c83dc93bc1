// Tags that follow a policy on a schedule: scheduler, importer and API server with each other, over a registry in memory.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { RegistryContent } from '../../../test/support/registryContent.ts'
import { TestClock } from '../../../test/support/testClock.ts'
import { at, imageFixture } from '../../apiserver/resources/image.fixture.ts'
import { MIN_AGE, POLICY } from '../../core/image/annotations.ts'
import { clone } from '../../core/machinery/json/clone.ts'
import type { ImageStream } from '../../core/image/types.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { silent } from '../../core/machinery/log.ts'
import { pushMatcher } from '../../core/hooks/matches.ts'
import { choiceOf } from '../../core/policy/choice.ts'
import { Reflector } from '../../kube/reflector.ts'
import { createChecker } from '../../registry/checker.ts'
import { RegistryError } from '../../registry/error.ts'
import { createImporter } from '../../registry/importer.ts'
import { Importer } from '../importer.ts'
import { Scheduler } from './scheduler.ts'

const STREAMS = at('imagestreams')
const MINUTE = 60_000

async function world(t: TestContext) {
  const content = new RegistryContent()
  const clock = new TestClock()
  const stopper = new AbortController()
  const { signal } = stopper
  const asked: string[] = []
  const imported: string[] = []
  const platform = { architecture: 'amd64', os: 'linux' }
  /** Tags that imports are refused. */
  const down = new Set<string>()
  const reader = content.reader(imported)
  const importer = createImporter({
    reader: {
      ...reader,
      head: async (repository, tag, ...more) => {
        const head = await reader.head(repository, tag, ...more)
        if (down.has(tag)) throw new RegistryError('status', 'received unexpected HTTP status: 503')
        return head
      },
    },
    platform,
  })
  const { client } = await imageFixture({ importer: (wanted) => importer({ ...wanted, now: new Date(clock.now()) }) })
  const streams = new Reflector<ImageStream>({ client, resource: STREAMS.resource, log: silent, signal })
  const controller = new Importer({
    client,
    streams,
    log: silent,
    signal,
    answered: (key, tags, stream) => scheduler.answered(key, tags, stream),
  })
  const check = createChecker({ reader: content.reader(asked), secrets: async () => [] })
  const moved = (stream: string, tag: string) => controller.moved(stream, tag)
  const scheduler = new Scheduler({ streams, check, moved, clock, log: silent, signal })
  const running = Promise.all([streams.run(), controller.run(), scheduler.run()])
  t.after(async () => {
    stopper.abort()
    await running
  })
  const images = (name = 's') =>
    streams
      .get('p', name)
      ?.status.tags?.[0]?.items?.map(({ dockerImageReference }) => dockerImageReference.slice(-8)) ?? []
  return {
    asked,
    imported,
    down,
    content,
    scheduler,
    images,
    client,
    get: (name = 's') => streams.get('p', name)!,
    push: (tag: string, seed = tag) => content.image('app', tag, seed).digest.slice(-8),
    async follow(name: string, policy = 'semver', age?: string) {
      const from = { kind: 'DockerImage', name: 'r.test/app:1.0.0' }
      const annotations = { [POLICY]: policy, ...(age && { [MIN_AGE]: age }) }
      const tag = { name: 'v1', from, annotations, importPolicy: { scheduled: true } }
      await client.create(STREAMS, { kind: 'ImageStream', metadata: { name }, spec: { tags: [tag] } } as KubeObject)
      await eventually(() => assert.ok(streams.get('p', name)?.status.tags), { interval: 1 })
    },
    has: (expected: string[], name = 's') =>
      eventually(() => assert.deepEqual(images(name), expected), { interval: 1 }),
    settled: () => controller.idle(),
    pass: (ms: number) => clock.pass(ms, () => scheduler.idle()),
  }
}

test('while nothing changes, all who follow a repository cost one list, and a HEAD for each tag that is chosen', async (t) => {
  const w = await world(t)
  w.push('1.0.0')
  w.push('2.0.0')
  await w.follow('a')
  await w.follow('b', 'semver:>=1')
  await w.follow('c', 'semver:<2')
  const imports = w.imported.length
  await w.pass(10 * MINUTE)
  const count = (line: string) => w.asked.filter((each) => each === line).length
  for (const line of ['tags app', 'head app 1.0.0', 'head app 2.0.0'])
    assert.ok(count(line) >= 9 && count(line) <= 12, `${line}: ${count(line)}`)
  assert.equal(count('tags app') + count('head app 1.0.0') + count('head app 2.0.0'), w.asked.length)
  assert.equal(w.imported.length, imports)
})

test('what is newer is imported, what is older is not looked at; what was chosen is followed, too', async (t) => {
  const w = await world(t)
  const first = w.push('1.0.0')
  await w.follow('s')
  w.push('0.9.0')
  const imports = w.imported.length
  await w.pass(2 * MINUTE)
  assert.equal(w.imported.length, imports)
  const second = w.push('1.1.0')
  await w.pass(MINUTE)
  await w.has([second, first])
  const again = w.push('1.1.0', 'pushed again')
  await w.pass(2 * MINUTE)
  await w.has([again, second, first])
})

test('what was chosen is deleted: that is said once, nothing moves, and it is over when it is back', async (t) => {
  const w = await world(t)
  const first = w.push('1.0.0')
  const second = w.push('1.1.0')
  await w.follow('s')
  await w.has([second])
  const manifest = w.content.manifests.get('app 1.1.0')!
  w.content.tags.set('app', ['1.0.0'])
  w.content.manifests.delete('app 1.1.0')
  await w.pass(2 * MINUTE)
  const reason = () => w.get().status.tags?.[0]?.conditions?.[0]?.reason
  await eventually(() => assert.equal(reason(), 'ChosenTagGone'), { interval: 1 })
  await w.pass(10 * MINUTE)
  const { resourceVersion } = w.get().metadata
  await w.pass(60 * MINUTE)
  assert.equal(w.get().metadata.resourceVersion, resourceVersion)
  assert.deepEqual(w.images(), [second])
  assert.notEqual(second, first)
  w.content.manifests.set('app 1.1.0', manifest)
  w.content.tags.set('app', ['1.0.0', '1.1.0'])
  await w.pass(2 * MINUTE)
  await eventually(() => assert.equal(reason(), undefined), { interval: 1 })
})

test('a push that a webhook tells of is found at once, whatever its tag', async (t) => {
  const w = await world(t)
  const first = w.push('1.0.0')
  await w.follow('s')
  const second = w.push('1.1.0')
  const found = w.scheduler.checkNow(pushMatcher([{ host: 'r.test', repository: 'app', tags: ['1.1.0'] }]))
  assert.equal(found, 1)
  await w.pass(1)
  await w.has([second, first])
})

test('a policy that is wrong asks the registry nothing, and goes on when it is right', async (t) => {
  const w = await world(t)
  const first = w.push('1.0.0')
  await w.follow('s', 'newest')
  await w.pass(10 * MINUTE)
  assert.deepEqual([w.asked, w.imported], [[], []])
  const stream = clone(w.get())
  stream.spec.tags![0]!.annotations = { [POLICY]: 'semver' }
  await w.client.update({ ...STREAMS, name: 's' }, stream)
  await w.has([first])
})

test('a registry that does not tell when a cool-down ends delays the adoption by as long as that lasts, and is asked less and less', async (t) => {
  const w = await world(t)
  const first = w.push('1.0.0')
  await w.follow('s', 'semver', '24h')
  const second = w.push('1.1.0')
  await w.pass(2 * MINUTE)
  const waiting = () => choiceOf(w.get(), 'v1')?.waiting
  await eventually(() => assert.equal(waiting()?.length, 1), { interval: 1 })
  const [seen] = waiting()!
  w.down.add('1.1.0')
  await w.pass(24 * 60 * MINUTE)
  const condition = () => w.get().status.tags?.[0]?.conditions?.[0]
  await eventually(() => assert.equal(condition()?.reason, 'RegistryError'), { interval: 1 })
  assert.match(condition()?.message ?? '', / r\.test\/app:1\.1\.0: .*503/)
  const asked = () => w.imported.filter((line) => line === 'head app 1.1.0').length
  const before = asked()
  for (let i = 0; i < 5 * 60; i++) {
    await w.pass(MINUTE)
    await w.settled()
  }
  assert.ok(asked() - before > 5 && asked() - before < 30, `${asked() - before} times`)
  assert.deepEqual(waiting(), [seen])
  assert.deepEqual(w.images(), [first])
  w.down.clear()
  for (let i = 0; i < 80 && w.images().length < 2; i++) {
    await w.pass(MINUTE)
    await w.settled()
  }
  assert.deepEqual(w.images(), [second, first])
  assert.equal(condition(), undefined)
})
