// Tally: how often something happened lately.

/** Parts that a window is counted in. What is forgotten is forgotten a part at a time, late rather than early. */
const SLOTS = 60

/** Counts over a window of time that ends now. Where the clock goes back, all that was counted counts as of now. */
export class Tally {
  /** Milliseconds. */
  readonly window: number
  readonly #counts = new Float64Array(SLOTS + 1)
  /** The part of time that was counted last. */
  #slot = -Infinity
  #sum = 0

  constructor(window: number) {
    this.window = window
  }

  add(now: number, count = 1): void {
    this.#turn(now)
    const index = this.#index(this.#slot)
    this.#counts[index] = this.#counts[index]! + count
    this.#sum += count
  }

  /** All that were counted in the last `window`, and in up to a sixtieth more. */
  sum(now: number): number {
    this.#turn(now)
    return this.#sum
  }

  /** Milliseconds until fewer than `limit` (at least 1) are counted, if none comes: 0 for now. */
  wait(now: number, limit: number): number {
    let rest = this.sum(now)
    const width = this.window / SLOTS
    for (let age = SLOTS; age >= 0 && rest >= limit; age--) {
      rest -= this.#counts[this.#index(this.#slot - age)]!
      if (rest < limit) return Math.max(1, Math.ceil((this.#slot - age + SLOTS + 1) * width - now))
    }
    return 0
  }

  #turn(now: number): void {
    const slot = Math.floor((now * SLOTS) / this.window)
    if (slot === this.#slot) return
    if (slot < this.#slot) {
      this.#counts.fill(0)
      this.#slot = slot
      this.#counts[this.#index(slot)] = this.#sum
      return
    }
    const passed = Math.min(slot - this.#slot, this.#counts.length)
    this.#slot = slot
    for (let back = 0; back < passed; back++) {
      const index = this.#index(slot - back)
      this.#sum -= this.#counts[index]!
      this.#counts[index] = 0
    }
  }

  #index(slot: number): number {
    const { length } = this.#counts
    return ((slot % length) + length) % length
  }
}
