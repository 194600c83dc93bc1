import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ageOf, humanDuration } from './duration.ts'

const cases: [number, string][] = [
  [-5, '<invalid>'],
  [-1, '0s'],
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [125, '2m5s'],
  [599, '9m59s'],
  [600, '10m'],
  [10_799, '179m'],
  [10_800, '3h'],
  [12_060, '3h21m'],
  [28_800, '8h'],
  [172_799, '47h'],
  [172_800, '2d'],
  [183_600, '2d3h'],
  [691_200, '8d'],
  [63_072_000, '2y'],
  [65_664_000, '2y30d'],
  [252_288_000, '8y'],
]
for (const [seconds, text] of cases) test(`${seconds} s are ${text}`, () => assert.equal(humanDuration(seconds), text))

test('the age of no time is unknown, and none is longer than Kubernetes can count', () => {
  const now = new Date('2026-01-01T00:01:00Z')
  assert.equal(ageOf(undefined, now), '<unknown>')
  assert.equal(ageOf('0001-01-01T00:00:00Z', now), '<unknown>')
  assert.equal(ageOf('0002-01-01T00:00:00Z', now), '292y')
  assert.equal(ageOf('2026-01-01T00:00:00Z', now), '60s')
})
