// Budget: how much one registry may be asked with one credential, by what its answers tell and by what the administrator allows.
// See docs/adr/0054-request-budgets.md. All times are milliseconds, of one clock.
import { type Delay, delayOf } from './delay.ts'
import { heldAt, type Held, nextHold, UNHELD } from './hold.ts'
import { paceOf, type Pace, Quotas, type Told } from './quotas.ts'
import type { LimitReport } from './report.ts'
import { Tally } from './tally.ts'
import { CHECK, RESERVE, reserveOf, Usage, type Whose } from './usage.ts'

/** Most requests that may be sent, as it is configured. */
export interface Rate {
  /** What it is configured for: `host[:port][/path]`, as it stands there. */
  prefix: string
  /** At least 1. */
  requests: number
  per: number
}

/** What an answer tells a budget. */
export interface AnswerTold extends Told {
  /** 429, with Retry-After or without. */
  refused: boolean
  /** Milliseconds of a Retry-After. */
  retryAfter?: number | undefined
  good: boolean
}

const HOUR = 3_600_000
/** Checks that may follow each other at once are those of so many milliseconds, and at least one. */
const BURST = 1_000
/** The part of the reserve that imports may be begun for which checks have caused, however little is left: each takes some requests. */
const FEW = 1 / 4
/** Within so many milliseconds the requests of an import that was allowed are expected. */
const PROMISE = 30_000

/** See above. A request is announced by `sent`, and its answer by `answered`. */
export class Budget {
  #rate: Rate | undefined
  readonly #usage = new Usage(HOUR)
  /** Imports that were allowed, in the rate's window. */
  #allowed = new Tally(HOUR)
  /** Requests that have not been answered yet. */
  #underWay = 0
  readonly #hour = new Tally(HOUR)
  readonly #avoided = new Tally(HOUR)
  /** Imports that were allowed, and pulls that were sent. */
  readonly #promises = new Tally(PROMISE)
  readonly #pulls = new Tally(PROMISE)
  readonly #quotas: Quotas
  #held: Held = UNHELD
  /** One check may begin at first, and no burst: who starts again and again would have one each time. */
  #credit = 1
  #credited: number | undefined

  /** `freeHeads`: the registry is known to count no HEAD. */
  constructor({ freeHeads }: { freeHeads: boolean }) {
    this.#quotas = new Quotas(freeHeads)
  }

