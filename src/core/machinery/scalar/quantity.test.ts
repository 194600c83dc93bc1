import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { assertLinear, repeated } from '../../../../test/support/linearTime.ts'
import { canonicalQuantity, formatBytes, quantityValue } from './quantity.ts'

test('canonical texts', () => {
  const cases: [string, string | undefined][] = [
    ['0', '0'],
    ['0Mi', '0'],
    ['-0', '0'],
    ['1', '1'],
    ['+1', '1'],
    ['1.', '1'],
    ['.5', '500m'],
    ['0.5', '500m'],
    ['1.5', '1500m'],
    ['1000m', '1'],
    ['250m', '250m'],
    ['1000', '1k'],
    ['1024', '1024'],
    ['1500k', '1500k'],
    ['100000k', '100M'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['1Ki', '1Ki'],
    ['0.5Ki', '512'],
    ['0.1Mi', '104858'],
    ['1000Ki', '1000Ki'],
    ['1e3', '1e3'],
    ['1000e0', '1e3'],
    ['12E6', '12e6'],
    ['1e2', '100'],
    ['1E', '1E'],
    ['0.0000000001', '1n'],
    ['-1.5', '-1500m'],
    ['9223372036854775808', '9223372036854775807'],
    ['1e1000000000', '9223372036854775807'],
    ['1e-1000000000', '1e-9'],
    ['100Ei', '9223372036854775807'],
    [`0.5${'0'.repeat(1000)}`, '500m'],
    [`0.5${'0'.repeat(1000)}1`, '500000001n'],
    ['', undefined],
    ['.', undefined],
    ['m', undefined],
    ['1.2.3', undefined],
    ['1Q', undefined],
    ['1mi', undefined],
    ['1 Gi', undefined],
    ['many', undefined],
  ]
  for (const [text, expected] of cases) assert.equal(canonicalQuantity(text), expected, text)
})

test('a canonical text is its own', () => {
  const suffix = fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'Ti', 'e3', 'e-6', 'e1')
  fc.assert(
    fc.property(fc.nat(), fc.nat(9999), suffix, (whole, fraction, unit) => {
      const once = canonicalQuantity(`${whole}.${fraction}${unit}`)!
      const twice = canonicalQuantity(once)!
      // A binary quantity that is no multiple of 1024 says no unit, so that its next reader takes it for a decimal one.
      if (!unit.endsWith('i') || once.endsWith('i')) assert.equal(twice, once)
      assert.equal(canonicalQuantity(twice), twice)
    }),
  )
})

test('quantities have values that can be compared, whatever their unit', () => {
  const cases: [string, bigint | undefined][] = [
    ['0', 0n],
    ['1', 1_000_000_000n],
    ['500m', 500_000_000n],
    ['-1Ki', -1_024_000_000_000n],
    ['1k', 1_000_000_000_000n],
    ['1e3', 1_000_000_000_000n],
    ['', undefined],
    ['much', undefined],
  ]
  for (const [text, expected] of cases) assert.equal(quantityValue(text), expected, text)
})

test('bytes are written in binary units where that is exact', () => {
  const cases: [number, string][] = [
    [0, '0'],
    [-1, '0'],
    [1, '1'],
    [1023, '1023'],
    [1024, '1Ki'],
    [1500, '1500'],
    [3 * 2 ** 20, '3Mi'],
  ]
  for (const [bytes, expected] of cases) assert.equal(formatBytes(bytes), expected)
  fc.assert(
    fc.property(fc.maxSafeNat(), (bytes) => assert.equal(quantityValue(formatBytes(bytes)), BigInt(bytes) * 10n ** 9n)),
  )
})

test('any text is read in linear time', () => {
  for (const piece of ['1', '0', '9', '.', '-', '1.', 'e1', '1e', ' '])
    for (const end of ['', 'Ki', 'e9', 'm', '!'])
      for (const start of ['', '0.', '1e', '-'])
        assertLinear(start + piece + end, canonicalQuantity, repeated(piece, end, start))
})
