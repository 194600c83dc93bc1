// Bucket: so many at once, and so many a second.

/** How many tokens there are at most, and how many come back in a second. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

/** See above. Times are in milliseconds, of any clock that does not go back. */
export class Bucket {
  readonly #rate: Rate
  #tokens: number
  #at: number

  constructor(rate: Rate, now: number) {
    this.#rate = rate
    this.#tokens = rate.burst
    this.#at = now
  }

  /** Takes a token. Milliseconds until there is one; 0: it was taken. */
  take(now: number): number {
    this.#fill(now)
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) * 1000) / this.#rate.perSecond)
    this.#tokens -= 1
    return 0
  }

  /** Whether it is as good as a new one. */
  isFull(now: number): boolean {
    this.#fill(now)
    return this.#tokens >= this.#rate.burst
  }

  #fill(now: number): void {
    const { burst, perSecond } = this.#rate
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#at) / 1000) * perSecond)
    this.#at = now
  }
}
