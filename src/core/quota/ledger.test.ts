import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { quota, STREAMS } from '../../../test/support/quotas.ts'
import { charge, uncharge } from './charge.ts'
import { Ledger } from './ledger.ts'
import { countOf, type Quota } from './quota.ts'

const LIFETIME = 100
const usedOf = (one: Quota): number => countOf(one.status?.used?.[STREAMS] ?? '0')

/** A ledger that saw the quota at 0, and `freed` deletions. */
function ledger(seen: Quota, freed = 0): Ledger {
  const one = new Ledger(LIFETIME)
  one.saw(seen, undefined, 0)
  for (let i = 0; i < freed; i++) one.freed(STREAMS)
  return one
}

describe('a look at a quota', () => {
  const cases: [string, used: string, count: number, freed: number, now: number, expected: object][] = [
    ['finds nothing to do', '2', 2, 0, 0, {}],
    ['tells a number that nobody knew', '', 2, 0, 0, { used: '2' }],
    ['raises what is too low at once', '1', 3, 0, 0, { used: '3' }],
    ['leaves a promise alone, and comes back', '3', 2, 0, 40, { wait: 60 }],
    ['takes back a promise that was not kept', '3', 2, 0, 100, { used: '2' }],
    ['gives free at once what went', '3', 2, 1, 0, { used: '2' }],
    ['gives free only what went, and leaves the promise', '4', 2, 1, 40, { used: '3', wait: 60 }],
    ['never goes below what there is', '3', 3, 2, 0, {}],
  ]
  for (const [name, used, count, freed, now, expected] of cases)
    test(name, () => {
      const seen = quota('q', { [STREAMS]: `${used}/9` })
      const look = ledger(seen, freed).look(seen, { [STREAMS]: count }, now)
      const { [STREAMS]: next } = look.used
      assert.deepEqual({ ...(next !== undefined && { used: next }), ...(look.wait && { wait: look.wait }) }, expected)
    })

  test('reckons with a deletion once, and with one that comes meanwhile the next time', () => {
    const seen = quota('q', { [STREAMS]: '5/9' })
    const one = ledger(seen, 1)
    const look = one.look(seen, { [STREAMS]: 3 }, 0)
    one.freed(STREAMS)
    one.done(look)
    const after = quota('q', { [STREAMS]: '4/9' })
    assert.deepEqual(one.look(after, { [STREAMS]: 2 }, 0).used, { [STREAMS]: '3' })
    one.done(one.look(after, { [STREAMS]: 2 }, 0))
    assert.deepEqual(one.look(after, { [STREAMS]: 2 }, 0).used, {})
  })

  test('counts a promise from when it was made, whatever else changes', () => {
    const seen = quota('q', { [STREAMS]: '2/9', secrets: '1/9' })
    const one = ledger(seen)
    one.saw(quota('q', { [STREAMS]: '3/9', secrets: '1/9' }), seen, 50)
    one.saw(quota('q', { [STREAMS]: '2/9', secrets: '2/9' }), quota('q', { [STREAMS]: '3/9', secrets: '1/9' }), 90)
    const look = one.look(seen, { [STREAMS]: 1, secrets: 1 }, 120)
    assert.deepEqual([look.used, look.wait], [{}, 30])
  })
})

/** Admission, storage and a controller that hears of both late, with nothing but what the real ones know. */
class Model {
  readonly limit: number
  real: Quota
  version = 0
  stored = 0
  promises = 0
  now = 0
  /** What the controller has not heard of yet. */
  readonly quotaNews: { quota: Quota; version: number }[] = []
  readonly streamNews: (1 | -1)[] = []
  cached: { quota: Quota; version: number }
  counted = 0
  readonly ledger = new Ledger(LIFETIME)

  constructor(limit: number) {
    this.limit = limit
    this.real = quota('q', { [STREAMS]: `0/${limit}` })
    this.cached = { quota: this.real, version: 0 }
    this.ledger.saw(this.real, undefined, 0)
  }

  write(next: Quota): void {
    this.real = next
    this.version++
    this.quotaNews.push({ quota: next, version: this.version })
  }

  promise(): void {
    const [next] = charge([this.real], [STREAMS]).quotas
    if (!next) return
    this.write(next)
    this.promises++
  }

  keep(): void {
    if (this.promises === 0) return
    this.promises--
    this.stored++
    this.streamNews.push(1)
  }

  /** The process dies: nobody gives anything back. */
  die(): void {
    if (this.promises > 0) this.promises--
  }

  giveBack(): void {
    if (this.promises === 0) return
    this.promises--
    const [next] = uncharge([this.real], [STREAMS])
    if (next) this.write(next)
  }

  remove(): void {
    if (this.stored === 0) return
    this.stored--
    this.streamNews.push(-1)
  }

  hearQuota(): void {
    const news = this.quotaNews.shift()
    if (!news) return
    this.ledger.saw(news.quota, this.cached.quota, this.now)
    this.cached = news
  }

  hearStream(): void {
    const news = this.streamNews.shift() ?? 0
    this.counted += news
    if (news === -1) this.ledger.freed(STREAMS)
  }

  look(): void {
    const { quota: seen, version } = this.cached
    const look = this.ledger.look(seen, { [STREAMS]: this.counted }, this.now)
    const next = look.used[STREAMS]
    if (next !== undefined) {
      if (version !== this.version) return
      this.write({ ...seen, status: { ...seen.status, used: { [STREAMS]: next } } })
    }
    this.ledger.done(look)
  }

  /** Time passes only for promises that nobody will keep: others are kept, and heard of, sooner. */
  wait(): void {
    if (this.promises === 0 && !this.streamNews.includes(1)) this.now += LIFETIME / 2
  }
}

const STEPS = ['promise', 'keep', 'die', 'giveBack', 'remove', 'hearQuota', 'hearStream', 'look', 'wait'] as const

test('whoever is late, there are never more streams than the limit, and in the end the number is right', () => {
  const steps = fc.array(fc.constantFrom(...STEPS), { maxLength: 120, size: 'max' })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), steps, (limit, chosen) => {
      const model = new Model(limit)
      for (const step of chosen) {
        model[step]()
        assert.ok(model.stored + model.promises <= limit, `${model.stored} streams and ${model.promises} promises`)
      }
      while (model.promises > 0) model.keep()
      for (let round = 0; round < 5; round++) {
        while (model.quotaNews.length + model.streamNews.length > 0) {
          model.hearQuota()
          model.hearStream()
        }
        model.look()
        model.wait()
      }
      assert.equal(usedOf(model.real), model.stored)
    }),
    { numRuns: 5_000 },
  )
})
