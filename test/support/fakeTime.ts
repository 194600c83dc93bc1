// Time that passes only when a test lets it: however slow a machine is, nothing is late. For code that is given its clock, and waits
// with setTimeout and AbortSignal.timeout. What waits for no time goes on by itself, as long as it stays in this process.
import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'

/** What waits. Node's types do not know the second yet. */
const TIMERS = ['setTimeout', 'AbortSignal.timeout' as 'setTimeout'] as const
/** Milliseconds that pass at once. */
const STEP = 10
/** Turns of the event loop in which everything that waits for no time has been done. */
const TURNS = 5

/** See above. One at a time: timers are those of the process. */
export class FakeTime {
  #now = 0

  /** Timers wait for this from now on. */
  start(): void {
    mock.timers.enable({ apis: [...TIMERS] })
  }

  /** Timers are real again. */
  stop(): void {
    mock.timers.reset()
  }

  /** Milliseconds that have passed. */
  readonly now = (): number => this.#now

  /** Lets milliseconds pass. `check` must hold at every moment of them. */
  async pass(milliseconds: number, check?: () => void): Promise<void> {
    for (const end = this.#now + milliseconds; this.#now < end; check?.()) await this.#step()
  }

  /** Lets time pass until `check` does not throw, and gives its result; after so many milliseconds throws what it threw last. */
  async until<T>(check: () => T | Promise<T>, within = 10_000): Promise<T> {
    for (const end = this.#now + within; ; await this.#step()) {
      try {
        return await check()
      } catch (error) {
        if (this.#now >= end) throw error
      }
    }
  }

  async #step(): Promise<void> {
    this.#now += STEP
    mock.timers.tick(STEP)
    for (let i = 0; i < TURNS; i++) await turn()
  }
}
