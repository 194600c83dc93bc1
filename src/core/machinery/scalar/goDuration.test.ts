import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertLinear, repeated } from '../../../../test/support/linearTime.ts'
import { parseGoDuration } from './goDuration.ts'

test('durations are read as Go reads them', () => {
  const cases: [string, number | undefined][] = [
    ['0', 0],
    ['1m30s', 90_000],
    ['-1.5h', -5_400_000],
    ['+500ms', 500],
    ['.5s', 500],
    ['1.s', 1000],
    ['2000us', 2],
    ['30', undefined],
    ['', undefined],
    ['-', undefined],
    ['.s', undefined],
    ['5x', undefined],
    ['1m 30s', undefined],
    ['5m!', undefined],
    ['1s'.repeat(128), 128_000],
    ['1s'.repeat(129), undefined],
  ]
  for (const [text, milliseconds] of cases) assert.equal(parseGoDuration(text), milliseconds, text)
})

test('any text is read in linear time', () => {
  for (const piece of ['1', '9', '1s', '1.', '.', '1.1', '1.1m', '-', 's'])
    for (const end of ['', 's', '!']) assertLinear(piece + end, parseGoDuration, repeated(piece, end))
})
