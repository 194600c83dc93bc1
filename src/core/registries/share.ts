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
  /** When all that is more than is kept up for others has been sent so long ago that it counts no more. */
  #givesBackAt = Infinity
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
    return this.left(now) <= this.#added / 4 || this.#isOld(now)
  }

  used(now: number): number {
    return this.#inUse(now) + sumOf(this.#pastOf(now))
  }

  propose(now: number, wish: Wish): Proposal {
    const inUse = this.#inUse(now)
    const past = this.#pastOf(now)
    const wanted = wish.more > 0 ? Math.max(0, this.#peak - inUse) + wish.more : 0
    const room = wish.room - sumOf(past)
    const more = Math.max(0, Math.min(wanted, room - inUse))
    const spent = { count: inUse, until: this.#underWay > 0 ? now + LEAST_LENGTH : this.#last }
    const isOver = now > this.#until
    const count = Math.min(isOver ? inUse : this.#count, wish.fair ?? Infinity)
    if (count < this.#count) this.#givesBackAt = now + this.#per
    // What was sent counts, whatever is kept up.
    const kept = { count: Math.max(count, inUse), until: this.#until }
    // All of it may be in use now: it goes on as soon as that counts no more.
    const isRenewed = more === 0 && wish.more > 0 && kept.count > 0 && kept.count <= room && this.#isOld(now)
    const until = Math.max(this.#until, wish.until)
    const entry =
      more > 0 ? { count: inUse + more, until } : isRenewed ? { count: kept.count, until } : isOver ? spent : kept
    // What is given back may be given to others as soon as the record has it, which nobody may be told.
    this.#count = Math.min(count, entry.count)
    return {
      entries: [...past, entry].filter(({ count }) => count > 0),
      more,
      isRenewed,
      commit: () => {
        this.#told = entry
        this.#until = entry.until
        if (isRenewed) this.#count = count
        if (more === 0) return
        this.#count = entry.count
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
    // What others are waiting for.
    if (this.#count < count && this.#givesBackAt < until) return this.#givesBackAt
    if (this.#underWay > 0) return until
    // What is not used can be given back, unless somebody asks for more before.
    return count > 0 && this.#last < until ? until + lengthOf(this.#per) : undefined
  }

  #isOld(now: number): boolean {
    return this.#until - now <= lengthOf(this.#per) / 4
  }

  #inUse(now: number): number {
    return this.#underWay + this.#sent.sum(now)
  }

  #pastOf(now: number): readonly Entry[] {
    return (this.#past = this.#past.filter(({ until }) => until + this.#per + SLACK > now))
  }
}
