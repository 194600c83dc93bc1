// Why a registry is not asked now, for people.
import type { Rate } from '../core/registries/budget.ts'
import type { Delay } from '../core/registries/delay.ts'

/** A sentence without a full stop. */
export function delayText(host: string, { ms, reason }: Delay, rate: Rate | undefined): string {
  const wait = ms > 0 ? `; it is asked again in ${span(ms)}` : ''
  if (reason === 'RateLimited') return `${host} has asked to wait (429 Too Many Requests)${wait}`
  if (reason === 'QuotaLow')
    return `${host} tells that little is left of its limit, which is kept for imports that people wait for${wait}`
  const allowed = rate ? ` of ${rate.requests} requests in ${span(rate.per)}` : ''
  return `the configured rate${allowed} for ${rate?.prefix ?? host} is used up${wait}`
}

/** "90s", "15m", "6h". */
function span(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  if (seconds <= 120) return `${seconds}s`
  const minutes = Math.ceil(seconds / 60)
  return minutes <= 120 ? `${minutes}m` : `${Math.ceil(minutes / 60)}h`
}
