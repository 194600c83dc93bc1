import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { assertLinear, repeated } from '../../test/support/linearTime.ts'
import { BadSchedule, latestTime, nextTime, parseSchedule } from './cron.ts'

const at = (text: string): Date => new Date(`${text}:00Z`)

describe('the next time of', () => {
  const cases: [string, string, string, string?][] = [
    ['* * * * *', '2026-01-01T00:00', '2026-01-01T00:01'],
    ['*/15 * * * *', '2026-01-01T00:46', '2026-01-01T01:00'],
    ['5/20 * * * *', '2026-01-01T00:26', '2026-01-01T00:45'],
    ['0 3 * * *', '2026-01-01T03:00', '2026-01-02T03:00'],
    ['0 0 1 * *', '2026-01-31T00:00', '2026-02-01T00:00'],
    ['0 0 29 feb *', '2026-01-01T00:00', '2028-02-29T00:00'],
    ['30 8-10 * * mon-fri', '2026-01-02T10:30', '2026-01-05T08:30'],
    ['0 0 13 * fri', '2026-01-03T00:00', '2026-01-09T00:00'],
    ['@hourly', '2026-01-01T00:00', '2026-01-01T01:00'],
    ['@weekly', '2026-01-01T00:00', '2026-01-04T00:00'],
    ['@every 1h30m', '2026-01-01T00:10', '2026-01-01T01:40'],
    ['@every 1h30m0.5s', '2026-01-01T00:10', '2026-01-01T01:40'],
    ['0 3 * * *', '2026-01-01T00:00', '2026-01-01T02:00', 'Europe/Berlin'],
    ['30 5 * * *', '2026-01-01T00:01', '2026-01-02T00:00', 'Asia/Kolkata'],
  ]
  for (const [text, after, next, zone] of cases) {
    test(`"${text}"${zone ? ` in ${zone}` : ''} after ${after} is ${next}`, () => {
      assert.deepEqual(nextTime(parseSchedule(text, zone), at(after)), at(next))
    })
  }
  test('a day that never comes is none', () => {
    assert.equal(nextTime(parseSchedule('0 0 30 2 *'), at('2026-01-01T00:00')), undefined)
  })
})

test('steps last a second at least', () => {
  for (const text of ['@every 1ms', '@every -1h'])
    assert.deepEqual(nextTime(parseSchedule(text), at('2026-01-01T00:00')), new Date('2026-01-01T00:00:01Z'))
})

describe('a schedule is refused', () => {
  const cases: [string, RegExp][] = [
    ['', /empty spec string/],
    ['* * * *', /expected exactly 5 fields, found 4: \[\* \* \* \*\]/],
    ['60 * * * *', /end of range \(60\) above maximum \(59\): 60/],
    ['* * 0 * *', /beginning of range \(0\) below minimum \(1\): 0/],
    ['5-1 * * * *', /beginning of range \(5\) beyond end of range \(1\): 5-1/],
    ['*/0 * * * *', /step of range should be a positive number/],
    ['x * * * *', /failed to parse int from x/],
    ['1/2/3 * * * *', /too many slashes/],
    ['1-2-3 * * * *', /too many hyphens/],
    ['@never', /unrecognized descriptor: @never/],
    ['@every', /unrecognized descriptor: @every/],
    ['@every day', /failed to parse duration @every day: time: invalid duration "day"/],
  ]
  for (const [text, message] of cases) {
    test(`when it is "${text}"`, () => {
      assert.throws(
        () => parseSchedule(text),
        (error) => error instanceof BadSchedule && message.test(error.message),
      )
    })
  }
})

test('the latest missed time is the last one of all that a walk would find', () => {
  const texts = fc.constantFrom('* * * * *', '*/7 * * * *', '3 */2 * * *', '0 0 * * *', '@every 100s')
  const times = fc.integer({ min: 0, max: 3000 })
  fc.assert(
    fc.property(texts, times, times, (text, a, minutes) => {
      const schedule = parseSchedule(text)
      const after = new Date(Date.UTC(2026, 0, 1) + a * 60_000 + 17_000)
      const now = new Date(after.getTime() + minutes * 60_000 + 5_000)
      let walked: Date | undefined
      for (let next = nextTime(schedule, after); next && next <= now; next = nextTime(schedule, next)) walked = next
      assert.deepEqual(latestTime(schedule, after, now), walked)
    }),
    { numRuns: 50 },
  )
})

test('words that every object knows are no schedules', () => {
  for (const text of ['constructor', '__proto__', 'toString'])
    assert.throws(() => parseSchedule(text), BadSchedule, text)
})

test('any schedule is read in linear time', () => {
  for (const piece of ['0,', '*,', ' ', '1-', '/', '1 '])
    for (const end of ['', ' * * * *']) assertLinear(piece + end, (text) => parseSchedule(text), repeated(piece, end))
})
