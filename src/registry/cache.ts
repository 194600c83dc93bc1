// A map that forgets: the least recently used first, and everything after a while.

export interface CacheOptions<V> {
  /** Most entries. */
  entries: number
  /** Most weight of all entries together; what weighs more alone is not kept. */
  weight?: number
  weigh?(value: V): number
  /** Milliseconds since some start; for tests. */
  clock?(): number
}

interface Entry<V> {
  value: V
  weight: number
  expires: number
}

/** Keeps the values that were used last. */
export class Cache<V> {
  readonly #entries = new Map<string, Entry<V>>()
  readonly #options: CacheOptions<V>
  #weight = 0

  constructor(options: CacheOptions<V>) {
    this.#options = options
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    this.delete(key)
    if (entry.expires <= this.#now()) return undefined
    this.#add(key, entry)
    return entry.value
  }

  /** Keeps a value for some milliseconds; default: until it is pushed out. */
  set(key: string, value: V, milliseconds = Number.POSITIVE_INFINITY): void {
    this.delete(key)
    const weight = this.#options.weigh?.(value) ?? 0
    if (weight > (this.#options.weight ?? Number.POSITIVE_INFINITY)) return
    this.#add(key, { value, weight, expires: this.#now() + milliseconds })
    for (const oldest of this.#entries.keys()) {
      if (!this.#isFull()) break
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    this.#weight -= this.#entries.get(key)?.weight ?? 0
    this.#entries.delete(key)
  }

  get size(): number {
    return this.#entries.size
  }

  #add(key: string, entry: Entry<V>): void {
    this.#entries.set(key, entry)
    this.#weight += entry.weight
  }

  #isFull(): boolean {
    const { entries, weight = Number.POSITIVE_INFINITY } = this.#options
    return this.#entries.size > entries || this.#weight > weight
  }

  #now(): number {
    return this.#options.clock?.() ?? performance.now()
  }
}
