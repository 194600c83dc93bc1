// What is told of tags that follow policies, and of tags that wait.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { A, MINUTE, world } from '../../../test/support/scheduleWorld.ts'
import type { ImageStream } from '../../core/image/types.ts'
import { policyId } from '../../core/policy/policy.ts'
import { importColumns } from '../../core/report/columns.ts'

const from = { kind: 'DockerImage', name: 'r.test/app:v1' }
const TAG = {
  name: 'stable',
  from,
  annotations: { 'millrace.dev/policy': 'semver:^1' },
  importPolicy: { scheduled: true },
}

/** A stream with a tag that follows a policy, which has chosen this tag. */
function following(chosen?: string): ImageStream {
  const choices = { stable: { policy: policyId(TAG as never), tag: chosen } }
  const annotations = chosen === undefined ? {} : { 'millrace.dev/choices': JSON.stringify(choices) }
  const items = [{ created: '2026-03-01T00:00:00Z', dockerImageReference: 'x', image: A, generation: 1 }]
  return {
    metadata: { name: 'app', namespace: 'ns', annotations },
    spec: { lookupPolicy: { local: false }, tags: [TAG] },
    status: { dockerImageRepository: '', tags: chosen === undefined ? [] : [{ tag: 'stable', items }] },
  } as unknown as ImageStream
}

test('a tag that follows a policy is told of once: of the image and of the list', async (t) => {
  const w = world(t)
  const reporter = w.scheduler.reporter()
  w.client.put('imagestreams', following())
  await eventually(() => assert.ok(reporter.get('ns', 'app', 'stable')), { interval: 1 })
  assert.deepEqual(reporter.get('ns', 'app', 'stable')!.spec, {
    reference: 'r.test/app',
    policy: 'semver:^1',
    refresh: '1m',
  })
  w.answer = ({ source }) =>
    source.reference === '*'
      ? { checked: { tags: ['1.2.0'] } }
      : { checked: { digest: A }, head: { digest: A, mediaType: 'm' } }
  w.client.put('imagestreams', following('1.2.0'))
  await eventually(() => assert.equal(reporter.get('ns', 'app', 'stable')!.spec.reference, 'r.test/app:1.2.0'), {
    interval: 1,
  })
  await w.pass(3 * MINUTE)
  const all = [...reporter.list('')]
  assert.equal(all.length, 1)
  const [{ metadata, status }] = all as [(typeof all)[0]]
  assert.deepEqual([metadata.name, status.digest], ['app:stable', A])
  // Both are checked once in each freshness: the newest and the next are within it, on either side.
  const now = w.clock.now()
  assert.ok(now - Date.parse(status.lastCheck!) <= MINUTE + 1_000)
  assert.ok(Date.parse(status.nextCheck!) - now <= MINUTE)
  assert.ok(Date.parse(status.nextCheck!) - Date.parse(status.lastCheck!) < MINUTE, 'two checks in a minute')
  assert.deepEqual([...reporter.list('', { stream: 'ns/app', tag: 'stable' })], [])
})

test('what waits for a configured rate says so, and since nobody asks it again before, when that is', async (t) => {
  const w = world(t, { rateOf: () => ({ prefix: 'r.test', requests: 8, per: 60 * MINUTE }) })
  await w.add('a', 'r.test/a:v1')
  await w.add('b', 'r.test/b:v1')
  await w.pass(20 * MINUTE)
  const delayed = [...w.scheduler.reporter().list('ns')].flatMap(({ status }) => (status.delay ? [status] : []))
  assert.ok(delayed.length > 0)
  for (const { delay, nextCheck } of delayed) {
    assert.equal(delay!.reason, 'ConfiguredRate')
    assert.match(
      delay!.message!,
      / have used their share \(three quarters\) of the configured rate of 8 requests in 60m for r\.test; /,
    )
    assert.equal(nextCheck, delay!.until)
  }
})

test('a registry that asks to wait delays, and is no failure of the tag once it answers again', async (t) => {
  const w = world(t)
  await w.add('a', 'r.test/a:v1')
  const reporter = w.scheduler.reporter()
  w.registry.set('a', { checked: { failure: 'RateLimited' }, message: 'too many', headers: { 'retry-after': '600' } })
  await w.pass(MINUTE)
  const limited = reporter.get('ns', 'a', 'v1')!.status
  assert.deepEqual([limited.lastError?.reason, limited.delay?.reason], ['RateLimited', 'RateLimited'])
  const waits = Date.parse(limited.delay!.until!) - w.clock.now()
  assert.ok(waits > 8 * MINUTE && waits <= 10 * MINUTE, `${waits}`)
  assert.equal(limited.nextCheck, limited.delay!.until)
  await w.pass(2 * MINUTE)
  // By now it stands in line.
  const inLine = reporter.get('ns', 'a', 'v1')!.status
  assert.equal(inLine.delay?.reason, 'RateLimited')
  assert.equal(inLine.nextCheck, inLine.delay.until)
  w.registry.delete('a')
  await w.pass(10 * MINUTE)
  const { lastError, delay } = reporter.get('ns', 'a', 'v1')!.status
  assert.deepEqual([lastError, delay], [undefined, undefined])
})

test('a tag whose policy, or source, cannot be is told of with what is wrong, in its place among the others', async (t) => {
  const w = world(t)
  const reporter = w.scheduler.reporter()
  const stream = following()
  const annotations = { 'millrace.dev/policy': 'newest', 'millrace.dev/refresh': '5m' }
  const tags = [
    { ...TAG, name: 'a', annotations: {}, from: { ...from, name: 'NOT one' } },
    { ...TAG, name: 'b', annotations: {} },
    { ...TAG, name: 'c', annotations },
    { ...TAG, name: 'd', annotations, importPolicy: {} },
  ]
  Object.assign(stream.spec, { tags })
  w.client.put('imagestreams', stream)
  await eventually(() => assert.equal([...reporter.list('')].length, 3), { interval: 1 })
  const told = [...reporter.list('ns')]
  assert.deepEqual(
    told.map(({ metadata, status }) => [metadata.name, status.lastError?.reason, status.delay?.reason]),
    [
      ['app:a', 'Invalid', 'Invalid'],
      ['app:b', undefined, undefined],
      ['app:c', 'InvalidPolicy', 'Invalid'],
    ],
  )
  const { spec, status } = reporter.get('ns', 'app', 'c')!
  assert.deepEqual(spec, { reference: 'r.test/app:v1', policy: 'newest', refresh: '5m' })
  assert.match(status.lastError!.message!, /policy is "newest": it must be semver:RANGE/)
  const next = importColumns.find(({ name }) => name === 'Next')!
  assert.equal(next.cell(told[2]!, new Date(w.clock.now())), '<none>')
  assert.deepEqual([...reporter.list('', { stream: 'ns/app', tag: 'a' })], told.slice(1))
  assert.equal(reporter.get('ns', 'app', 'd'), undefined)
  const since = '2026-03-02T10:00:00Z'
  const condition = { type: 'ImportSuccess', status: 'False', reason: 'InvalidPolicy', message: 'why', generation: 1 }
  const status2 = { tags: [{ tag: 'c', items: [], conditions: [{ ...condition, lastTransitionTime: since }] }] }
  w.client.put('imagestreams', { ...stream, status: { ...stream.status, ...status2 } } as ImageStream)
  await eventually(
    () =>
      assert.deepEqual(reporter.get('ns', 'app', 'c')!.status.lastError, {
        reason: 'InvalidPolicy',
        message: 'why',
        since,
      }),
    { interval: 1 },
  )
})
