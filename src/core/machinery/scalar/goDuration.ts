// Durations as Go writes and reads them.
// https://pkg.go.dev/time#ParseDuration

/** Milliseconds of a unit. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}
/** Characters; the longest that Go writes has 25. */
const MAX_LENGTH = 256
const PARTS = /(\d{1,15}\.?\d{0,15}|\.\d{1,15})(ns|us|µs|μs|ms|s|m|h)/g

/** Milliseconds of a duration such as "1m30s", "-1.5h" or "0"; undefined when it is none. */
export function parseGoDuration(text: string): number | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? []
  if (rest === '0') return 0
  const parts = [...rest.matchAll(PARTS)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== rest) return undefined
  const sum = parts.reduce((total, [, number, unit]) => total + Number(number) * UNITS[unit!]!, 0)
  return sign === '-' ? -sum : sum
}