  /** Sets the rate that is configured by now. What was sent before counts. */
  limit(now: number, rate: Rate | undefined): void {
    this.#rate = rate
    if (!rate) return
    this.#usage.setWindow(rate.per, now)
    if (this.#allowed.window !== rate.per) this.#allowed = new Tally(rate.per)
  }

  /** Why no request may be sent now. `most`: of the rate, for this process, beside others. */
  request(now: number, whose: Whose = '', most?: number): Delay | undefined {
    return this.#rate && this.#usage.refusal(now, this.#rate.requests, whose, most)
  }

  /** To how many all processes together may come, for more of the rate to be granted to this one. */
  bounds(now: number): { imports: number; checks: number } {
    return this.#usage.bounds(now, this.#rate?.requests ?? Infinity)
  }

  /** Whether the registry wants to be left alone now. */
  held(now: number): Delay | undefined {
    this.#held = heldAt(this.#held, now)
    return delayOf(this.#held.until - now, 'RateLimited')
  }

  /** Why no check may begin now. */
  check(now: number): Delay | undefined {
    const pace = this.#pace(now)
    if (pace) this.#fill(now, pace)
    this.#usage.ask(now)
    const delay = this.held(now) ?? this.request(now, CHECK) ?? this.#quotas.exhausted(now)
    if (delay || !pace || this.#credit >= 1) return delay
    return { ms: Math.max(1, Math.ceil((1 - this.#credit) / pace.perMs)), reason: pace.reason }
  }

  /** A check begins. */
  takeTurn(now: number): void {
    const pace = this.#pace(now)
    if (!pace) return
    this.#fill(now, pace)
    this.#credit -= 1
  }

  /** Whether checks are kept to a pace. */
  isPaced(now: number): boolean {
    return this.#pace(now) !== undefined
  }

  /** Why no tag that has moved may be imported now, by so many pulls. There may be more left before the delay is over: any answer may tell. */
  pull(now: number, pulls = 1): Delay | undefined {
    const delay = this.held(now) ?? this.#withinReserve(now)
    if (delay) return delay
    const promised = Math.max(0, this.#promises.sum(now) - this.#pulls.sum(now))
    const left = this.#quotas.left(now, RESERVE)
    if (left === undefined || left.spare - promised >= Math.min(pulls, Math.max(1, left.most))) return undefined
    return { ms: left.renewal, reason: 'QuotaLow' }
  }

  /** A tag that has moved will be imported. */
  promise(now: number): void {
    this.#promises.add(now)
    this.#allowed.add(now)
  }

  /** A request is sent: `answered` or `unsent` follows. `pull`: a GET of a manifest. */
  sent(now: number, pull: boolean, whose: Whose = ''): void {
    this.#underWay++
    this.#usage.begin(now, whose)
    if (pull) this.#pulls.add(now)
    this.#quotas.sent()
  }

  /** It was not sent after all. */
  unsent(now: number, whose: Whose = ''): void {
    this.#underWay--
    this.#usage.end(now, whose, false)
    this.#quotas.answered(now, undefined)
  }

  /** A request was answered; undefined: it was not. */
  answered(now: number, told: AnswerTold | undefined, whose: Whose = ''): void {
    this.#underWay--
    this.#hour.add(now)
    this.#usage.end(now, whose, true)
    this.#quotas.answered(now, told)
    if (told?.refused || told?.retryAfter !== undefined) this.refused(now, told.retryAfter)
    else if (told?.good && now >= this.#held.until) this.#held = UNHELD
  }

  /** Who was asked wants to be left alone, for so many milliseconds if it says. */
  refused(now: number, retryAfter: number | undefined): void {
    this.#held = nextHold(this.#held, now, retryAfter)
  }

  /** A check found nothing new. */
  avoided(now: number): void {
    this.#avoided.add(now)
  }

  /** Of the last hour, and what is known of limits. */
  report(now: number): { requests: number; pullsAvoided: number; limits: LimitReport[] } {
    const limits: LimitReport[] = []
    if (this.#rate) {
      const { requests, per } = this.#rate
      const remaining = Math.max(0, requests - this.#usage.of(now))
      limits.push({ from: 'configuration', limit: requests, remaining, window: per })
    }
    const told = this.#quotas.report(now)
    if (told) limits.push(told)
    return { requests: this.#hour.sum(now) + this.#underWay, pullsAvoided: this.#avoided.sum(now), limits }
  }

  /** Of imports that checks have caused a few are begun in any case: people may use up the rest for ever. */
  #withinReserve(now: number): Delay | undefined {
    if (!this.#rate) return undefined
    const { requests } = this.#rate
    const delay = this.#usage.pull(now, requests)
    if (!delay || this.#usage.of(now) >= requests) return delay
    const ms = this.#allowed.wait(now, Math.max(1, reserveOf(requests) * FEW))
    return delayOf(Math.min(ms, delay.ms), delay.reason)
  }

  /** The slower of what is configured and what the registry tells; undefined: neither says anything. */
  #pace(now: number): Pace | undefined {
    const told = this.#quotas.pace(now, RESERVE)
    const allowed = this.#rate && paceOf(this.#rate.requests * (1 - RESERVE), this.#rate.per, 'ConfiguredRate')
    return !allowed || (told && told.perMs < allowed.perMs) ? told : allowed
  }

  #fill(now: number, { perMs }: Pace): void {
    const most = Math.max(1, perMs * BURST)
    const passed = Math.max(0, now - (this.#credited ?? now))
    this.#credit = Math.min(most, this.#credit + passed * perMs)
    this.#credited = now
  }
}
