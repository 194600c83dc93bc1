// Waiting for a budget.
import type { DelayReason } from './report.ts'

/** Why something must wait, and how many milliseconds at least; 0: until those who came before are done. */
export interface Delay {
  ms: number
  reason: DelayReason
  /** Something is left, and kept for others. */
  kept?: true
}

/** A delay, where there is any. */
export function delayOf(ms: number, reason: DelayReason): Delay | undefined {
  return ms > 0 ? { ms, reason } : undefined
}
