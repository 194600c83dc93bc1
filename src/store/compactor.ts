// Compaction in the background: every few seconds a look at how much history there is, then small steps with room for
// requests between them.
import { setImmediate } from 'node:timers/promises'
import { Retention, type RetentionOptions } from './retention.ts'

/** Milliseconds between two looks. */
const INTERVAL = 10_000

/** What is compacted. */
export interface CompactorTarget {
  current(): number
  forget(revision: number): void
  sweep(): boolean
}

/** How long history is kept, and who hears of failures. */
export interface CompactorOptions extends RetentionOptions {
  /** Milliseconds since some fixed moment; monotonic. */
  now?: () => number
  /** Hears of a failure; the next look tries again. */
  onError?: (error: unknown) => void
}

/** Forgets old history from time to time. */
export class Compactor {
  readonly #target: CompactorTarget
  readonly #retention: Retention
  readonly #now: () => number
  readonly #onError: (error: unknown) => void
  readonly #timer: NodeJS.Timeout
  #running = false
  #stopped = false

  constructor(target: CompactorTarget, options: CompactorOptions = {}) {
    this.#target = target
    this.#retention = new Retention(options)
    this.#now = options.now ?? (() => performance.now())
    this.#onError = options.onError ?? (() => undefined)
    this.#timer = setInterval(() => void this.tick(), INTERVAL)
    this.#timer.unref()
  }

  /** One look: forgets what may be forgotten and frees it. Resolves when nothing is left to free. */
  async tick(): Promise<void> {
    if (this.#running || this.#stopped) return
    this.#running = true
    try {
      const oldest = this.#retention.advance(this.#now(), this.#target.current())
      if (oldest > 0) this.#target.forget(oldest)
      while (!this.#stopped && this.#target.sweep()) await setImmediate()
    } catch (error) {
      this.#onError(error)
    } finally {
      this.#running = false
    }
  }

  stop(): void {
    this.#stopped = true
    clearInterval(this.#timer)
  }
}
