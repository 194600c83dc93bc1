import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { dns1123Subdomain } from '../../core/machinery/meta/names.ts'
import { storedName } from './names.ts'

const hex = 'ab'.repeat(32)

const table: [string, string | RegExp][] = [
  ['ubi', 'ubi'],
  ['a.b-c', 'a.b-c'],
  [`sha256:${hex}`, `sha256-${hex}`],
  ['a_b', /^n-[0-9a-f]{64}$/],
  ['A', /^n-[0-9a-f]{64}$/],
  ['a'.repeat(253), 'a'.repeat(253)],
  ['a'.repeat(254), /^n-[0-9a-f]{64}$/],
  ['sha256-abc', /^n-[0-9a-f]{64}$/],
  [`n-${hex}`, /^n-[0-9a-f]{64}$/],
  ['n-x', 'n-x'],
]
for (const [name, stored] of table) {
  test(`${name.slice(0, 40)} is stored under a name that a custom resource may have`, () => {
    if (typeof stored === 'string') assert.equal(storedName(name), stored)
    else assert.match(storedName(name), stored)
  })
}

test('property: every name gets a valid one, and no two names the same', () => {
  const piece = fc.constantFrom('sha256', ':', '-', 'n-', 'ab', '_', '.', 'A', '0', hex, 'ä', '/')
  const name = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(name, name, (a, b) => {
      assert.deepEqual(dns1123Subdomain(storedName(a)), [])
      if (a !== b) assert.notEqual(storedName(a), storedName(b))
    }),
    { numRuns: 2_000 },
  )
})
