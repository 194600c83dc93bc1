// Work queue: which keys have to be looked at. A key is there once however often it is added, is worked on by one worker at a
// time, and waits longer each time it fails.
import type { Backoff } from '../kube/backoff.ts'
import type { QueueMeter } from './queueMeter.ts'

interface Delayed {
  timer: NodeJS.Timeout
  /** When it fires, in the milliseconds of performance.now(). */
  at: number
}

/** See above. Not concurrent by itself: a loop takes keys and says how each ended. */
export class WorkQueue {
  readonly #wake: () => void
  readonly #backoff: Backoff
  readonly #meter: QueueMeter
  /** With the time at which each was added, in the milliseconds of performance.now(). */
  readonly #ready = new Map<string, number>()
  /** With the time at which each was taken. */
  readonly #active = new Map<string, number>()
  /** Added while being worked on: the worker may have seen the old state. */
  readonly #again = new Set<string>()
  readonly #delayed = new Map<string, Delayed>()
  readonly #failures = new Map<string, number>()
  #closed = false

  /** `wake` is called whenever there is something to take. */
  constructor(wake: () => void, backoff: Backoff, meter: QueueMeter) {
    this.#wake = wake
    this.#backoff = backoff
    this.#meter = meter
  }

  /** Nothing to take and nothing in work; what waits for its time does not count. */
  get idle(): boolean {
    return this.#ready.size === 0 && this.#active.size === 0
  }

  get active(): number {
    return this.#active.size
  }

  /** The key has changed: look at it at once, even if it is waiting after a failure. */
  add(key: string): void {
    if (this.#closed) return
    this.#cancel(key)
    if (this.#active.has(key)) {
      this.#again.add(key)
      return
    }
    if (!this.#ready.has(key)) {
      this.#ready.set(key, performance.now())
      this.#meter.added(this.#ready.size)
    }
    this.#wake()
  }

  /** Look at the key in `ms` milliseconds, or earlier if that was already planned. */
  addAfter(key: string, ms: number): void {
    if (this.#closed) return
    const at = performance.now() + ms
    const planned = this.#delayed.get(key)
    if (planned && planned.at <= at) return
    this.#cancel(key)
    const timer = setTimeout(() => {
      this.#delayed.delete(key)
      this.add(key)
    }, ms)
    this.#delayed.set(key, { timer, at })
  }

  /** The next key, now in work; every taken key must be given to done or retry. */
  take(): string | undefined {
    for (const [key, added] of this.#ready) {
      const now = performance.now()
      this.#ready.delete(key)
      this.#active.set(key, now)
      this.#meter.taken(this.#ready.size, now - added)
      return key
    }
    return undefined
  }

  /** The work on the key succeeded, or cannot: either way, its failures are forgotten. */
  done(key: string): void {
    this.#failures.delete(key)
    this.#release(key)
  }

  /** The work on the key failed: it comes back after a growing wait, which is returned in milliseconds. */
  retry(key: string): number {
    const failures = this.failures(key) + 1
    this.#failures.set(key, failures)
    this.#meter.retried()
    if (this.#release(key)) return 0
    const wait = this.#backoff(failures)
    this.addAfter(key, wait)
    return wait
  }

  /** How often in a row the key has failed. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0
  }

  /** Forgets everything that waits; what is in work may still end. */
  close(): void {
    this.#closed = true
    for (const key of this.#delayed.keys()) this.#cancel(key)
    this.#ready.clear()
    this.#again.clear()
    this.#meter.closed()
  }

  /** True when the key has to be looked at again at once. */
  #release(key: string): boolean {
    const taken = this.#active.get(key)
    this.#active.delete(key)
    if (taken !== undefined) this.#meter.worked(performance.now() - taken)
    if (!this.#again.delete(key)) return false
    this.add(key)
    return true
  }

  #cancel(key: string): void {
    clearTimeout(this.#delayed.get(key)?.timer)
    this.#delayed.delete(key)
  }
}
