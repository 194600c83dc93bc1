// Usage: who has used how much of a configured rate, so that each leaves something to the others.
import { type Delay, delayOf } from './delay.ts'
import { Tally } from './tally.ts'

/** The part of every limit that checks, and imports that they cause, leave to imports that people wait for; and these to checks. */
export const RESERVE = 1 / 4
/**
 * A namespace may have used so many times what is left to imports, at most. So whoever imports without end leaves a quarter to others; two of
 * them a seventh, and have the same each. This is the dynamic threshold of Choudhury and Hahne: https://doi.org/10.1109/90.664262
 */
const THRESHOLD = 3
/** Namespaces that are counted by themselves, for each account: others are taken together. */
const MOST_NAMESPACES = 64
/** No namespace has this name. */
const OTHERS = '*'
/** For at least so many milliseconds after checks have asked something is kept for them: they come again within that. */
const WANTED = 60_000

/** How many requests of a rate that checks, or imports, leave to the others. */
export const reserveOf = (requests: number): number => Math.floor(requests * RESERVE)

export const CHECK = Symbol('check')
/** Whose request it is: a check's; or an import's, by its namespace, or '' where it serves all of them. */
export type Whose = string | typeof CHECK

/** Requests of the last `window`. They count from when they are sent until so long after their answer: nobody knows when they were heard. */
class Count {
  readonly sent: Tally
  #underWay: number

  constructor(window: number, underWay = 0) {
    this.sent = new Tally(window)
    this.#underWay = underWay
  }

  of(now: number): number {
    return this.#underWay + this.sent.sum(now)
  }

  /** Milliseconds until there are fewer. */
  wait(now: number, limit: number): number {
    const left = limit - this.#underWay
    return left < 1 ? this.sent.window : this.sent.wait(now, left)
  }

  begin(): void {
    this.#underWay++
  }

  end(now: number, sent: boolean): void {
    // What began before there was a rate is none of a namespace.
    this.#underWay = Math.max(0, this.#underWay - 1)
    if (sent) this.sent.add(now)
  }

  /** The same for another window. What was sent before counts as of now. */
  over(window: number, now: number): Count {
    if (window === this.sent.window) return this
    const count = new Count(window, this.#underWay)
    const before = this.sent.sum(now)
    if (before > 0) count.sent.add(now, before)
    return count
  }
}

/** See above. `requests` are those that the rate allows. */
export class Usage {
  #all: Count
  #checks: Count
  #imports: Count
  #namespaces = new Map<string, Count>()
  /** When checks have asked last. */
  #asked = -Infinity

  constructor(window: number) {
    this.#all = new Count(window)
    this.#checks = new Count(window)
    this.#imports = new Count(window)
  }

  /** Sets the rate's length. */
  setWindow(window: number, now: number): void {
    if (window === this.#all.sent.window) return
    this.#all = this.#all.over(window, now)
    this.#checks = this.#checks.over(window, now)
    this.#imports = this.#imports.over(window, now)
    for (const [name, count] of this.#namespaces) this.#namespaces.set(name, count.over(window, now))
  }

  begin(now: number, whose: Whose): void {
    for (const count of this.#countsOf(whose, now)) count.begin()
  }

  end(now: number, whose: Whose, sent: boolean): void {
    for (const count of this.#countsOf(whose, now)) count.end(now, sent)
  }

  /** How many are used. */
  of(now: number): number {
    return this.#all.of(now)
  }

  /** Checks want to be sent: something is kept for them from now on. */
  ask(now: number): void {
    this.#asked = now
  }

  /** Why no request may be sent. `most`: to how many this process may come beside others, as far as is known. */
  refusal(now: number, requests: number, whose: Whose, most = requests): Delay | undefined {
    const full = delayOf(this.#all.wait(now, requests), 'ConfiguredRate')
    if (full) return full
    if (whose === CHECK) return delayOf(this.#checks.wait(now, requests - reserveOf(requests)), 'ConfiguredRate')
    return this.#kept(now, most, whose)
  }

  /** Why no import may be begun that checks have caused: until a quarter is left, but for as few as are begun in any case. */
  pull(now: number, requests: number): Delay | undefined {
    return delayOf(this.#all.wait(now, requests - reserveOf(requests)), 'ConfiguredRate')
  }

  /** To how many all processes together may come, for more to be granted to imports, and to checks. */
  bounds(now: number, requests: number): { imports: number; checks: number } {
    const reserve = reserveOf(requests)
    return {
      imports: this.#areChecksWanted(now) ? requests - Math.max(0, reserve - this.#checks.of(now)) : requests,
      checks: Math.min(requests, requests - reserve + this.#imports.of(now)),
    }
  }

  /** Why an import leaves what is left to others. */
  #kept(now: number, requests: number, whose: string): Delay | undefined {
    const imports = this.#imports.of(now)
    // Whether there is one others may know better.
    if (imports === 0) return undefined
    const areWanted = this.#areChecksWanted(now)
    const most = areWanted ? requests - reserveOf(requests) : requests
    const wait = areWanted ? this.#imports.wait(now, Math.max(1, most)) : 0
    if (wait > 0) return { ms: wait, reason: 'ConfiguredRate', kept: true }
    const used = this.#namespaces.get(this.#nameOf(whose))?.of(now) ?? 0
    const left = Math.min(requests - this.#all.of(now), most - imports)
    if (whose === '' || used === 0 || used < THRESHOLD * left) return undefined
    // Any that counts no more may change that.
    return { ms: Math.max(1, this.#all.wait(now, this.#all.of(now))), reason: 'ConfiguredRate', kept: true }
  }

  #areChecksWanted(now: number): boolean {
    // A clock that was put back must not make it longer.
    this.#asked = Math.min(this.#asked, now)
    return now - this.#asked < Math.max(WANTED, this.#all.sent.window)
  }

  #countsOf(whose: Whose, now: number): Count[] {
    if (whose === CHECK) return [this.#all, this.#checks]
    if (whose === '') return [this.#all, this.#imports]
    return [this.#all, this.#imports, this.#namespace(whose, now)]
  }

  #namespace(whose: string, now: number): Count {
    if (!this.#namespaces.has(whose) && this.#namespaces.size >= MOST_NAMESPACES)
      for (const [name, count] of this.#namespaces) if (count.of(now) === 0) this.#namespaces.delete(name)
    const { window } = this.#all.sent
    return this.#namespaces.getOrInsertComputed(this.#nameOf(whose), () => new Count(window))
  }

  #nameOf(whose: string): string {
    return this.#namespaces.has(whose) || this.#namespaces.size < MOST_NAMESPACES ? whose : OTHERS
  }
}
