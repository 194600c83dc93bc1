// What a server waits for before it is ready. It says so in its log, too: that of a pod that does not get ready is where people look.
import type { Log } from '../core/machinery/log.ts'

/** Milliseconds until it is said for the first time; each time after that takes twice as long, up to LONGEST. */
const FIRST = 10_000
const LONGEST = 10 * 60_000

/** See above. */
export class Waiting {
  readonly #names: Set<string>
  readonly #log: Log
  #timer: NodeJS.Timeout | undefined

  /** `names`: as /readyz shows them. `first`: milliseconds, see FIRST. */
  constructor(names: Iterable<string>, log: Log, first = FIRST) {
    this.#names = new Set(names)
    this.#log = log
    this.#sayAfter(first)
  }

  /** Nothing: it is ready. */
  get names(): readonly string[] {
    return [...this.#names]
  }

  /** Waits for this name no longer, once it is done. Error: that of `done`. */
  async for(name: string, done: Promise<unknown>): Promise<void> {
    await done
    this.#names.delete(name)
    if (this.#names.size === 0) this.stop()
  }

  /** One more, for ever. */
  add(name: string): void {
    this.#names.add(name)
  }

  /** Says nothing any more. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  #sayAfter(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      this.#log.warn({ waitingFor: this.names }, 'the server is not ready yet')
      this.#sayAfter(Math.min(2 * milliseconds, LONGEST))
    }, milliseconds).unref()
  }
}
