import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ago, relativeTime } from './age.ts'

const SECOND = 1
const MINUTE = 60
const HOUR = 3600
const DAY = 24 * HOUR

const cases: [number, string][] = [
  [-5, 'Less than a second'],
  [0.9, 'Less than a second'],
  [SECOND, '1 second'],
  [1.9, '1 second'],
  [2, '2 seconds'],
  [59, '59 seconds'],
  [MINUTE, 'About a minute'],
  [119, 'About a minute'],
  [2 * MINUTE, '2 minutes'],
  [59 * MINUTE + 59, '59 minutes'],
  [HOUR, 'About an hour'],
  [HOUR + 29 * MINUTE, 'About an hour'],
  [HOUR + 30 * MINUTE, '2 hours'],
  [47 * HOUR, '47 hours'],
  [48 * HOUR, '2 days'],
  [13 * DAY, '13 days'],
  [14 * DAY, '2 weeks'],
  [59 * DAY, '8 weeks'],
  [60 * DAY, '2 months'],
  [729 * DAY, '24 months'],
  [730 * DAY, '2 years'],
  [3650 * DAY, '10 years'],
]

test('ages read as in the client that OpenShift took the words from', () => {
  for (const [seconds, text] of cases) assert.equal(relativeTime(seconds * 1000), text, `${seconds} s`)
})

test('no time has no age', () => {
  const now = new Date('2024-01-03T00:00:00Z')
  assert.equal(ago('2024-01-01T00:00:00Z', now), '2 days ago')
  assert.equal(ago(null, now), '')
  assert.equal(ago(undefined, now), '')
})
