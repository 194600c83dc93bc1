import assert from 'node:assert/strict'
import { test } from 'node:test'
import { binarySize, humanSize } from './size.ts'

test('sizes have four significant digits and a decimal unit', () => {
  const cases: [number, string][] = [
    [0, '0B'],
    [999, '999B'],
    [1000, '1kB'],
    [1536, '1.536kB'],
    [77_454_321, '77.45MB'],
    [77_500_000, '77.5MB'],
    [999_999, '1000kB'],
    [2_100_000_000, '2.1GB'],
    [1e27, '1000YB'],
  ]
  for (const [bytes, text] of cases) assert.equal(humanSize(bytes), text)
})

test('binary sizes go by 1024', () => {
  const cases: [number, string][] = [
    [0, '0B'],
    [1023, '1023B'],
    [1024, '1KiB'],
    [77_454_321, '73.87MiB'],
    [3_221_225_472, '3GiB'],
    [1024 ** 9, '1024YiB'],
  ]
  for (const [bytes, text] of cases) assert.equal(binarySize(bytes), text)
})
