// Throttle: keeps a tug-of-war with another controller over the same image from running at full speed.
import { Bucket, type Rate } from '../../core/machinery/bucket.ts'

/** A workload may be patched so often in a row, and then once in a second. */
const RATE: Rate = { burst: 25, perSecond: 1 }
/** Buckets that are kept before those that are full again are forgotten. */
const MANY = 10_000

/** A token bucket for every key; keys whose bucket is full again are forgotten. */
export class Throttle {
  readonly #buckets = new Map<string, Bucket>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Milliseconds to wait before the key's next turn; 0 takes the turn. */
  take(key: string): number {
    const now = this.#now()
    let bucket = this.#buckets.get(key)
    if (!bucket) {
      if (this.#buckets.size > MANY) this.#forgetFull(now)
      this.#buckets.set(key, (bucket = new Bucket(RATE, now)))
    }
    return bucket.take(now)
  }

  #forgetFull(now: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key)
  }
}
