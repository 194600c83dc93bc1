// What a registry has told of its quota, and what that means by now.
import { type Delay, delayOf } from './delay.ts'
import type { Quota } from './quotaHeaders.ts'
import type { DelayReason, LimitReport } from './report.ts'

/** What an answer tells. */
export interface Told {
  /** Whether it answers a HEAD. */
  head: boolean
  quota?: Quota | undefined
}

/** So many checks in each millisecond, and because of what. */
export interface Pace {
  perMs: number
  reason: DelayReason
}

/** Longest time that nothing is asked because a registry has told that nothing is left, in milliseconds: then it is asked once. */
const LONGEST = 24 * 3_600_000
/** HEADs in a row that left the quota as it was, after which they are taken to cost nothing. */
const FLAT = 16

/** A window that does not say when it begins anew is slowed in when less than this part of the limit is left beside the reserve: 1/4. */
const STEADY = 4

/** The pace of so many requests in a window. */
export const paceOf = (requests: number, window: number, reason: DelayReason): Pace => ({
  perMs: requests / window,
  reason,
})

/** See above. */
export class Quotas {
  readonly #freeHeads: boolean
  #quota: Quota | undefined
  #told = 0
  /** Requests that have not been answered yet. */
  #underWay = 0
  /** Requests that were sent since the last answer, beside the one that it answers. */
  #others = false
  #flat = 0

  constructor(freeHeads: boolean) {
    this.#freeHeads = freeHeads
  }

  sent(): void {
    this.#underWay++
    if (this.#underWay > 1) this.#others = true
  }

  answered(now: number, told: Told | undefined): void {
    this.#underWay = Math.max(0, this.#underWay - 1)
    if (told?.quota) {
      if (told.head && !this.#others) this.#learn(now, told.quota)
      // Only what comes from now on is sure to come after this answer.
      this.#others = this.#underWay > 0
      this.#quota = told.quota
      this.#told = now
    } else if (told && !told.head) this.#others = true
  }

  /** How many may be asked beside the reserve, how many ever, and in how many milliseconds there are more; undefined: nothing is known. */
  left(now: number, reserve: number): { spare: number; most: number; renewal: number } | undefined {
    const quota = this.#current(now)
    if (!quota) return undefined
    const most = quota.limit - Math.floor(quota.limit * reserve)
    return { spare: this.#spare(quota, reserve), most, renewal: Math.max(1, this.#renews(quota) - now) }
  }

  /** Nothing is left at all: until when to wait. */
  exhausted(now: number): Delay | undefined {
    const quota = this.#current(now)
    if (!quota || this.#freeHeads || quota.remaining - this.#underWay >= 1) return undefined
    return delayOf(Math.min(this.#renews(quota), this.#told + LONGEST) - now, 'QuotaLow')
  }

  /** What remains spread over the rest of the window; of the reserve half at most. Undefined: HEADs cost nothing, or nothing is known. */
  pace(now: number, reserve: number): Pace | undefined {
    const quota = this.#current(now)
    if (!quota || this.#freeHeads) return undefined
    const spare = this.#spare(quota, reserve)
    if (this.#flat >= FLAT && spare > 0) return undefined
    const { limit, window, reset } = quota
    const least = Math.max(0.5, (limit * reserve) / 2)
    // Of a window that may roll, what can be kept up for ever; less when little is left.
    const steady = Math.min(limit * (1 - reserve), spare * STEADY) / window
    const rest = reset === undefined ? steady : spare / Math.max(1_000, this.#renews(quota) - now)
    return { perMs: Math.max(rest, least / window), reason: 'QuotaLow' }
  }

  report(now: number): LimitReport | undefined {
    const quota = this.#current(now)
    if (!quota) return undefined
    const { limit, remaining, window, reset } = quota
    return {
      from: 'registry',
      limit,
      remaining,
      window,
      ...(reset !== undefined && { resets: this.#renews(quota) }),
    }
  }

  #spare({ limit, remaining }: Quota, reserve: number): number {
    return Math.max(0, remaining - this.#underWay - Math.floor(limit * reserve))
  }

  #renews({ reset, window }: Quota): number {
    return this.#told + (reset ?? window)
  }

  /** When the window is over all is there again, until the registry says otherwise. */
  #current(now: number): Quota | undefined {
    const quota = this.#quota
    // A clock that was put back must not make a window longer.
    this.#told = Math.min(this.#told, now)
    if (!quota || now < this.#renews(quota)) return quota
    const { limit, window } = quota
    this.#quota = { limit, remaining: limit, window }
    this.#told = now
    return this.#quota
  }

  /** Whether HEADs are counted shows where nothing else was asked between two answers. */
  #learn(now: number, { remaining }: Quota): void {
    const before = this.#current(now)?.remaining
    if (before === undefined) return
    if (remaining < before) this.#flat = 0
    else if (remaining === before) this.#flat++
  }
}
