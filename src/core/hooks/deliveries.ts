// Deliveries: which ones have come already. Senders try again when they do not hear us, and what was recorded can be sent again.

/** Milliseconds for which a delivery is remembered: longer than senders wait before they try again for the first time. */
export const REMEMBERED = 10 * 60_000

/** See above. Times are in milliseconds, of any clock that does not go back. */
export class Deliveries {
  /** By receiver, for none is to push out what is known of others: the names, and when each came, oldest first. */
  readonly #known = new Map<string, Map<string, number>>()
  readonly #most: number

  /** `most`: names that are remembered of a receiver; beyond that its oldest are forgotten. Each is a short text. */
  constructor(most: number) {
    this.#most = most
  }

  /** Whether one of these names of a delivery is known. */
  knows(receiver: string, names: readonly string[], now: number): boolean {
    const known = this.#known.get(receiver)
    return known !== undefined && names.some((name) => (known.get(name) ?? -Infinity) > now - REMEMBERED)
  }

  /** It has come to something. */
  remember(receiver: string, names: readonly string[], now: number): void {
    if (names.length === 0) return
    let known = this.#known.get(receiver)
    if (!known) {
      this.#sweep(now)
      this.#known.set(receiver, (known = new Map<string, number>()))
    }
    for (const name of names) {
      known.delete(name)
      known.set(name, now)
    }
    forget(known, now, this.#most)
  }

  /** Names that are remembered, of all receivers. */
  get size(): number {
    return this.#known.values().reduce((sum, { size }) => sum + size, 0)
  }

  /** Receivers come and go: of those that have been silent nothing stays. */
  #sweep(now: number): void {
    for (const [receiver, known] of this.#known) {
      forget(known, now, this.#most)
      if (known.size === 0) this.#known.delete(receiver)
    }
  }
}

function forget(known: Map<string, number>, now: number, most: number): void {
  for (const [name, at] of known) {
    if (at > now - REMEMBERED && known.size <= most) return
    known.delete(name)
  }
}
