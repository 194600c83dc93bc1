const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24
const WEEK = 7 * DAY
const MONTH = 30 * DAY
const YEAR = 365 * DAY

/**
 * How long ago, in the words of Docker's client: "About a minute", "3 weeks". `elapsed` is in milliseconds; clients of this
 * API know these texts, while Kubernetes' own columns would say 60s and 21d.
 */
export function relativeTime(elapsed: number): string {
  const seconds = Math.floor(elapsed / SECOND)
  if (seconds < 1) return 'Less than a second'
  if (seconds === 1) return '1 second'
  if (seconds < 60) return `${seconds} seconds`
  const minutes = Math.floor(elapsed / MINUTE)
  if (minutes === 1) return 'About a minute'
  if (minutes < 60) return `${minutes} minutes`
  const hours = Math.round(elapsed / HOUR)
  if (hours === 1) return 'About an hour'
  if (hours < 2 * DAY) return `${hours} hours`
  if (hours < 2 * WEEK) return `${Math.floor(hours / DAY)} days`
  if (hours < 2 * MONTH) return `${Math.floor(hours / WEEK)} weeks`
  if (hours < 2 * YEAR) return `${Math.floor(hours / MONTH)} months`
  return `${Math.floor(elapsed / HOUR / YEAR)} years`
}

/** "3 weeks ago", or '' for no time at all. `time` is RFC 3339. */
export function ago(time: string | null | undefined, now: Date): string {
  return time ? `${relativeTime(now.getTime() - Date.parse(time))} ago` : ''
}
