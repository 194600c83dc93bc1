import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { claim, placeOf, pruned } from './claim.ts'
import { type Granted, type GrantRecord, lengthOf, liveGrants, SLACK, sumOf } from './grants.ts'
import { createHolding } from './createHolding.ts'
import type { Ended, Holding } from './holding.ts'

const BEGIN = 1_700_000_000_000
const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000]
const NAME = 'account'

/** A registry that keeps account of when it has heard what. */
class Heard {
  readonly times: number[] = []

  /** Most in one span. */
  most(per: number): number {
    const times = this.times.toSorted((a, b) => a - b)
    let [first, found] = [0, 0]
    for (const [last, at] of times.entries()) {
      while (times[first]! <= at - per) first++
      found = Math.max(found, last - first + 1)
    }
    return found
  }
}

/** The record, which a write replaces only as it was read. */
class Shared {
  text: Granted | undefined
  version = 0

  replace(granted: Granted | undefined, version: number): boolean {
    if (version !== this.version) return false
    this.text = granted
    this.version++
    return true
  }
}

let processes = 0

class Process {
  readonly holder = `process-${processes++}`
  readonly holding: Holding
  readonly #record: Shared
  readonly #skew: number
  readonly #rate: { requests: number; per: number }

  constructor(record: Shared, rate: { requests: number; per: number }, skew = 0) {
    this.#record = record
    this.#rate = rate
    this.#skew = skew
    this.holding = createHolding(rate.per)
  }

  clock = (now: number): number => now + this.#skew

