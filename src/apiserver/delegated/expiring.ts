/** Entries that are kept; beyond, the oldest goes. Each is some hundred bytes. */
const MAX_ENTRIES = 10_000

/** Answers that are worth something for a while. Questions that are asked again meanwhile, or at the same time, are not asked twice. */
export class Expiring<T> {
  readonly #lifetime: number
  readonly #now: () => number
  readonly #max: number
  readonly #entries = new Map<string, { until: number; value: Promise<T> }>()

  /** `lifetime`: milliseconds. */
  constructor(lifetime: number, { now = () => performance.now(), max = MAX_ENTRIES } = {}) {
    this.#lifetime = lifetime
    this.#now = now
    this.#max = max
  }

  /** The answer that is kept, or a new one. A failure is not kept. */
  get(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key)
    if (known && known.until > this.#now()) return known.value
    this.#entries.delete(key)
    const value = ask()
    const entry = { until: this.#now() + this.#lifetime, value }
    this.#entries.set(key, entry)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > this.#max && oldest !== undefined) this.#entries.delete(oldest)
    value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
    })
    return value
  }
}
