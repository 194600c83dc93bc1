// How much is taken of whom: what is delivered is small and rare, and anybody may try.
import { Bucket, type Rate } from '../../core/machinery/bucket.ts'

/** Deliveries of one receiver: a build that pushes some hundred tags at once is a good one. */
const DELIVERED: Rate = { burst: 1000, perSecond: 50 }
/** Deliveries without the right secret, by receiver: what is beyond is not even logged. They take nothing away from the right ones. */
const REFUSED: Rate = { burst: 20, perSecond: 1 }
/** Bodies that are read at the same time before anybody knows whose they are. With their limit, what they may take of memory. */
const READING = 32
/** Receivers whose deliveries are counted; there are never as many. */
const MOST = 10_000

export type Kind = 'delivered' | 'refused'

/** See above. Times are in milliseconds. */
export class Limits {
  readonly #buckets = new Map<string, Bucket>()
  readonly #now: () => number
  #reading = 0

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

  /** Reads a body, if not too many are being read: else undefined. */
  async read<T>(reading: () => Promise<T>): Promise<T | undefined> {
    if (this.#reading >= READING) return undefined
    this.#reading++
    try {
      return await reading()
    } finally {
      this.#reading--
    }
  }
}