  /** `outcome` of the write: late ones come after the process has given them up. */
  claim(now: number, { want = 1, most = this.#rate.requests, outcome = 'good' }: Writing = {}): (() => void) | void {
    const time = this.clock(now)
    const times = { early: time, late: time }
    const before = pruned(new Map(this.#record.text ? [[NAME, this.#record.text]] : []), times)
    const { version } = this.#record
    const claimant = { holder: this.holder, now: time, times }
    const { granted, commit } = claim(before.get(NAME), this.holding, { most, per: this.#rate.per, want }, claimant)
    if (outcome === 'lost') return
    if (outcome === 'late') return () => void this.#record.replace(granted, version)
    const good = this.#record.replace(granted, version)
    if (good && outcome === 'good') commit()
  }

  take(now: number): Ended {
    return this.holding.take(this.clock(now))
  }

  left(now: number): number {
    return this.holding.left(this.clock(now))
  }
}

type Outcome = 'good' | 'lost' | 'unanswered' | 'late'

interface Writing {
  want?: number
  most?: number
  outcome?: Outcome
}

describe('processes that share a record', () => {
  const step = fc.record({
    who: fc.nat({ max: 2 }),
    what: fc.constantFrom('send', 'send', 'send', 'claim', 'claim', 'claim', 'check', 'settle', 'kill', 'stop'),
    outcome: fc.constantFrom<Outcome>('good', 'good', 'good', 'good', 'good', 'lost', 'unanswered', 'late'),
    pass: fc.oneof(
      fc.constant(0),
      fc.constant(0),
      fc.integer({ min: 0, max: 2 * SECOND }),
      fc.integer({ min: 0, max: MINUTE }),
    ),
    /** Goes on to where a grant of the record ends, or counts no more, or to shortly before or after that. */
    edge: fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      {
        weight: 1,
        arbitrary: fc.record({
          grant: fc.nat({ max: 9 }),
          end: fc.nat({ max: 2 }),
          by: fc.integer({ min: -1, max: 1 }),
        }),
      },
    ),
    count: fc.integer({ min: 1, max: 12 }),
    latency: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: SLACK / 4 })),
    isHeardLate: fc.boolean(),
    isSent: fc.integer({ min: 0, max: 5 }).map((n) => n > 0),
  })
  const per = fc.constantFrom(2 * SECOND, 30 * SECOND, 200 * SECOND, 6 * MINUTE, HOUR)
  /** Clocks of the processes. */
  const SKEWS = [0, (SLACK * 3) / 4, 7]

  test('never send more than the rate, whoever is killed, whatever is lost and whose clock is wrong within bounds', () => {
    const steps = fc.array(step, { minLength: 150, maxLength: 300, size: 'max' })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), per, steps, (requests, per, steps) => {
        const record = new Shared()
        const heard = new Heard()
        const start = (who: number) => new Process(record, { requests, per }, SKEWS[who])
        const all = SKEWS.map((_, who) => start(who))
        const late: (() => void)[] = []
        let answers: { at: number; run: () => void }[] = []
        let now = BEGIN
        for (const { who, what, outcome, pass, edge, count, latency, isHeardLate, isSent } of steps) {
          const grants = record.text?.grants ?? []
          const grant = grants[(edge?.grant ?? 0) % grants.length]
          const skew = SKEWS[who]!
          if (!edge || !grant) now += pass
          else now = Math.max(now, grant.until - skew + edge.by + [0, per, per + SLACK][edge.end]!)
          for (const { run } of answers.filter(({ at }) => at <= now)) run()
          answers = answers.filter(({ at }) => at > now)
          const process = all[who]!
          if (what === 'send')
            for (let i = 0; i < count && process.left(now) > 0; i++) {
              const ended = process.take(now)
              const at = now + latency
              if (isSent) heard.times.push(isHeardLate ? at : now)
              answers.push({ at, run: () => ended(process.clock(at), isSent) })
            }
          else if (what === 'kill') all[who] = start(who)
          else if (what === 'stop') {
            process.holding.end()
            process.claim(now, { want: 0 })
            all[who] = start(who)
          } else {
            const most = what === 'check' ? Math.ceil((requests * 3) / 4) : requests
            const want = what === 'settle' ? 0 : count
            const write = process.claim(now, { want, most, outcome })
            if (write) late.push(write)
          }
          if (late.length > 2 || (late.length > 0 && pass % 3 === 0)) late.shift()!()
        }
        assert.ok(heard.most(per) <= requests, `${heard.most(per)} of ${requests}`)
      }),
      { numRuns: 500 },
    )
  })

  /** One process asks as much as it may; gives what it got of what the rate allows, and its writes. */
  function alone(requests: number, per: number, periods: number) {
    const record = new Shared()
    const process = new Process(record, { requests, per })
    const heard = new Heard()
    let writes = 0
    const tick = Math.max(10, per / requests / 4)
    for (let now = BEGIN; now < BEGIN + periods * per; now += tick) {
      if (process.left(now) < 1) {
        process.claim(now)
        writes++
      }
      for (; process.left(now) > 0; process.take(now)(process.clock(now), true)) heard.times.push(now)
    }
    assert.ok(heard.most(per) <= requests)
    const last = heard.times.filter((at) => at > BEGIN + per).length
    return { part: last / (requests * (periods - 1)), writes, grants: record.text?.grants.length ?? 0 }
  }

  for (const [requests, per] of [
    [6, 20 * SECOND],
    [10, SECOND],
    [100, MINUTE],
    [60, 5 * MINUTE],
    [100, HOUR],
    [5_000, HOUR],
    [200, 6 * HOUR],
  ] as const)
    test(`one of them uses most of ${requests} in ${per / SECOND} s`, () => {
      const { part, grants } = alone(requests, per, 8)
      assert.ok(part >= 0.85 && part <= 1, `${part}`)
      assert.ok(grants <= 30, `${grants}`)
    })

  test('one that begins again after it was killed goes on with what the one before has left', () => {
    const record = new Shared()
    const rate = { requests: 100, per: HOUR }
    const first = new Process(record, rate)
    let now = BEGIN
    for (; now < BEGIN + HOUR / 2; now += 30 * SECOND) {
      if (first.left(now) < 1) first.claim(now)
      first.take(now)(now, true)
    }
    const second = new Process(record, rate)
    second.claim(now, { want: 100 })
    // Sixty were sent; up to one block of five is lost.
    assert.ok(second.left(now) >= 35 && second.left(now) <= 40, `${second.left(now)}`)
    // Those of the first quarter of an hour count no more.
    now += (HOUR * 3) / 4
    second.claim(now, { want: 100 })
    assert.ok(second.left(now) >= 65 && second.left(now) <= 70, `${second.left(now)}`)
  })

  test('one that stops gives back what it has not used', () => {
    for (const per of [MINUTE, HOUR]) {
      const record = new Shared()
      const first = new Process(record, { requests: 40, per })
      first.claim(BEGIN, { want: 40 })
      first.take(BEGIN)(BEGIN, true)
      first.holding.end()
      assert.equal(first.left(BEGIN), 0)
      first.claim(BEGIN + SECOND, { want: 0 })
      const second = new Process(record, { requests: 40, per })
      second.claim(BEGIN + SECOND, { want: 40 })
      assert.equal(second.left(BEGIN + SECOND), 39)
    }
  })

  test('what is not used is given back, and what is under way when its time is over is told', () => {
    for (const per of [MINUTE, HOUR]) {
      const record = new Shared()
      const process = new Process(record, { requests: 40, per })
      process.claim(BEGIN, { want: 10 })
      const ended = process.take(BEGIN)
      const until = BEGIN + lengthOf(per)
      assert.equal(process.holding.dueAt(), until)
      process.claim(until + 1, { want: 0 })
      assert.deepEqual(
        record.text!.grants.map(({ count }) => count),
        [1],
      )
      assert.ok(record.text!.grants[0]!.until >= until + 15 * SECOND)
      ended(until + 2, true)
      process.claim(until + MINUTE, { want: 0 })
      assert.equal(record.text!.grants[0]!.until, until + 2)
      assert.equal(process.holding.dueAt(), undefined)
    }
  })
})

