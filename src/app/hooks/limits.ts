// How much is taken of whom: what is delivered is small and rare, and anybody may try.
import { Bucket, type Rate } from '../../core/machinery/bucket.ts'

/** Deliveries of one receiver: a build that pushes some hundred tags at once is a good one. */
export const DELIVERED: Rate = { burst: 1000, perSecond: 50 }
/** Deliveries without the right secret, by receiver: what is beyond is not even logged. They take nothing away from the right ones. */
const REFUSED: Rate = { burst: 20, perSecond: 1 }
/** Receivers whose deliveries are counted; there are never as many. */
const MOST = 10_000

export type Kind = 'delivered' | 'refused'

/** See above. Times are in milliseconds. */
export class Limits {
  readonly #buckets = new Map<string, Bucket>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Milliseconds until the receiver may have another one of these; 0: it has had it. */
  take(kind: Kind, receiver: string): number {
    const now = this.#now()
    const key = `${kind} ${receiver}`
    let bucket = this.#buckets.get(key)
    if (!bucket) {
      if (this.#buckets.size >= MOST) this.#buckets.clear()
      this.#buckets.set(key, (bucket = new Bucket(kind === 'delivered' ? DELIVERED : REFUSED, now)))
    }
    return bucket.take(now)
  }
}
