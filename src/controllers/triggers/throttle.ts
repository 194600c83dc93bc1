// Throttle: keeps a tug-of-war with another controller over the same image from running at full speed.

/** A workload may be patched this often in a row… */
const BURST = 25
/** …and then once in this many milliseconds. */
const PERIOD_MS = 1000

/** A token bucket for every key; keys whose bucket is full again are forgotten. */
export class Throttle {
  readonly #buckets = new Map<string, { tokens: number; at: number }>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Milliseconds to wait before the key's next turn; 0 takes the turn. */
  take(key: string): number {
    const now = this.#now()
    const bucket = this.#buckets.get(key) ?? { tokens: BURST, at: now }
    const tokens = Math.min(BURST, bucket.tokens + (now - bucket.at) / PERIOD_MS)
    if (tokens < 1) {
      this.#buckets.set(key, { tokens, at: now })
      return Math.ceil((1 - tokens) * PERIOD_MS)
    }
    if (this.#buckets.size > 10_000) this.#forgetFull(now)
    this.#buckets.set(key, { tokens: tokens - 1, at: now })
    return 0
  }

  #forgetFull(now: number): void {
    for (const [key, { tokens, at }] of this.#buckets) {
      if (tokens + (now - at) / PERIOD_MS >= BURST) this.#buckets.delete(key)
    }
  }
}