describe('who has got none', () => {
  const counts = (record: Shared, { holder }: Process) =>
    record.text!.grants.filter((grant) => grant.holder === holder).map(({ count }) => count)

  test('says so, and is left the same as others: these stop at once, and tell when what they have sent counts no more', () => {
    const record = new Shared()
    const rate = { requests: 20, per: 10 * SECOND }
    const [first, second] = [new Process(record, rate), new Process(record, rate)]
    first.claim(BEGIN, { want: 20 })
    for (let i = 0; i < 8; i++) first.take(BEGIN)(BEGIN, true)
    second.claim(BEGIN)
    assert.deepEqual(counts(record, second), [0])
    assert.equal(first.left(BEGIN), 12)
    first.claim(BEGIN + SECOND)
    assert.equal(first.left(BEGIN + SECOND), 2)
    assert.deepEqual(counts(record, first), [10])
    second.claim(BEGIN + SECOND, { want: 20 })
    assert.equal(second.left(BEGIN + SECOND), 10)
    // Nobody wishes any more.
    assert.deepEqual(counts(record, second), [10])
  })

  test('a wish ends by itself, and is told again when half of it is over', () => {
    const record = new Shared()
    const rate = { requests: 2, per: 10 * SECOND }
    const [first, second] = [new Process(record, rate), new Process(record, rate)]
    first.claim(BEGIN, { want: 2 })
    for (let i = 0; i < 2; i++) first.take(BEGIN)(BEGIN, true)
    const wished = () => record.text!.grants.find(({ holder }) => holder === second.holder)?.until
    second.claim(BEGIN)
    assert.equal(wished(), BEGIN + 40 * SECOND)
    second.claim(BEGIN + 10 * SECOND)
    assert.equal(wished(), BEGIN + 40 * SECOND)
    const at = (early: number) => pruned(new Map([[NAME, record.text!]]), { early, late: early }).get(NAME)
    assert.equal(
      at(BEGIN + 40 * SECOND)?.grants.find(({ count }) => count === 0),
      undefined,
    )
    assert.ok(at(BEGIN + 40 * SECOND - 1)?.grants.some(({ count }) => count === 0))
  })

  test('a share that is all in use is renewed as it is', () => {
    const process = new Process(new Shared(), { requests: 4, per: 10 * SECOND })
    process.claim(BEGIN, { want: 4 })
    for (let i = 0; i < 4; i++) process.take(BEGIN + 8 * SECOND)(BEGIN + 8 * SECOND, true)
    process.claim(BEGIN + 16 * SECOND)
    assert.equal(process.left(BEGIN + 16 * SECOND), 0)
    assert.equal(process.left(BEGIN + 30 * SECOND), 4)
  })
})

describe('a record', () => {
  const grant = (until: number, count = 1, holder = 'x') => ({ holder, count, until })

  test('forgets what no longer counts, by the clock that is behind', () => {
    const record = new Map([[NAME, { per: HOUR, grants: [grant(BEGIN), grant(BEGIN + MINUTE)] }]])
    const at = (early: number) => pruned(record, { early, late: early + HOUR }).get(NAME)?.grants.length
    assert.equal(at(BEGIN + HOUR + SLACK - 1), 2)
    assert.equal(at(BEGIN + HOUR + SLACK), 1)
    assert.equal(at(BEGIN + HOUR + SLACK + MINUTE), undefined)
  })

  test('believes no grant that is longer than any: clocks may have been wrong', () => {
    const times = { early: BEGIN, late: BEGIN }
    const [found] = liveGrants({ per: HOUR, grants: [grant(BEGIN + 1_000 * HOUR)] }, times)
    assert.equal(found!.until, BEGIN + lengthOf(HOUR) + SLACK)
  })

  test('has room for so many accounts; others share one for each prefix, and nobody changes sides while anything counts', () => {
    const of = (count: number): GrantRecord =>
      new Map(Array.from({ length: count }, (_, i) => [`${i}`, { per: HOUR, grants: [grant(BEGIN)] }]))
    assert.equal(placeOf(of(127), ['own', 'shared']), 'own')
    assert.equal(placeOf(of(128), ['own', 'shared']), 'shared')
    assert.equal(placeOf(of(128), ['5', 'shared']), '5')
    assert.equal(placeOf(of(10), ['own', '3']), '3')
  })

  test('makes one of old grants where there are too many, and forgets none', () => {
    const grants = Array.from({ length: 200 }, (_, i) => grant(BEGIN - 1_000 + i, 1, `h${i}`))
    const process = new Process(new Shared(), { requests: 1_000, per: HOUR })
    const times = { early: BEGIN, late: BEGIN }
    const claimant = { holder: 'me', now: BEGIN, times }
    const { granted } = claim({ per: HOUR, grants }, process.holding, { most: 1_000, per: HOUR, want: 7 }, claimant)
    assert.equal(granted!.grants.length, 64)
    assert.equal(sumOf(granted!.grants), 200 + 50)
  })
})
