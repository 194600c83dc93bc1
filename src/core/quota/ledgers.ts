import { Ledger } from './ledger.ts'
import type { Quota } from './quota.ts'

/** The ledgers of all quotas that a cache knows. */
export class Ledgers {
  readonly #ledgers = new Map<string, Ledger>()
  readonly #lifetime: number | undefined

  /** `lifetime`: milliseconds that a promise without an object holds. */
  constructor(lifetime?: number) {
    this.#lifetime = lifetime
  }

  /** To be called with every change of the cache. `now`: milliseconds. */
  saw(change: { type: string; object: Quota; old?: Quota }, now: number): void {
    const key = keyOf(change.object)
    if (change.type === 'deleted') this.#ledgers.delete(key)
    else {
      const ledger = this.#ledgers.get(key) ?? new Ledger(this.#lifetime)
      this.#ledgers.set(key, ledger)
      ledger.saw(change.object, change.old, now)
    }
  }

  get(quota: Quota): Ledger | undefined {
    return this.#ledgers.get(keyOf(quota))
  }
}

const keyOf = ({ metadata }: Quota): string => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
