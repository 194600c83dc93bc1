// Back-off: how long to wait before trying again. Exponential, so that a broken server is left alone; with jitter, so that
// many clients do not come back at the same instant; capped, so that recovery is noticed.

/** Milliseconds to wait before attempt number `attempt` (1 for the first retry). */
export type Backoff = (attempt: number) => number

/** How waits grow. */
export interface BackoffOptions {
  /** Wait before the first retry, in milliseconds. */
  base: number
  /** Longest wait, in milliseconds. */
  cap: number
  /** A number in [0, 1). */
  random?: () => number
}

/** Doubles from `base` to `cap`; a quarter of each wait is jitter, upwards only: no wait is shorter than `base`. */
export function exponential({ base, cap, random = Math.random }: BackoffOptions): Backoff {
  return (attempt) => {
    const doubled = base * 2 ** Math.min(Math.max(attempt - 1, 0), 30)
    return Math.round(Math.min(doubled * (1 + random() / 4), cap))
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/**
 * What the work gives; rejects with the reason of the signal when that aborts first. Ending the work is up to others. Signals live long:
 * nothing of it stays at this one.
 */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason as Error)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort))
}

/** Resolves after `ms` milliseconds, or at once when the signal aborts; never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}
