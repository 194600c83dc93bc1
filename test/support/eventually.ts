// Waiting for a condition instead of for a time.
import { setTimeout as delay } from 'node:timers/promises'

export interface Patience {
  /** Milliseconds after which the last failure is thrown. Default 10,000. */
  timeout?: number
  /** Milliseconds between two tries, the least. Default 25. */
  interval?: number
}

/** Milliseconds between two tries that take long themselves, the most. */
const LONGEST_PAUSE = 250

/** Calls `check` until it neither throws nor rejects, and gives its result; after the timeout, throws what it threw last. */
export async function eventually<T>(check: () => T | Promise<T>, patience: Patience = {}): Promise<T> {
  const { timeout = 10_000, interval = 25 } = patience
  const deadline = performance.now() + timeout
  for (;;) {
    const begun = performance.now()
    try {
      return await check()
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    // Who asks by a program uses up a core: what is waited for, and other tests, get as much.
    const taken = performance.now() - begun
    await delay(Math.max(interval, Math.min(taken, LONGEST_PAUSE)))
  }
}

/** Throws when `check` fails at any moment of a while (milliseconds): that something does not happen. */
export async function throughout(milliseconds: number, check: () => void | Promise<void>): Promise<void> {
  const deadline = performance.now() + milliseconds
  while (performance.now() < deadline) {
    await check()
    await delay(25)
  }
}
