import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Budget, type Rate } from './budget.ts'
import { CHECK, type Whose } from './usage.ts'
import { parseQuota, type Quota } from './quotaHeaders.ts'

const BEGIN = 1_700_000_000_000
const [MINUTE, HOUR, WEEK] = [60_000, 3_600_000, 7 * 24 * 3_600_000]
const rate = (requests: number, per = HOUR): Rate => ({ prefix: 'r.test', requests, per })

function limited(by: Rate): Budget {
  const budget = new Budget({ freeHeads: false })
  budget.limit(BEGIN, by)
  return budget
}

/** A registry that counts, in windows that begin anew or by the time of each request. */
class Counting {
  readonly #limit: number
  readonly #window: number
  readonly #rolls: boolean
  readonly times: number[] = []
  refusals = 0

  constructor(limit: number, window: number, rolls: boolean) {
    this.#limit = limit
    this.#window = window
    this.#rolls = rolls
  }

  ask(now: number, counts = true): Quota {
    const since = this.#rolls ? now - this.#window : now - (now % this.#window) - 1
    const used = this.times.filter((at) => at > since).length
    if (!counts) return { limit: this.#limit, remaining: this.#limit - used, window: this.#window }
    if (used >= this.#limit) this.refusals++
    else this.times.push(now)
    return { limit: this.#limit, remaining: Math.max(0, this.#limit - used - 1), window: this.#window }
  }
}

/** An import's request, and its answer. */
function pull(budget: Budget, now: number): void {
  budget.sent(now, true)
  budget.answered(now, undefined)
}

function check(budget: Budget, now: number, quota?: Quota): void {
  budget.takeTurn(now)
  budget.sent(now, false, CHECK)
  budget.answered(now, { head: true, quota, refused: false, good: true }, CHECK)
}

describe('a configured rate', () => {
  /**
   * What comes, after how many milliseconds: a check or an import of a namespace, and perhaps a jump of the clock. How many steps later it is answered,
   * and whether the registry hears it then, or at once.
   */
  const step = fc.record({
    whose: fc.constantFrom<Whose>(CHECK, '', 'a', 'b'),
    answer: fc.nat({ max: 5 }),
    late: fc.boolean(),
    pass: fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 10 * MINUTE })),
    jump: fc.option(fc.integer({ min: -WEEK, max: 0 }), { freq: 20 }),
  })

  test('is never exceeded, by whatever is asked and whatever the clock does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1_000, max: HOUR }),
        fc.array(step, { maxLength: 400 }),
        (requests, per, steps) => {
          const budget = limited(rate(requests, per))
          const heard: number[] = []
          const answers = new Map<number, [boolean, Whose][]>()
          let [now, steady] = [BEGIN, 0]
          for (const [i, { whose, pass, jump, answer, late }] of steps.entries()) {
            steady += pass
            now += pass + (jump ?? 0)
            for (const [isHeard, of] of answers.get(i) ?? []) {
              budget.answered(now, undefined, of)
              if (isHeard) heard.push(steady)
            }
            if (whose === CHECK ? !budget.check(now) : !budget.request(now, whose)) {
              if (whose === CHECK) budget.takeTurn(now)
              budget.sent(now, whose !== CHECK, whose)
              if (!late) heard.push(steady)
              answers.set(i + 1 + answer, [...(answers.get(i + 1 + answer) ?? []), [late, whose]])
            }
            assert.ok(heard.filter((at) => at > steady - per).length <= requests)
          }
        },
      ),
    )
  })

  test('is spread over its time by checks, which leave a quarter to imports that people wait for', () => {
    const budget = limited(rate(100))
    const sent: number[] = []
    for (let now = BEGIN; now < BEGIN + 6 * HOUR; now += 1_000) {
      if (budget.check(now)) continue
      check(budget, now)
      sent.push(now)
    }
    assert.ok(sent.length >= 6 * 75 - 10 && sent.length <= 6 * 75 + 1, `${sent.length}`)
    const gaps = sent.slice(1).map((at, i) => at - sent[i]!)
    assert.ok(Math.min(...gaps) >= 47_000)
    for (let i = 0; i < 24; i++) {
      assert.equal(budget.request(BEGIN + 6 * HOUR), undefined)
      pull(budget, BEGIN + 6 * HOUR)
    }
    const [limit] = budget.report(BEGIN + 6 * HOUR).limits
    assert.deepEqual(
      { ...limit, remaining: limit!.remaining <= 2 },
      { ...limit, from: 'configuration', remaining: true },
    )
  })

  test('begins with one check and no burst, so that a restart gives none', () => {
    const fast = rate(4_000, MINUTE)
    const inASecond = (budget: Budget, begin: number) => {
      let sent = 0
      for (let now = begin; now < begin + 1_000; now += 10) for (; !budget.check(now); sent++) check(budget, now)
      return sent
    }
    // 50 a second, spread over it.
    const first = limited(fast)
    assert.equal(first.check(BEGIN), undefined)
    check(first, BEGIN)
    assert.deepEqual(first.check(BEGIN), { ms: 20, reason: 'ConfiguredRate' })
    assert.ok(inASecond(limited(fast), BEGIN) <= 51)
    // When nothing was asked for a while a second's worth may follow at once.
    assert.ok(inASecond(first, BEGIN + MINUTE) > 90)
  })

  test('that changes counts what was sent before', () => {
    const budget = limited(rate(10, HOUR))
    for (let i = 0; i < 5; i++) pull(budget, BEGIN)
    budget.limit(BEGIN + MINUTE, rate(6, 2 * HOUR))
    assert.equal(budget.request(BEGIN + MINUTE), undefined)
    pull(budget, BEGIN + MINUTE)
    assert.ok(budget.request(BEGIN + HOUR + 30 * MINUTE))
    budget.limit(BEGIN + HOUR, undefined)
    assert.equal(budget.request(BEGIN + HOUR), undefined)
  })

  test('says how long to wait, and is right', () => {
    const budget = limited(rate(10))
    for (let i = 0; i < 10; i++) pull(budget, BEGIN + i)
    const delay = budget.request(BEGIN + 10)!
    assert.equal(delay.reason, 'ConfiguredRate')
    assert.ok(budget.request(BEGIN + 9 + delay.ms))
    assert.equal(budget.request(BEGIN + 10 + delay.ms), undefined)
  })
})

