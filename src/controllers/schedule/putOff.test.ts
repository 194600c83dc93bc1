// Tags that have moved, and whose imports are put off.
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { atOnce } from '../../../test/support/atOnce.ts'
import { A, B, MINUTE, world, type World } from '../../../test/support/scheduleWorld.ts'

const HOUR = 60 * MINUTE

/** What a registry tells of 100 requests in six hours. */
class Quota {
  remaining = 100
  digest = A
  readonly world: World
  readonly counts: boolean

  constructor(of: World, counts: boolean) {
    this.world = of
    this.counts = counts
    of.answer = () => ({
      checked: { digest: this.digest },
      head: { digest: this.digest, mediaType: 'm' },
      headers: this.ask(),
    })
  }

  ask(): Record<string, string> {
    if (this.counts && this.remaining > 0) this.remaining--
    return { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': `${this.remaining};w=21600` }
  }
}

/** A tag that has moved while little is left. */
async function putOff(t: TestContext, { source = 'app:v1', counts = false, tags = 1 } = {}) {
  const w = world(t)
  const quota = new Quota(w, counts)
  for (let i = 0; i < tags; i++) await w.add(`s${i}`, source.replace('app', `app${i}`))
  await w.pass(2 * MINUTE)
  assert.deepEqual(w.moved, [])
  quota.remaining = 20
  quota.digest = B
  await w.pass(counts ? 2 * HOUR : 2 * MINUTE)
  assert.deepEqual(w.moved, [])
  const status = () => w.scheduler.reporter().get('ns', 's0', 'v1')!.status
  return { w, quota, status, delayed: () => w.budgets.report()[0]!.delayed }
}

describe('a tag that has moved, and whose import waits for a quota,', () => {
  for (const tags of [1, 20])
    test(`is checked as ever where HEADs cost nothing, and imported soon after there is more (${tags} in all)`, async (t) => {
      const { w, quota, status, delayed } = await putOff(t, { tags })
      const before = w.checks.length
      await w.pass(5 * HOUR)
      assert.deepEqual(w.moved, [])
      assert.ok(w.checks.length - before >= 5 * 60 * tags, `${w.checks.length - before}`)
      assert.deepEqual([delayed().length, delayed()[0]!.what, delayed()[0]!.count], [1, 'imports', tags])
      const { delay, nextCheck } = status()
      assert.equal(delay?.reason, 'QuotaLow')
      assert.match(
        delay.message!,
        /^it has moved, and its import waits: .* the next one goes on in 6h, or as soon as it tells of more$/,
      )
      // Not when the line looks again, but when all is there again as far as is known.
      assert.ok(Date.parse(delay.until!) - w.clock.now() > 5 * HOUR)
      assert.ok(Date.parse(nextCheck!) - w.clock.now() <= MINUTE)
      quota.remaining = 100
      await w.pass(3 * MINUTE)
      assert.equal(new Set(w.moved).size, tags)
      assert.deepEqual(delayed(), [])
    })

  test('is asked for now and then where HEADs are counted, too, within what checks may use', async (t) => {
    const { w, quota } = await putOff(t, { source: 'r.test/app:v1', counts: true })
    const before = w.checks.length
    await w.pass(2 * HOUR)
    assert.deepEqual(w.moved, [])
    const asked = w.checks.length - before
    // Half of the reserve in each window.
    assert.ok(asked >= 3 && asked <= 5, `${asked}`)
    quota.remaining = 100
    await w.pass(45 * MINUTE)
    assert.deepEqual([...new Set(w.moved)], ['ns/s0:v1'])
  })

  test('is imported when its window is over, as was said, if nothing is heard before', async (t) => {
    const { w, quota, status } = await putOff(t)
    const { until } = status().delay!
    quota.remaining = 100
    w.answer = () => ({ checked: { digest: B } })
    await w.pass(Date.parse(until!) - w.clock.now() - MINUTE)
    assert.deepEqual(w.moved, [])
    await w.pass(2 * MINUTE)
    assert.deepEqual(w.moved[0], 'ns/s0:v1')
  })

  test('waits no more when it has moved back', async (t) => {
    const { w, quota, status, delayed } = await putOff(t)
    assert.equal(delayed()[0]!.count, 1)
    quota.digest = A
    await w.pass(MINUTE)
    assert.deepEqual([delayed(), status().delay], [[], undefined])
    quota.remaining = 100
    await w.pass(10 * MINUTE)
    assert.deepEqual(w.moved, [])
  })
})

test('checks of tags that have moved do not use up the configured rate that their imports wait for', async (t) => {
  const w = world(t, { rateOf: () => ({ prefix: 'r.test', requests: 8, per: HOUR }) })
  for (let i = 0; i < 3; i++) await w.add(`s${i}`, `r.test/app${i}:v1`)
  await w.pass(3 * HOUR)
  const digests = new Map<string, string>()
  w.answer = ({ source }) => ({ checked: { digest: digests.get(source.repository) ?? B } })
  w.onMoved = (stream) => {
    const repository = stream.replace('ns/s', 'app')
    atOnce(w.budgets.enter({ host: 'r.test', repository, kind: 'pull' }))({ status: 200, headers: {} })
    digests.set(repository, A)
  }
  await w.pass(3 * HOUR)
  assert.deepEqual(new Set(w.moved), new Set(['ns/s0:v1', 'ns/s1:v1', 'ns/s2:v1']))
})
