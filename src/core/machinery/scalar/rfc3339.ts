// Times as meta/v1 reads them: RFC 3339 with any offset and fraction, kept in UTC. Errors speak like Go's time.Parse.
import { DecodeError } from '../decode/error.ts'

const LAYOUT = '2006-01-02T15:04:05Z07:00'
const PATTERN = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/
const CANONICAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

/** The layout's elements in order, to say which one did not match. */
const ELEMENTS: readonly [RegExp, string][] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^\d\d/, '01'],
  [/^-/, '-'],
  [/^\d\d/, '02'],
  [/^T/, 'T'],
  [/^\d\d?/, '15'],
  [/^:/, ':'],
  [/^\d\d/, '04'],
  [/^:/, ':'],
  [/^\d\d(?:[.,]\d+)?/, '05'],
  [/^(?:Z|[+-]\d\d:\d\d)/, 'Z07:00'],
]

/** Normalises a time to `digits` digits of a second's fraction (0 for Time, 6 for MicroTime). Throws DecodeError. */
export function normaliseTime(text: string, digits: 0 | 6): string {
  if (digits === 0 && isCanonical(text)) return text
  const match = PATTERN.exec(text)
  if (!match) throw unparsable(text)
  const [, year, month, day, hour, minute, second, fraction = '', sign, offHours = '0', offMinutes = '0'] = match
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (mo < 1 || mo > 12) throw outOfRange(text, 'month')
  if (d < 1 || d > daysIn(y, mo)) throw outOfRange(text, 'day')
  if (h > 23) throw outOfRange(text, 'hour')
  if (mi > 59) throw outOfRange(text, 'minute')
  if (s > 59) throw outOfRange(text, 'second')
  if (Number(offHours) > 24) throw outOfRange(text, 'time zone offset hour')
  if (Number(offMinutes) > 59) throw outOfRange(text, 'time zone offset minute')
  const tail = digits === 0 ? 'Z' : `.${fraction.slice(0, digits).padEnd(digits, '0')}Z`
  const offset = (Number(offHours) * 60 + Number(offMinutes)) * (sign === '-' ? 1 : -1)
  if (offset === 0) return text.slice(0, 19) + tail
  const moved = new Date(`${text.slice(0, 19)}Z`)
  moved.setUTCMinutes(moved.getUTCMinutes() + offset)
  const utc = moved.toISOString()
  // Beyond the years 0000 to 9999 no RFC 3339 text exists.
  if (utc.length !== 24) throw outOfRange(text, 'year')
  return utc.slice(0, 19) + tail
}

/** True for the form in which we store times ourselves: the one that comes again and again. */
function isCanonical(text: string): boolean {
  if (text.length !== 20 || !CANONICAL.test(text)) return false
  const at = (start: number): number => (text.charCodeAt(start) - 48) * 10 + text.charCodeAt(start + 1) - 48
  // Days that not every month has take the long way.
  return at(5) >= 1 && at(5) <= 12 && at(8) >= 1 && at(8) <= 28 && at(11) < 24 && at(14) < 60 && at(17) < 60
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

const quote = (text: string): string => JSON.stringify(text)

const outOfRange = (text: string, what: string): DecodeError =>
  new DecodeError('time', `parsing time ${quote(text)}: ${what} out of range`)

function unparsable(text: string): DecodeError {
  let rest = text
  for (const [pattern, element] of ELEMENTS) {
    const found = pattern.exec(rest)
    if (!found) {
      return new DecodeError(
        'time',
        `parsing time ${quote(text)} as "${LAYOUT}": cannot parse ${quote(rest)} as "${element}"`,
      )
    }
    rest = rest.slice(found[0].length)
  }
  return new DecodeError('time', `parsing time ${quote(text)}: extra text: ${quote(rest)}`)
}
