// Durations as `kubectl get` shows them in AGE columns: two units at most, and coarser the longer they are.
const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const YEAR = 365 * DAY

/** Age in seconds as "45s", "2m5s", "3h20m", "5d3h", "400d", "2y30d". Negative ones: "<invalid>" ("0s" for a clock that is a second off). */
export function humanDuration(age: number): string {
  const seconds = Math.trunc(age)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 2 * MINUTE) return `${seconds}s`
  const of = (unit: number): number => Math.floor(seconds / unit)
  const rest = (unit: number, part: number, letter: string): string => {
    const count = Math.floor((seconds % unit) / part)
    return count === 0 ? '' : `${count}${letter}`
  }
  if (seconds < 10 * MINUTE) return `${of(MINUTE)}m${rest(MINUTE, 1, 's')}`
  if (seconds < 3 * HOUR) return `${of(MINUTE)}m`
  if (seconds < 8 * HOUR) return `${of(HOUR)}h${rest(HOUR, MINUTE, 'm')}`
  if (seconds < 2 * DAY) return `${of(HOUR)}h`
  if (seconds < 8 * DAY) return `${of(DAY)}d${rest(DAY, HOUR, 'h')}`
  if (seconds < 2 * YEAR) return `${of(DAY)}d`
  if (seconds < 8 * YEAR) return `${of(YEAR)}y${rest(YEAR, DAY, 'd')}`
  return `${of(YEAR)}y`
}

/** What stands for no time, in milliseconds. */
const NO_TIME = Date.parse('0001-01-01T00:00:00Z')
/** Seconds of the longest duration that Kubernetes can hold: 2^63 nanoseconds, some 292 years. */
const LONGEST = 2 ** 63 / 1e9

/** The age of a time (RFC 3339), or "<unknown>" without one. */
export function ageOf(time: string | undefined, now: Date): string {
  if (!time || Date.parse(time) === NO_TIME) return '<unknown>'
  return humanDuration(Math.min((now.getTime() - Date.parse(time)) / 1000, LONGEST))
}