test('what was not sent after all counts nowhere', () => {
  const budget = limited(rate(1))
  budget.sent(BEGIN, true)
  assert.ok(budget.request(BEGIN))
  budget.unsent(BEGIN)
  assert.equal(budget.request(BEGIN), undefined)
  assert.deepEqual(budget.report(BEGIN), {
    requests: 0,
    pullsAvoided: 0,
    limits: [{ from: 'configuration', limit: 1, remaining: 1, window: HOUR }],
  })
})

describe('what a registry tells', () => {
  for (const rolls of [false, true])
    test(`is spread over the rest of a window that ${rolls ? 'rolls' : 'begins anew'}, and never used up`, () => {
      const registry = new Counting(100, 6 * HOUR, rolls)
      const budget = new Budget({ freeHeads: false })
      let checks = 0
      for (let now = BEGIN; now < BEGIN + WEEK; now += 5_000) {
        // A person imports now and then.
        if (now % (HOUR * 2) < 5_000)
          budget.answered(now, { head: false, quota: registry.ask(now), refused: false, good: true })
        if (budget.check(now)) continue
        checks++
        check(budget, now, registry.ask(now))
      }
      assert.equal(registry.refusals, 0)
      // Of 28 windows.
      assert.ok(checks > 28 * 45 && checks <= 28 * 97, `${checks}`)
    })

  test('slows nothing where HEADs cost nothing: by contract, or as can be seen', () => {
    const registry = new Counting(100, 6 * HOUR, true)
    for (const freeHeads of [true, false]) {
      const budget = new Budget({ freeHeads })
      let checks = 0
      for (let now = BEGIN; now < BEGIN + 6 * HOUR; now += 3_000) {
        if (budget.check(now)) continue
        checks++
        check(budget, now, registry.ask(now, false))
      }
      assert.ok(checks > 1_500, `${checks}`)
    }
  })

  test('keeps pulls for people: tags that have moved wait while little is left, and go on in the next window', () => {
    const budget = new Budget({ freeHeads: true })
    check(budget, BEGIN, { limit: 100, remaining: 27, window: HOUR, reset: HOUR })
    let allowed = 0
    while (!budget.pull(BEGIN)) {
      budget.promise(BEGIN)
      allowed++
    }
    assert.equal(allowed, 2)
    assert.equal(budget.pull(BEGIN)?.reason, 'QuotaLow')
    assert.equal(budget.request(BEGIN), undefined)
    assert.equal(budget.check(BEGIN), undefined)
    assert.equal(budget.pull(BEGIN + HOUR), undefined)
  })

  test('that nothing is left stops checks until the window begins anew', () => {
    const budget = new Budget({ freeHeads: false })
    check(budget, BEGIN, { limit: 100, remaining: 0, window: HOUR, reset: 20 * MINUTE })
    assert.deepEqual(budget.check(BEGIN + 1), { ms: 20 * MINUTE - 1, reason: 'QuotaLow' })
    assert.equal(budget.check(BEGIN + 20 * MINUTE), undefined)
    check(budget, BEGIN + 20 * MINUTE, { limit: 100, remaining: 99, window: HOUR, reset: HOUR })
    const { ms } = budget.check(BEGIN + 20 * MINUTE)!
    assert.ok(ms > 40_000 && ms < 50_000, `${ms}`)
  })

  test('stops nobody for ever, whatever it is and whatever the clock does', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789=;,."rtqw -e'.split('')), maxLength: 30 })
    const number = fc.oneof(
      text,
      fc.constantFrom('0', '1', '-1', 'NaN', '1e9', '999999999999', '0;w=999999999', '1;w=1'),
    )
    const told = fc.record({
      limit: number,
      remaining: number,
      reset: number,
      ratelimit: text,
      jump: fc.integer({ min: -1e12, max: 1e10 }),
    })
    fc.assert(
      fc.property(fc.array(told, { maxLength: 20 }), (answers) => {
        const budget = new Budget({ freeHeads: false })
        let now = BEGIN
        for (const { limit, remaining, reset, ratelimit, jump } of answers) {
          const headers = {
            'ratelimit-limit': limit,
            'ratelimit-remaining': remaining,
            'ratelimit-reset': reset,
            ratelimit,
          }
          const at = now
          const quota = parseQuota(headers, () => at)
          check(budget, now, quota)
          now += jump
          let waited = 0
          for (let delay = budget.check(now); delay; delay = budget.check(now + waited)) {
            assert.ok(delay.ms > 0 && Number.isFinite(delay.ms))
            waited += delay.ms
          }
          // A limit of one in a week is half that, as somebody else may want it.
          assert.ok(waited <= 14 * 24 * HOUR + 1_000, `${waited}`)
          now += waited
        }
      }),
    )
  })
})

