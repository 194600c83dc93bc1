// Keepers of several processes with one record, in a time that passes when a test lets it.
import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { describe, test } from 'node:test'
import { TestClock } from '../../test/support/testClock.ts'
import { silent } from '../core/machinery/log.ts'
import { Budgets } from './budgets.ts'
import { HeldBack, type Passing } from './gate.ts'
import { RateKeeper } from './rateKeeper.ts'
import type { RateRecord, Recorded } from './rateRecord.ts'

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000]

class Record implements RateRecord {
  readonly place = 'ConfigMap millrace-rates in millrace'
  text = ''
  #version = 0
  reads = 0
  writes = 0
  /** Called before each; may throw, or let somebody else be faster. */
  onRead = (): void => {}
  onWrite = (): void => {}

  read(): Promise<Recorded> {
    this.reads++
    this.onRead()
    return Promise.resolve({ text: this.text, version: `${this.#version}` })
  }

  async replace(text: string, { version }: Recorded): Promise<Recorded | undefined> {
    this.writes++
    this.onWrite()
    await setImmediate()
    if (version !== `${this.#version}`) return undefined
    this.text = text
    return { text, version: `${++this.#version}` }
  }
}

class World {
  readonly clock = new TestClock()
  readonly record = new Record()
  readonly sent: number[] = []
  readonly rate: { requests: number; per: number }
  wall = 0

  constructor(requests: number, per: number) {
    this.rate = { requests, per }
  }

  start({ host = 'r.test' } = {}) {
    const { now } = this.clock
    const wall = () => now() + this.wall
    const keeper = new RateKeeper({
      record: this.record,
      now,
      wall,
      after: (...all) => this.clock.after(...all),
      log: silent,
    })
    const rateOf = () => ({ ...this.rate, prefix: 'r.test' })
    const budgets = new Budgets({ now, keeper, rateOf })
    const send = async (by: Partial<Passing> = {}): Promise<true | HeldBack> => {
      try {
        const passed = await budgets.enter({ host, repository: 'app', kind: 'head', ...by })
        this.sent.push(now())
        passed({ status: 200, headers: {} })
        return true
      } catch (error) {
        assert.ok(error instanceof HeldBack, String(error))
        return error
      }
    }
    return {
      keeper,
      budgets,
      import: () => send(),
      check: () => send({ errand: {} }),
      importAs: (namespace: string) => send({ namespace }),
      imports: async (count: number) => {
        const sent = await Promise.all(Array.from({ length: count }, () => send()))
        return sent.filter((each) => each === true).length
      },
      left: () => budgets.report()[0]!.limits[0]!.remaining,
    }
  }

  pass(ms: number): Promise<void> {
    return this.clock.pass(ms, settle)
  }

  /** Most that were sent in one span. */
  most(): number {
    const { per } = this.rate
    return Math.max(0, ...this.sent.map((at) => this.sent.filter((other) => other > at - per && other <= at).length))
  }
}

