// Shares: a short rate is held as a part of it that is kept up, as long as it is used.
import { LEAST_LENGTH, lengthOf, SLACK, sumOf } from './grants.ts'
import type { Ended, Entry, Holding, Proposal, Wish } from './holding.ts'
import { Tally } from './tally.ts'

/** See Holding. What is used may be used again when the rate's length is over. */
export class Share implements Holding {
  readonly #per: number
  /** Answered requests. */
  readonly #sent: Tally
  /** Sent, and not answered. */
  #underWay = 0
  /** When the last one was answered. */
  #last = -Infinity
  #count = 0
  #until = -Infinity
  /** How many came last, beside those in use; most that were in use since. */
  #added = 0
  #peak = 0
  /** What the record has. */
  #told: Entry = { count: 0, until: -Infinity }
  #past: readonly Entry[]

  constructor(per: number, past: readonly Entry[] = []) {
    this.#per = per
    this.#sent = new Tally(per)
    this.#past = past
  }

  left(now: number): number {
    return now > this.#until ? 0 : Math.max(0, this.#count - this.#inUse(now))
  }

  freeIn(now: number): number {
    if (now > this.#until || this.#count < 1) return Infinity
    const rest = this.#count - this.#underWay
    return rest < 1 ? this.#per : this.#sent.wait(now, rest)
  }

  take(now: number): Ended {
    if (this.left(now) < 1) throw new RangeError('nothing is left')
    this.#underWay++
    this.#peak = Math.max(this.#peak, this.#inUse(now))
    return (then, sent) => {
      this.#underWay--
      if (!sent) return
      this.#sent.add(then)
      this.#last = Math.max(this.#last, then)
    }
  }

  isLow(now: number): boolean {
    return this.left(now) <= this.#added / 4 || this.#until - now <= lengthOf(this.#per) / 4
  }

  used(now: number): number {
    return this.#inUse(now) + sumOf(this.#pastOf(now))
  }

  propose(now: number, wish: Wish): Proposal {
    const inUse = this.#inUse(now)
    const past = this.#pastOf(now)
    const wanted = wish.more > 0 ? Math.max(0, this.#peak - inUse) + wish.more : 0
    const more = Math.max(0, Math.min(wanted, wish.room - inUse - sumOf(past)))
    const spent = { count: inUse, until: this.#underWay > 0 ? now + LEAST_LENGTH : this.#last }
    const kept = now > this.#until ? spent : { count: this.#count, until: this.#until }
    const entry = more > 0 ? { count: inUse + more, until: Math.max(this.#until, wish.until) } : kept
    // What is given back may be given to others as soon as the record has it, which nobody may be told.
    this.#count = Math.min(this.#count, entry.count)
    return {
      entries: [...past, entry].filter(({ count }) => count > 0),
      more,
      commit: () => {
        this.#told = entry
        this.#count = entry.count
        this.#until = entry.until
        if (more === 0) return
        this.#added = Math.min(more, wish.more)
        this.#peak = this.#inUse(now)
      },
    }
  }

  end(): void {
    this.#until = -Infinity
  }

  dueAt(): number | undefined {
    const { count, until } = this.#told
    if (this.#underWay > 0) return until
    // What is not used can be given back, unless somebody asks for more before.
    return count > 0 && this.#last < until ? until + lengthOf(this.#per) : undefined
  }

  #inUse(now: number): number {
    return this.#underWay + this.#sent.sum(now)
  }

  #pastOf(now: number): readonly Entry[] {
    return (this.#past = this.#past.filter(({ until }) => until + this.#per + SLACK > now))
  }
}
