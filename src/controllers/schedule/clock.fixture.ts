// The time of tests.
import type { Clock } from './clock.ts'

/** Time that a test lets pass, from one timer to the next. */
export class TestClock implements Clock {
  #now = 1_700_000_000_000
  readonly #timers = new Set<{ at: number; call: () => void }>()

  now = (): number => this.#now

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + Math.max(ms, 0), call }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** `settle` waits for what a timer has begun. */
  async pass(ms: number, settle: () => Promise<void>): Promise<void> {
    for (const end = this.#now + ms; ;) {
      const next = [...this.#timers].reduce<{ at: number; call: () => void } | undefined>(
        (a, b) => (a && a.at <= b.at ? a : b),
        undefined,
      )
      if (!next || next.at > end) return void (this.#now = end)
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.call()
      await settle()
    }
  }
}
