import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ImageStream } from '../image/types.ts'
import { moves } from './movement.ts'

const NOW = Date.parse('2026-03-01T00:00:00Z')
const DAY = 24 * 3_600_000

/** A tag that was changed so many days ago, the first import last. */
function history(...days: (number | null)[]): Pick<ImageStream, 'status'> {
  const items = days.map((day) => ({
    created: day === null ? null : new Date(NOW - day * DAY).toISOString(),
    dockerImageReference: 'x',
    image: 'x',
    generation: 1,
  }))
  return { status: { dockerImageRepository: '', tags: [{ tag: 'v1', items }] } }
}

const cases: [string, Pick<ImageStream, 'status'>, boolean][] = [
  ['what was imported once, though just now', history(0), false],
  ['what has changed today', history(0, 100), true],
  ['what has changed two weeks ago', history(14, 100), true],
  ['what has not changed for three weeks', history(21, 100), false],
  ['what has changed often until six weeks ago', history(...Array.from({ length: 20 }, (_, i) => 42 + i / 10)), true],
  ['what has changed in the future, by another clock', history(-3, 100), true],
  ['what nobody knows the time of', history(null, null), false],
  ['another tag', { status: { dockerImageRepository: '' } }, false],
]
for (const [title, stream, expected] of cases)
  test(`${title} ${expected ? 'moves' : 'does not move'}`, () => assert.equal(moves(stream, 'v1', NOW), expected))
