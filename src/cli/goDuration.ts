import { CommandError } from './failure.ts'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds of a Go duration such as "1m30s", or of bare seconds. "0" is no limit. Throws CommandError. */
export function parseDuration(text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text) * 1000
  const parts = [...text.matchAll(/([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|m|h)/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new CommandError(`invalid duration "${text}": use a number with a unit, such as 30s or 5m`)
  }
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * UNITS[unit!]!, 0)
}
