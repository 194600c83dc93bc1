import { parseGoDuration } from '../core/machinery/scalar/goDuration.ts'
import { CommandError } from './failure.ts'

/** Milliseconds of a Go duration such as "1m30s", or of bare seconds. "0" is no limit. Throws CommandError. */
export function parseDuration(text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text) * 1000
  const length = parseGoDuration(text)
  if (length === undefined || length < 0)
    throw new CommandError(`invalid duration "${text}": use a number with a unit, such as 30s or 5m`)
  return length
}
