import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { assertLinear, repeated } from '../../../../test/support/linearTime.ts'
import { normaliseTime } from './rfc3339.ts'

test('times become UTC', () => {
  const cases: [string, 0 | 6, string][] = [
    ['2024-01-02T03:04:05Z', 0, '2024-01-02T03:04:05Z'],
    ['2024-01-02T03:04:05.987654321Z', 0, '2024-01-02T03:04:05Z'],
    ['2024-01-02T03:04:05.987654321Z', 6, '2024-01-02T03:04:05.987654Z'],
    ['2024-01-02T03:04:05+00:00', 6, '2024-01-02T03:04:05.000000Z'],
    ['2024-01-01T00:30:00+05:30', 0, '2023-12-31T19:00:00Z'],
    ['2024-12-31T23:30:00.5-01:00', 6, '2025-01-01T00:30:00.500000Z'],
    ['2000-02-29T00:00:00Z', 0, '2000-02-29T00:00:00Z'],
  ]
  for (const [text, digits, expected] of cases) assert.equal(normaliseTime(text, digits), expected)
})

test('what does not parse is told why', () => {
  const layout = 'as "2006-01-02T15:04:05Z07:00"'
  const cases: [string, string][] = [
    ['', `parsing time "" ${layout}: cannot parse "" as "2006"`],
    ['2024-01-02', `parsing time "2024-01-02" ${layout}: cannot parse "" as "T"`],
    ['2024-01-02T03:04:05', `parsing time "2024-01-02T03:04:05" ${layout}: cannot parse "" as "Z07:00"`],
    ['2024-01-02T03:04:05Zz', 'parsing time "2024-01-02T03:04:05Zz": extra text: "z"'],
    ['2024-13-02T03:04:05Z', 'parsing time "2024-13-02T03:04:05Z": month out of range'],
    ['2023-02-29T03:04:05Z', 'parsing time "2023-02-29T03:04:05Z": day out of range'],
    ['1900-02-29T03:04:05Z', 'parsing time "1900-02-29T03:04:05Z": day out of range'],
    ['2024-04-31T03:04:05Z', 'parsing time "2024-04-31T03:04:05Z": day out of range'],
    ['2024-01-02T24:04:05Z', 'parsing time "2024-01-02T24:04:05Z": hour out of range'],
    ['9999-12-31T23:59:59-01:00', 'parsing time "9999-12-31T23:59:59-01:00": year out of range'],
  ]
  for (const [text, message] of cases) {
    assert.throws(() => normaliseTime(text, 0), { name: 'DecodeError', code: 'time', message })
  }
})

test('every time agrees with Date', () => {
  const span = { noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-30') }
  fc.assert(
    fc.property(fc.date(span), (date) => {
      assert.equal(normaliseTime(date.toISOString(), 0), `${date.toISOString().slice(0, 19)}Z`)
    }),
  )
})

test('any text is read in linear time', () => {
  const read = (text: string) => normaliseTime(text, 6)
  for (const piece of ['1', '0', '-', ':', 'T', '.', '2024-01-01T00:00:00.'])
    for (const end of ['', 'Z', '+01:00'])
      for (const start of ['', '2024-01-01T00:00:00.'])
        assertLinear(start + piece + end, read, repeated(piece, end, start))
})
