// Control loop: the contract of every controller is one function, `reconcile(key)`.
//
// It is level-based: it reads the current state of what the key names, compares it with what should be, and does what is
// missing. Events only say that it is worth a look; missing or repeated ones change nothing. How it ends:
//   - it returns: done, or to be looked at again after a while (Again)
//   - it throws a TerminalError: trying again is of no use until something changes
//   - it throws anything else: it is tried again, after a wait that grows with each failure
import type { Log } from '../core/machinery/log.ts'
import { unmeasured, type Metrics } from '../core/machinery/metrics.ts'
import { aborted, type Backoff } from '../kube/backoff.ts'
import { WorkQueue } from './queue.ts'
import { QueueMeter } from './queueMeter.ts'

/** Look at the key again after this many milliseconds. */
export interface Again {
  after: number
}

/** An error that trying again cannot mend. */
export class TerminalError extends Error {
  override name = 'TerminalError'
}

/** What a loop does, and how often at a time. */
export interface LoopOptions {
  /** Named in logs and metrics. */
  name: string
  /** Keys worked on at the same time. */
  concurrency: number
  reconcile: (key: string, failures: number) => Promise<Again | undefined>
  backoff: Backoff
  log: Log
  metrics?: Metrics
  signal: AbortSignal
}

/** See above. Keys may be added before `run`. */
export class ControlLoop {
  readonly #options: LoopOptions
  readonly #queue: WorkQueue
  #running = false
  #quiet: (() => void)[] = []

  constructor(options: LoopOptions) {
    this.#options = options
    const { name, backoff, metrics = unmeasured } = options
    this.#queue = new WorkQueue(() => this.#pump(), backoff, new QueueMeter(metrics, name))
  }

  add(key: string): void {
    this.#queue.add(key)
  }

  /** Works until the signal aborts and what was begun then has ended. */
  async run(): Promise<void> {
    const { signal } = this.#options
    this.#running = true
    this.#pump()
    await aborted(signal)
    this.#running = false
    this.#queue.close()
    await this.idle()
  }

  /** Resolves as soon as nothing is in work and nothing is due. */
  idle(): Promise<void> {
    if (this.#queue.idle) return Promise.resolve()
    return new Promise((resolve) => this.#quiet.push(resolve))
  }

  #pump(): void {
    while (this.#running && this.#queue.active < this.#options.concurrency) {
      const key = this.#queue.take()
      if (key === undefined) break
      void this.#work(key)
    }
    if (!this.#queue.idle) return
    for (const resolve of this.#quiet.splice(0)) resolve()
  }

  async #work(key: string): Promise<void> {
    const { name: controller, log, reconcile, signal } = this.#options
    try {
      const again = await reconcile(key, this.#queue.failures(key))
      this.#queue.done(key)
      if (again) this.#queue.addAfter(key, again.after)
    } catch (err) {
      if (err instanceof TerminalError) {
        this.#queue.done(key)
        log.warn({ controller, key, err }, 'reconcile failed for good')
      } else {
        const wait = this.#queue.retry(key)
        if (!signal.aborted) log.info({ controller, key, err, wait }, 'reconcile failed, trying again')
      }
    }
    this.#pump()
  }
}
