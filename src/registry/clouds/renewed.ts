// What expires is kept until shortly before, and renewed once for all who want it; failures are not repeated at full speed.
import { exponential } from '../../kube/backoff.ts'

/** Something, and until when it can be used, in milliseconds since 1970. */
export interface Perishable<V> {
  value: V
  expires: number
}

export interface RenewedOptions<V> {
  /** Gets a new one for a key; must heed the signal. */
  fetch: (key: string, signal: AbortSignal) => Promise<Perishable<V>>
  /** Told of each attempt. */
  attempted?: (outcome: 'success' | 'failure') => void
  /** Milliseconds since 1970. */
  now?: () => number
}

/** Milliseconds before its end at which something is renewed, and the part of its life if that is shorter. */
const EARLY = 5 * 60_000
const EARLY_PART = 0.2
/** What claims to have ended before it was here (by some other clock) is used for so long all the same. */
const SHORTEST = 30_000
/** Milliseconds for an attempt as a whole. */
const TIMEOUT = 15_000
/** Between failures. */
const BACKOFF = exponential({ base: 1_000, cap: 5 * 60_000 })
/** What a registry refuses is renewed, unless it is younger than this: then it is not its age that is wrong. */
const YOUTH = 5 * 60_000
/** Keys that are kept, those used last. */
const KEYS = 200

interface Entry<V> {
  kept?: { value: V; obtained: number; renewAt: number; expires: number } | undefined
  running?: Promise<V> | undefined
  failures: number
  notBefore: number
  error?: unknown
}

/** See above. */
export class Renewed<V> {
  readonly #options: RenewedOptions<V>
  readonly #now: () => number
  readonly #entries = new Map<string, Entry<V>>()

  constructor(options: RenewedOptions<V>) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** The current one. One that still works never waits for its successor. Rejects with what the last attempt failed with. */
  async get(key: string): Promise<V> {
    const entry = this.#entry(key)
    const { kept } = entry
    const now = this.#now()
    if (kept && now < kept.renewAt) return kept.value
    const works = kept !== undefined && now < kept.expires
    if (!entry.running && now < entry.notBefore) {
      if (works) return kept.value
      throw entry.error
    }
    const renewal = this.#renew(key, entry)
    if (!works) return await renewal
    renewal.catch(() => undefined)
    return kept.value
  }

  /** The registry does not take what `is` it any more. */
  refuse(key: string, is: (value: V) => boolean): void {
    const entry = this.#entries.get(key)
    const { kept } = entry ?? {}
    if (entry && kept && is(kept.value) && this.#now() - kept.obtained >= YOUTH) entry.kept = undefined
  }

  #entry(key: string): Entry<V> {
    const entry = this.#entries.get(key) ?? { failures: 0, notBefore: 0 }
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > KEYS) this.#entries.delete(oldest!)
    return entry
  }

  #renew(key: string, entry: Entry<V>): Promise<V> {
    entry.running ??= this.#attempt(key, entry).finally(() => (entry.running = undefined))
    return entry.running
  }

  async #attempt(key: string, entry: Entry<V>): Promise<V> {
    try {
      const { value, expires } = await this.#options.fetch(key, AbortSignal.timeout(TIMEOUT))
      const obtained = this.#now()
      const life = Math.max(expires - obtained, SHORTEST)
      const renewAt = obtained + life - Math.min(EARLY, life * EARLY_PART)
      entry.kept = { value, obtained, renewAt, expires: obtained + life }
      entry.failures = entry.notBefore = 0
      this.#options.attempted?.('success')
      return value
    } catch (error) {
      entry.failures += 1
      entry.notBefore = this.#now() + BACKOFF(entry.failures)
      entry.error = error
      this.#options.attempted?.('failure')
      throw error
    }
  }
}
