// Deliveries: which ones have come already. Senders try again when they do not hear us, and what was recorded can be sent again.

/** Milliseconds for which a delivery is remembered: longer than senders wait before they try again for the first time. */
export const REMEMBERED = 10 * 60_000
/** Deliveries that are remembered; beyond that the oldest are forgotten. Each is two short texts. */
const MOST = 10_000

/** See above. Times are in milliseconds, of any clock that does not go back. */
export class Deliveries {
  /** When each came, oldest first. */
  readonly #known = new Map<string, number>()

  /** Whether one of these names of a delivery is known; if none is, all are from now on. */
  repeats(names: readonly string[], now: number): boolean {
    this.#forget(now)
    if (names.some((name) => this.#known.has(name))) return true
    for (const name of names) this.#known.set(name, now)
    return false
  }

  /** It came to nothing: the next try is to count. */
  forget(names: readonly string[]): void {
    for (const name of names) this.#known.delete(name)
  }

  get size(): number {
    return this.#known.size
  }

  #forget(now: number): void {
    for (const [name, at] of this.#known) {
      if (at > now - REMEMBERED && this.#known.size < MOST) return
      this.#known.delete(name)
    }
  }
}
