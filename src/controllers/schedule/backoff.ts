// How long a tag that fails is left alone.

/** Longest wait after failures, in milliseconds, where the freshness is not longer itself. */
const MOST = 3_600_000

/** Milliseconds to wait at least after so many failures in a row: none after the first, then doubling. */
export function backoff(refresh: number, failures: number): number {
  if (failures <= 1) return 0
  return Math.min(refresh * 2 ** Math.min(failures - 1, 20), Math.max(refresh, MOST))
}
