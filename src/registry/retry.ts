// Trying again after failures that pass.
import { setTimeout as delay } from 'node:timers/promises'
import { RegistryError } from './error.ts'

/** All times in milliseconds. */
export interface RetryPolicy {
  /** How often in all. */
  attempts: number
  /** Before the second attempt; four times as long before each further one. */
  firstDelay: number
  /** Longest pause. A registry that asks for a longer one is not asked again. */
  longestDelay: number
  /** No new attempt is made when this much time has gone by. */
  total: number
}

/** Outlives a restarted registry and a short burst of others, and no user waits a minute for the truth. */
export const PATIENT: RetryPolicy = { attempts: 3, firstDelay: 300, longestDelay: 15_000, total: 45_000 }

/** For what somebody else is asked for next. */
export const ONCE: RetryPolicy = { attempts: 1, firstDelay: 0, longestDelay: 0, total: 0 }

/** For tests. */
export const IMPATIENT: RetryPolicy = { attempts: 3, firstDelay: 1, longestDelay: 50, total: 2000 }

const GROWTH = 4
/** Spreads attempts of many clients that failed at once: up to a fifth longer. */
const JITTER = 0.2

/** Calls `attempt` until it succeeds, fails for good, or the policy ends it. Rejects with the signal's reason. */
export async function retrying<V>(policy: RetryPolicy, signal: AbortSignal, attempt: () => Promise<V>): Promise<V> {
  const started = performance.now()
  for (let n = 1; ; n += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof RegistryError) || !error.temporary || n >= policy.attempts) throw error
      const usual = Math.min(policy.firstDelay * GROWTH ** (n - 1), policy.longestDelay)
      const pause = Math.max(error.retryAfter ?? 0, usual * (1 + Math.random() * JITTER))
      if ((error.retryAfter ?? 0) > policy.longestDelay) throw error
      if (performance.now() - started + pause > policy.total) throw error
      await delay(pause, undefined, { signal }).catch(() => signal.throwIfAborted())
    }
  }
}