describe('a registry that refuses', () => {
  const refuse = (budget: Budget, now: number, retryAfter?: number) => {
    budget.sent(now, false)
    budget.answered(now, { head: true, refused: true, retryAfter, good: false })
  }

  test('is left alone for as long as it says, at most an hour', () => {
    for (const [asked, waits] of [
      [MINUTE, MINUTE],
      [10 * HOUR, HOUR],
      [Infinity, HOUR],
    ] as const) {
      const budget = new Budget({ freeHeads: false })
      refuse(budget, BEGIN, asked)
      assert.deepEqual(budget.check(BEGIN), { ms: waits, reason: 'RateLimited' })
      assert.deepEqual(budget.pull(BEGIN), { ms: waits, reason: 'RateLimited' })
      // People decide for themselves.
      assert.equal(budget.request(BEGIN), undefined)
      assert.equal(budget.check(BEGIN + waits), undefined)
    }
  })

  test('without saying how long: twice as long each time, and anew when it has answered', () => {
    const budget = new Budget({ freeHeads: false })
    let now = BEGIN
    for (const seconds of [30, 60, 120]) {
      refuse(budget, now)
      // Those that were under way count once.
      refuse(budget, now)
      assert.equal(budget.check(now)?.ms, seconds * 1_000)
      now += seconds * 1_000
    }
    check(budget, now)
    refuse(budget, now)
    assert.equal(budget.check(now)?.ms, 30_000)
  })
})

test('without headers and without a rate nothing slows', () => {
  const budget = new Budget({ freeHeads: false })
  for (let i = 0; i < 10_000; i++) {
    assert.equal(budget.check(BEGIN) ?? budget.pull(BEGIN) ?? budget.request(BEGIN), undefined)
    check(budget, BEGIN)
    budget.avoided(BEGIN)
  }
  assert.deepEqual(budget.report(BEGIN), { requests: 10_000, pullsAvoided: 10_000, limits: [] })
})
