import assert from 'node:assert/strict'
import { test } from 'node:test'
import { age, humanDuration } from './duration.ts'

test('durations shrink to what a human reads', () => {
  const [m, h, d, y] = [60, 3600, 86400, 365 * 86400]
  const cases: [number, string][] = [
    [-2, '<invalid>'],
    [-1.9, '0s'],
    [-0.5, '0s'],
    [0.9, '0s'],
    [119, '119s'],
    [2 * m, '2m'],
    [2 * m + 3, '2m3s'],
    [10 * m + 30, '10m'],
    [179 * m, '179m'],
    [3 * h, '3h'],
    [7 * h + 59 * m, '7h59m'],
    [8 * h + 59 * m, '8h'],
    [47 * h, '47h'],
    [2 * d, '2d'],
    [4 * d + 5 * h, '4d5h'],
    [8 * d + 5 * h, '8d'],
    [2 * y - 1, '729d'],
    [2 * y, '2y'],
    [2 * y + 10 * d, '2y10d'],
    [8 * y + 10 * d, '8y'],
  ]
  for (const [seconds, expected] of cases) assert.equal(humanDuration(seconds * 1000), expected, String(seconds))
})

test('age', () => {
  const now = new Date('2024-01-01T00:05:00Z')
  assert.equal(age('2024-01-01T00:00:00Z', now), '5m')
  assert.equal(age(undefined, now), '<unknown>')
  assert.equal(age(null, now), '<unknown>')
})
