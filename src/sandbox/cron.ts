// Schedules in the format of cron, as Kubernetes reads them.
// https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
import { parseGoDuration } from '../core/machinery/scalar/goDuration.ts'

/** When something happens: by the calendar, or in steps of some milliseconds from wherever one starts. */
export type Schedule = Calendar | { every: number }

/** The sets hold the allowed numbers. */
interface Calendar {
  minutes: ReadonlySet<number>
  hours: ReadonlySet<number>
  days: ReadonlySet<number>
  months: ReadonlySet<number>
  weekdays: ReadonlySet<number>
  /** A day fits when it fits both; when both are restricted, one is enough. */
  eitherDay: boolean
  /** IANA name of the time zone. */
  timeZone: string
}

export class BadSchedule extends Error {
  override name = 'BadSchedule'
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const MACROS: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
])

interface Bounds {
  min: number
  max: number
  names?: readonly string[]
}

function parseNumber(text: string, { min, names }: Bounds): number {
  const index = names?.indexOf(text.toLowerCase()) ?? -1
  if (index >= 0) return index + min
  if (!/^\d+$/.test(text))
    throw new BadSchedule(`failed to parse int from ${text}: strconv.Atoi: parsing "${text}": invalid syntax`)
  return Number(text)
}

function parseRange(text: string, bounds: Bounds): number[] {
  const [range = '', stepText, ...rest] = text.split('/')
  const [first = '', last, ...more] = range.split('-')
  if (rest.length > 0) throw new BadSchedule(`too many slashes: ${text}`)
  if (more.length > 0) throw new BadSchedule(`too many hyphens: ${text}`)
  const all = first === '*' || first === '?'
  const start = all ? bounds.min : parseNumber(first, bounds)
  const step = stepText === undefined ? 1 : parseNumber(stepText, { min: 0, max: 0 })
  let end = all ? bounds.max : last === undefined ? start : parseNumber(last, bounds)
  // "5/15" means from 5 to the end in steps.
  if (stepText !== undefined && last === undefined) end = bounds.max
  if (start < bounds.min) throw new BadSchedule(`beginning of range (${start}) below minimum (${bounds.min}): ${text}`)
  if (end > bounds.max) throw new BadSchedule(`end of range (${end}) above maximum (${bounds.max}): ${text}`)
  if (start > end) throw new BadSchedule(`beginning of range (${start}) beyond end of range (${end}): ${text}`)
  if (step === 0) throw new BadSchedule(`step of range should be a positive number: ${text}`)
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => start + i * step)
}

function parseField(text: string, bounds: Bounds): Set<number> {
  const numbers = new Set<number>()
  for (const range of text.split(',')) for (const number of parseRange(range, bounds)) numbers.add(number)
  return numbers
}

/** "@every 1h30m", in whole seconds, at least one. */
function parseEvery(text: string): Schedule {
  const length = parseGoDuration(text.slice(EVERY.length))
  if (length === undefined) {
    const why = `time: invalid duration ${JSON.stringify(text.slice(EVERY.length))}`
    throw new BadSchedule(`failed to parse duration ${text}: ${why}`)
  }
  return { every: Math.max(SECOND, Math.floor(length / SECOND) * SECOND) }
}

/** Parses "0 3 * * *", "@hourly", "@every 90m". Throws BadSchedule with the words of Kubernetes. */
export function parseSchedule(text: string, timeZone = 'UTC'): Schedule {
  const expression = MACROS.get(text.trim()) ?? text.trim()
  if (expression.startsWith(EVERY)) return parseEvery(expression)
  if (expression.startsWith('@')) throw new BadSchedule(`unrecognized descriptor: ${expression}`)
  const fields = expression === '' ? [] : expression.split(/\s+/)
  if (fields.length === 0) throw new BadSchedule('empty spec string')
  if (fields.length !== 5) {
    throw new BadSchedule(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`)
  }
  const [minute, hour, day, month, weekday] = fields as [string, string, string, string, string]
  const open = (field: string): boolean => field.startsWith('*') || field.startsWith('?')
  return {
    minutes: parseField(minute, { min: 0, max: 59 }),
    hours: parseField(hour, { min: 0, max: 23 }),
    days: parseField(day, { min: 1, max: 31 }),
    months: parseField(month, { min: 1, max: 12, names: MONTHS }),
    weekdays: parseField(weekday, { min: 0, max: 6, names: WEEKDAYS }),
    eitherDay: !open(day) && !open(weekday),
    timeZone,
  }
}

const EVERY = '@every '
const SECOND = 1000
const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Five years: a schedule such as "0 0 30 2 *" never comes. */
const HORIZON = 5 * 366 * 24 * HOUR

/** The wall clock of a time zone. */
function wallClock(timeZone: string): (time: number) => Date {
  if (timeZone === 'UTC') return (time) => new Date(time)
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  return (time) => {
    const part = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]))
    return new Date(Date.UTC(part['year']!, part['month']! - 1, part['day'], part['hour'], part['minute']))
  }
}

function fitsDay(schedule: Calendar, at: Date): boolean {
  if (!schedule.months.has(at.getUTCMonth() + 1)) return false
  const day = schedule.days.has(at.getUTCDate())
  const weekday = schedule.weekdays.has(at.getUTCDay())
  return schedule.eitherDay ? day || weekday : day && weekday
}

/** The latest time after `after` and not after `now` that fits, or undefined. */
export function latestTime(schedule: Schedule, after: Date, now: Date): Date | undefined {
  const first = nextTime(schedule, after)
  if (!first || first > now) return undefined
  if ('every' in schedule) return new Date(now.getTime() - ((now.getTime() - first.getTime()) % schedule.every))
  // Looks back in growing steps, so that a long sleep costs no walk through every minute of it.
  for (let back = MINUTE; ; back *= 2) {
    const from = Math.max(now.getTime() - back, after.getTime())
    let found = nextTime(schedule, new Date(from))
    if (!found || found > now) continue
    for (let next = found; next && next <= now; next = nextTime(schedule, next)!) found = next
    return found
  }
}

/** The first moment after `after` that fits, or undefined when none comes within five years; steps start at `after`. */
export function nextTime(schedule: Schedule, after: Date): Date | undefined {
  if ('every' in schedule) return new Date(Math.floor(after.getTime() / SECOND) * SECOND + schedule.every)
  const clock = wallClock(schedule.timeZone)
  let time = Math.floor(after.getTime() / MINUTE) * MINUTE + MINUTE
  const limit = time + HORIZON
  while (time < limit) {
    const at = clock(time)
    const toNextHour = (60 - at.getUTCMinutes()) * MINUTE
    // Whole hours are skipped, never whole days: a day can have 23 or 25 of them.
    if (!fitsDay(schedule, at) || !schedule.hours.has(at.getUTCHours())) time += toNextHour
    else if (!schedule.minutes.has(at.getUTCMinutes())) time += MINUTE
    else return new Date(time)
  }
  return undefined
}
