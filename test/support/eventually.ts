// Waiting for a condition instead of for a time.
import { setTimeout as delay } from 'node:timers/promises'

export interface Patience {
  /** Milliseconds after which the last failure is thrown. Default 10,000. */
  timeout?: number
  /** Milliseconds between two tries. Default 25. */
  interval?: number
}

/** Calls `check` until it neither throws nor rejects, and gives its result; after the timeout, throws what it threw last. */
export async function eventually<T>(check: () => T | Promise<T>, patience: Patience = {}): Promise<T> {
  const { timeout = 10_000, interval = 25 } = patience
  const deadline = performance.now() + timeout
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    await delay(interval)
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
