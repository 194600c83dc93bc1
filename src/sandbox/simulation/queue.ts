// The keys that a controller has to look at: each is there once, is worked on by one worker at a time, and comes back later
// and later while it fails.
import type { Log } from '../../core/machinery/log.ts'
import { ApiError } from '../../core/machinery/status.ts'
import type { Backoff } from '../../kube/backoff.ts'

/** Milliseconds to wait for something, or undefined: nothing to wait for. */
export type Reconcile = (key: string) => Promise<number | undefined | void>

/** Node cannot wait longer than 2^31 - 1 ms; an hour is enough, the controller then asks again. */
const LONGEST_WAIT = 3_600_000

export interface QueueOptions {
  name: string
  reconcile: Reconcile
  /** Keys worked on at the same time. */
  workers: number
  backoff: Backoff
  log: Log
  signal: AbortSignal
}

/** Runs `reconcile` for keys that were added. */
export class KeyedQueue {
  readonly #options: QueueOptions
  readonly #waiting = new Set<string>()
  readonly #active = new Set<string>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #failures = new Map<string, number>()

  constructor(options: QueueOptions) {
    this.#options = options
    options.signal.addEventListener('abort', () => this.#stop(), { once: true })
  }

  /** Nothing waits and nothing is in work; timers do not count. */
  get idle(): boolean {
    return this.#waiting.size === 0 && this.#active.size === 0
  }

  add(key: string): void {
    if (this.#options.signal.aborted) return
    clearTimeout(this.#timers.get(key))
    this.#timers.delete(key)
    this.#waiting.add(key)
    this.#next()
  }

  addAfter(key: string, ms: number): void {
    if (this.#options.signal.aborted) return
    clearTimeout(this.#timers.get(key))
    const timer = setTimeout(() => this.add(key), Math.min(Math.max(ms, 0), LONGEST_WAIT))
    this.#timers.set(key, timer)
  }

  #next(): void {
    for (const key of this.#waiting) {
      if (this.#active.size >= this.#options.workers) return
      if (this.#active.has(key)) continue
      this.#waiting.delete(key)
      this.#active.add(key)
      void this.#work(key)
    }
  }

  async #work(key: string): Promise<void> {
    try {
      // Changes that come in one turn are looked at together.
      await new Promise(setImmediate)
      this.#waiting.delete(key)
      const wait = this.#options.signal.aborted ? undefined : await this.#options.reconcile(key)
      this.#failures.delete(key)
      if (wait !== undefined && !this.#waiting.has(key)) this.addAfter(key, wait)
    } catch (error) {
      this.#fail(key, error)
    } finally {
      this.#active.delete(key)
      this.#next()
    }
  }

  #fail(key: string, error: unknown): void {
    const { name, log, backoff, signal } = this.#options
    if (signal.aborted) return
    const failures = (this.#failures.get(key) ?? 0) + 1
    this.#failures.set(key, failures)
    // Lost races are ordinary: the watch brings the newer state.
    const ordinary = error instanceof ApiError && (error.code === 409 || error.code === 404)
    log[ordinary && failures < 5 ? 'debug' : 'warn'](
      { err: error, controller: name, key, failures },
      'reconcile failed',
    )
    if (!this.#waiting.has(key)) this.addAfter(key, backoff(failures))
  }

  #stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    this.#waiting.clear()
  }
}

/** The key of a namespaced object. */
export const keyOf = ({ metadata }: { metadata: { namespace?: string; name?: string } }): string =>
  `${metadata.namespace ?? ''}/${metadata.name ?? ''}`

/** Namespace and name of a key. */
export function splitKey(key: string): [namespace: string, name: string] {
  const slash = key.indexOf('/')
  return [key.slice(0, slash), key.slice(slash + 1)]
}
