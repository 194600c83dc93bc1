import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { ORIGINS } from '../../core/image/annotations.ts'
import { A, B, MINUTE, STREAMS, world } from '../../../test/support/scheduleWorld.ts'

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

test('another freshness for all counts at once, and not for tags that have their own', async (t) => {
  const w = world(t)
  await w.add('s', 'r.test/app:v1')
  await w.add('t', 'r.test/other:v1', { refresh: '1m' })
  w.refresh = 10 * MINUTE
  w.scheduler.renew()
  await w.pass(60 * MINUTE)
  const checks = (name: string) => w.checks.filter(({ key }) => key.endsWith(name)).length
  assert.ok(checks('/app') >= 5 && checks('/app') <= 7, `${checks('/app')}`)
  assert.ok(checks('/other') >= 58)
  w.refresh = undefined
  w.scheduler.renew()
  await w.pass(60 * MINUTE)
  assert.ok(checks('/app') >= 5 + 58, `${checks('/app')}`)
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

test('what was imported of an index is not imported again after a start either', async (t) => {
  const w = world(t)
  await w.add('s', 'r.test/app:v1')
  w.registry.set('app', { checked: { digest: B } })
  await w.pass(MINUTE)
  w.scheduler.answered('ns/s', ['v1'], w.streams.get('ns', 's')!)
  const [[key, origins]] = w.remembered as [[string, string]]
  assert.equal(key, 'ns/s')
  const next = world(t)
  await next.add('s', 'r.test/app:v1', { annotations: { [ORIGINS]: origins } })
  next.registry.set('app', { checked: { digest: B } })
  await next.pass(10 * MINUTE)
  assert.ok(next.checks.length >= 10)
  assert.deepEqual(next.moved, [])
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
    w.registry.set(`app${i}`, { checked: { failure: 'RateLimited' }, headers: { 'retry-after': '1200' } })
  await w.pass(19 * MINUTE)
  const busy = () => w.checks.filter(({ key }) => key.startsWith('busy.test')).length
  assert.equal(busy(), 1)
  assert.ok(w.checks.length - 1 >= 18)
  assert.deepEqual(w.moved, [])
  w.registry.clear()
  await w.pass(4 * MINUTE)
  assert.ok(busy() >= 51)
  // They come back over half a minute.
  const after = Map.groupBy(w.checks.filter(({ key }) => key.startsWith('busy.test')).slice(1), ({ key }) => key)
  const back = [...after.values()].map(([first]) => first!.at)
  assert.equal(back.length, 50)
  assert.ok(Math.max(...back) - Math.min(...back) > 25_000 && Math.max(...back) - Math.min(...back) <= 31_000)
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
