// Why a registry is not asked now, for people.
import type { Rate } from '../core/registries/budget.ts'
import type { Delay } from '../core/registries/delay.ts'
import type { DelayReport } from '../core/registries/report.ts'

/** A sentence without a full stop. `what` waits; undefined: an import that somebody waits for. `record`: where that of rates lies. */
export function delayText(
  host: string,
  { ms, reason, kept }: Delay,
  rate: Rate | undefined,
  what: DelayReport['what'] | undefined,
  record = '',
): string {
  const wait = ms > 0 ? `; ${what === 'imports' ? 'the next one goes on' : 'it is asked again'} in ${span(ms)}` : ''
  if (reason === 'RateLimited') return `${host} has asked to wait (429 Too Many Requests)${wait}`
  if (reason === 'QuotaLow') {
    const sooner = wait && what === 'imports' ? ', or as soon as it tells of more' : ''
    return `${host} tells that little is left of its limit, which is kept for imports that people wait for${wait}${sooner}`
  }
  const allowed = `the configured rate${rate ? ` of ${rate.requests} requests in ${span(rate.per)}` : ''} for ${rate?.prefix ?? host}`
  if (reason === 'RateUnknown')
    return `what is left of ${allowed} is not known: the record of what was sent (${record}) cannot be read or written${wait}`
  if (what === undefined)
    return `${allowed} is used up${kept ? ', but for what is kept for other namespaces and for checks' : ''}${wait}`
  return `checks, and imports that they cause, have used their share (three quarters) of ${allowed}; the rest is kept for imports that people wait for${wait}`
}

/** "90s", "15m", "6h". */
function span(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  if (seconds <= 120) return `${seconds}s`
  const minutes = Math.ceil(seconds / 60)
  return minutes <= 120 ? `${minutes}m` : `${Math.ceil(minutes / 60)}h`
}
