// Durations as kubectl prints them: two or three significant figures.
// https://pkg.go.dev/k8s.io/apimachinery/pkg/util/duration#HumanDuration

const YEAR = 365

/** "5s", "2m3s", "3h", "4d5h", "2y10d" for a span of milliseconds; "<invalid>" when it lies in the future. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000)
  // Clocks differ: a second or two ahead still counts as now.
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (days < 8) return pair(days, 'd', hours % 24, 'h')
  if (days < 2 * YEAR) return `${days}d`
  const years = Math.floor(days / YEAR)
  return years < 8 ? pair(years, 'y', days % YEAR, 'd') : `${years}y`
}

const pair = (large: number, unit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large}${unit}` : `${large}${unit}${small}${smallUnit}`

/** The AGE of something that began at an RFC 3339 time; "<unknown>" when there is none. */
export function age(since: string | null | undefined, now: Date): string {
  return since ? humanDuration(now.getTime() - Date.parse(since)) : '<unknown>'
}
