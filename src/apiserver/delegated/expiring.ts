import { hash } from 'node:crypto'

/** Entries that are kept; beyond, the oldest goes. Each is some hundred bytes, whatever was asked. */
const MAX_ENTRIES = 10_000

interface Entry<T> {
  until: number
  value: Promise<T>
}

/** Answers that are worth something for a while. Questions that are asked again meanwhile, or at the same time, are not asked twice. */
export class Expiring<T> {
  readonly #lifetime: number
  readonly #now: () => number
  readonly #max: number
  /** By the hash of a question, in the order in which they end. */
  readonly #entries = new Map<string, Entry<T>>()

  /** `lifetime`: milliseconds. */
  constructor(lifetime: number, { now = () => performance.now(), max = MAX_ENTRIES } = {}) {
    this.#lifetime = lifetime
    this.#now = now
    this.#max = max
  }

  /** How many are kept. */
  get size(): number {
    return this.#entries.size
  }

  /** The answer that is kept, or a new one. A failure is not kept, nor is the question itself: it may be long, and secret. */
  get(question: string, ask: () => Promise<T>): Promise<T> {
    const now = this.#now()
    this.#forget(({ until }) => until <= now)
    const key = hash('sha256', question, 'base64')
    const known = this.#entries.get(key)
    if (known) return known.value
    this.#forget(() => this.#entries.size >= this.#max)
    const value = ask()
    const entry = { until: now + this.#lifetime, value }
    this.#entries.set(key, entry)
    value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
    })
    return value
  }

  /** The oldest, as long as they are to go. */
  #forget(goes: (entry: Entry<T>) => boolean): void {
    for (const [key, entry] of this.#entries) {
      if (!goes(entry)) return
      this.#entries.delete(key)
    }
  }
}