/** Lets everything that is to come of what was done come. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await setImmediate()
}

for (const per of [20 * SECOND, HOUR])
  describe(`of a rate of 8 in ${per / SECOND} s`, () => {
    test('two processes send no more together, and both are told what is left', async () => {
      const world = new World(8, per)
      const [a, b] = [world.start(), world.start()]
      const counts = await Promise.all([a.imports(6), b.imports(6)])
      assert.equal(counts[0] + counts[1], 8)
      const refused = await a.import()
      assert.ok(refused instanceof HeldBack)
      assert.deepEqual([refused.problem, refused.delay.reason], ['held-back', 'ConfiguredRate'])
      assert.match(
        refused.message,
        /^the configured rate of 8 requests in \d+[sm] for r\.test is used up; it is asked again in /,
      )
      await Promise.all([a.budgets.refresh(), b.budgets.refresh()])
      assert.deepEqual([a.left(), b.left()], [0, 0])
      await world.pass(2 * per + MINUTE)
      assert.equal((await a.imports(9)) + (await b.imports(9)), 8)
      assert.equal(world.most(), 8)
    })

    test('what a killed process may have sent its successor does not send again', async () => {
      const world = new World(8, per)
      for (let i = 0; i < 6; i++) {
        await world.start().imports(3)
        await world.pass(SECOND)
      }
      assert.ok(world.most() <= 8)
      await world.pass(2 * per + MINUTE)
      const last = world.start()
      assert.equal(await last.imports(20), 8)
    })

    test('what a process has not used it gives back when it stops, and sends nothing any more', async () => {
      const world = new World(8, per)
      const a = world.start()
      await a.import()
      await a.keeper.stop()
      assert.ok((await a.import()) instanceof HeldBack)
      assert.equal(await world.start().imports(20), 7)
    })

    test('a check never waits: it is told when to come again, and then goes', async () => {
      const world = new World(8, per)
      const a = world.start()
      const first = a.budgets.enter
      assert.throws(() => first({ host: 'r.test', repository: 'app', kind: 'head', errand: {} }), HeldBack)
      await world.pass(SECOND)
      assert.equal(await a.check(), true)
      assert.equal(world.record.writes, 1)
    })

    test('checks leave a quarter to imports, of whichever process', async () => {
      const world = new World(8, per)
      const [a, b] = [world.start(), world.start()]
      let checks = 0
      for (let at = 0; at < 2 * per; at += per / 40) {
        if ((await a.check()) === true) checks++
        await world.pass(per / 40)
      }
      assert.ok(checks >= 8, `${checks}`)
      assert.ok((await b.imports(8)) >= 2)
      assert.ok(world.most() <= 8)
    })

    test('clocks of the wall that jump let nobody send more', async () => {
      for (const jump of [-2 * HOUR, 2 * HOUR]) {
        const world = new World(8, per)
        const [a, b] = [world.start(), world.start()]
        await a.imports(3)
        world.wall = jump
        await b.imports(8)
        await a.imports(8)
        await world.pass(10 * SECOND)
        await a.imports(8)
        await b.imports(8)
        assert.ok(world.most() <= 8, `${world.most()}`)
      }
    })
  })

test('a registry without a rate costs no request to the record, and nobody waits', async () => {
  const world = new World(8, HOUR)
  const { clock, record } = world
  const keeper = new RateKeeper({ record, now: clock.now, wall: clock.now, log: silent })
  const budgets = new Budgets({ now: clock.now, keeper })
  for (let i = 0; i < 100; i++) {
    const passed = budgets.enter({ host: 'r.test', repository: 'app', kind: 'head' })
    assert.ok(!(passed instanceof Promise))
  }
  await budgets.refresh()
  await keeper.stop()
  assert.deepEqual([record.reads, record.writes], [0, 0])
})

test('checks that go on for ever write less than once in ten seconds, and nothing when they end', async () => {
  for (const [requests, per] of [
    [10, SECOND],
    [100, MINUTE],
    [5_000, HOUR],
  ] as const) {
    const world = new World(requests, per)
    const a = world.start()
    const pause = Math.max(250, per / requests / 3)
    for (let at = 0; at < 10 * MINUTE; at += pause) {
      await a.check()
      await world.pass(pause)
    }
    assert.ok(
      world.sent.length >= 0.6 * Math.min((10 * MINUTE) / pause, (10 * MINUTE * requests) / per),
      `${world.sent.length}`,
    )
    assert.ok(world.record.writes < 60, `${world.record.writes} of ${requests}`)
    await world.pass(2 * per + 10 * MINUTE)
    const { writes } = world.record
    await world.pass(HOUR)
    assert.equal(world.record.writes, writes)
  }
})

test('while the record cannot be used nothing is sent, and it says so; it recovers by itself', async () => {
  const world = new World(8, HOUR)
  const a = world.start()
  const fails = (): never => {
    throw new Error('connection refused')
  }
  world.record.onRead = fails
  for (const what of [a.import, a.check]) {
    const refused = await what()
    assert.ok(refused instanceof HeldBack)
    assert.equal(refused.delay.reason, 'RateUnknown')
    assert.match(
      refused.message,
      /^what is left of the configured rate of 8 requests in 60m for r\.test is not known: the record of what was sent \(ConfigMap millrace-rates in millrace\) cannot be read or written; it is asked again in [12]s$/,
    )
  }
  assert.deepEqual(world.sent, [])
  world.record.onRead = () => {}
  world.record.onWrite = fails
  await world.pass(2 * SECOND)
  assert.ok((await a.import()) instanceof HeldBack)
  world.record.onWrite = () => {}
  await world.pass(5 * SECOND)
  // Two are kept for checks.
  assert.equal(await a.imports(9), 6)
})

test('what was granted is used up while the record cannot be written, and no more', async () => {
  const world = new World(100, HOUR)
  const a = world.start()
  assert.equal(await a.import(), true)
  world.record.onWrite = () => {
    throw new Error('gone')
  }
  let sent = 1
  while ((await a.import()) === true) sent++
  assert.equal(sent, 5)
})

test('a record that somebody has damaged is no leave to send', async () => {
  const world = new World(8, HOUR)
  world.record.text = '{"x":[]}'
  const refused = await world.start().import()
  assert.ok(refused instanceof HeldBack)
  assert.equal(refused.delay.reason, 'RateUnknown')
})

test('the record names neither registries nor users, and holds so many accounts', async () => {
  const world = new World(8, HOUR)
  for (let i = 0; i < 150; i++) await world.start({ host: `secret-${i}.test` }).import()
  assert.ok(!world.record.text.includes('secret') && !world.record.text.includes('r.test'))
  assert.equal(Object.keys(JSON.parse(world.record.text) as object).length, 129)
  // Those that have no room share.
  assert.equal(world.sent.length, 128 + 8)
})

describe('of a rate of 20 in 10 s', () => {
  const [REQUESTS, PER, LENGTH] = [20, 10 * SECOND, 20 * SECOND]

  test('a process that imports in a loop leaves something to checks of another one', async () => {
    const world = new World(REQUESTS, PER)
    const [a, b] = [world.start(), world.start()]
    let [imports, checks, late] = [0, 0, 0]
    for (let at = 0; at < 10 * LENGTH; at += 250) {
      imports += await a.imports(4)
      if (at % (2 * SECOND) === 0 && at >= 3 * SECOND && (await b.check()) === true) {
        checks++
        if (at >= 3 * LENGTH) late++
      }
      await world.pass(250)
    }
    assert.ok(world.most() <= REQUESTS, `${world.most()}`)
    // A quarter is theirs: five in ten seconds, as they come.
    assert.ok(late >= 0.75 * 70, `${late} of 70 checks, ${checks} in all`)
    assert.ok(imports >= 0.4 * 20 * REQUESTS, `${imports} imports`)
    assert.ok(world.record.writes < (2 * (10 * LENGTH)) / (5 * SECOND), `${world.record.writes} writes`)
  })

  test('of eight processes that ask all the time each has some within two lengths, and from then on', async () => {
    const world = new World(REQUESTS, PER)
    const all = Array.from({ length: 8 }, () => world.start())
    const had = all.map(() => 0)
    const turn = async () => {
      const sent = await Promise.all(all.map((each) => each.imports(2)))
      for (const [i, count] of sent.entries()) had[i]! += count
      await world.pass(250)
    }
    for (let at = 0; at < 2 * LENGTH; at += 250) await turn()
    assert.ok(Math.min(...had) > 0, had.join(' '))
    had.fill(0)
    for (let at = 0; at < 4 * LENGTH; at += 250) await turn()
    assert.ok(Math.min(...had) >= 8, had.join(' '))
    assert.ok(world.most() <= REQUESTS, `${world.most()}`)
    const sum = had.reduce((sum, count) => sum + count)
    assert.ok(sum >= 0.6 * 8 * REQUESTS, `${sum}`)
  })

  test('a namespace that loops at all processes leaves something to another one, wherever that asks', async () => {
    const world = new World(REQUESTS, PER)
    const all = Array.from({ length: 3 }, () => world.start())
    let [asked, good, looped] = [0, 0, 0]
    for (let at = 0; at < 12 * LENGTH; at += 250) {
      for (const each of all) if ((await each.importAs('loop')) === true) looped++
      if (at > 2 * LENGTH && at % (5 * SECOND) === 0) {
        asked++
        if ((await all[asked % 3]!.importAs('seldom')) === true) good++
      }
      await world.pass(250)
    }
    assert.ok(good >= 0.9 * asked, `${good} of ${asked}`)
    assert.ok(looped >= 0.4 * 24 * REQUESTS, `${looped}`)
    assert.ok(world.most() <= REQUESTS, `${world.most()}`)
  })
})

test('of a rate by blocks a process that has used all of it leaves some to another one when it comes back', async () => {
  const world = new World(40, HOUR)
  const [a, b] = [world.start(), world.start()]
  let had = 0
  for (let at = 0; at < 3 * HOUR; at += MINUTE) {
    await a.imports(4)
    if (at >= HOUR / 2 && (await b.import()) === true) had++
    await world.pass(MINUTE)
  }
  assert.ok(had >= 20, `${had}`)
  assert.ok(world.most() <= 40)
})
