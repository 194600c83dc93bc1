import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { CHECK, reserveOf, Usage, type Whose } from './usage.ts'

const [SECOND, HOUR] = [1_000, 3_600_000]
const BEGIN = 1_700_000_000_000

/** A rate that is asked for. */
class Asked {
  now = BEGIN
  readonly usage: Usage
  readonly #requests: number

  constructor(requests: number, per: number) {
    this.usage = new Usage(per)
    this.#requests = requests
  }

  /** Whether a request goes out. */
  send(whose: Whose): boolean {
    if (whose === CHECK) this.usage.ask(this.now)
    if (this.usage.refusal(this.now, this.#requests, whose)) return false
    this.usage.begin(this.now, whose)
    this.usage.end(this.now, whose, true)
    return true
  }

  /** How many, of so many. */
  all(whose: Whose, of = 1_000): number {
    return Array.from({ length: of }, () => this.send(whose)).filter(Boolean).length
  }
}

describe('of a rate', () => {
  for (const requests of [1, 2, 3, 4, 20, 100, 5_000])
    test(`of ${requests} each leaves something to the others, as far as there are that many`, () => {
      const asked = new Asked(requests, HOUR)
      const reserve = reserveOf(requests)
      const first = asked.all('first', requests)
      assert.ok(first >= 1 && first <= Math.ceil(requests * 0.75), `${first}`)
      assert.equal(asked.send('second'), requests >= 4)
      assert.equal(asked.send(CHECK), requests > 4)
      assert.ok(asked.usage.of(asked.now) <= requests)
      const other = new Asked(requests, HOUR)
      assert.equal(other.all(CHECK, requests), requests - reserve)
      // Of what checks leave.
      assert.equal(other.all('', requests), reserve)
    })

  test('imports use all while no check has asked for the length of the rate, and then leave a quarter', () => {
    const asked = new Asked(20, 10 * SECOND)
    assert.equal(asked.all(''), 20)
    assert.equal(asked.send(CHECK), false)
    asked.now += 11 * SECOND
    assert.equal(asked.all(''), 15)
    assert.equal(asked.all(CHECK), 5)
    asked.now += 72 * SECOND
    assert.equal(asked.all(''), 20)
  })

  test('namespaces that ask all the time have the same, and who comes seldom has what is left at once', () => {
    for (const [hogs, least] of [
      [1, 75],
      [2, 42],
      [5, 17],
    ] as const) {
      const asked = new Asked(100, 10 * SECOND)
      const had = new Map<string, number>()
      for (let i = 0; i < 400; i++, asked.now += 100)
        for (let hog = 0; hog < hogs; hog++)
          if (asked.send(`hog${hog}`) && i >= 200) had.set(`hog${hog}`, (had.get(`hog${hog}`) ?? 0) + 1)
      for (const count of had.values()) assert.ok(count >= 2 * least * 0.8, `${count}`)
      assert.equal(asked.all('seldom', 3), 3)
    }
  })

  test('any number of namespaces keep within it, and are counted within a bound', () => {
    const whose = fc.oneof(
      fc.constant(CHECK),
      fc.constant(''),
      fc.nat({ max: 300 }).map((n) => `n${n}`),
    )
    const step = fc.record({ whose, pass: fc.oneof(fc.constant(0), fc.nat({ max: 3 * SECOND })) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.array(step, { maxLength: 400 }), (requests, steps) => {
        const asked = new Asked(requests, 10 * SECOND)
        for (const { whose, pass } of steps) {
          asked.now += pass
          asked.send(whose)
          assert.ok(asked.usage.of(asked.now) <= requests)
        }
      }),
    )
  })
})
