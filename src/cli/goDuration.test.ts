import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDuration } from './goDuration.ts'

test('durations are read as Go reads them, bare numbers as seconds', () => {
  const cases: [string, number][] = [
    ['0', 0],
    ['30', 30_000],
    ['1m30s', 90_000],
    ['1h0m0s', 3_600_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
  ]
  for (const [text, milliseconds] of cases) assert.equal(parseDuration(text), milliseconds)
  for (const text of ['', 'soon', '5x', '1m 30s', '-5s', '5m!'])
    assert.throws(() => parseDuration(text), /invalid duration/)
})
