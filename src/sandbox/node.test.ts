import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addressNumber, podAddress } from './node.ts'

test('addresses of pods can be told apart, and counted on after a restart', () => {
  assert.deepEqual([0, 254, 255, 2 ** 24 - 3].map(podAddress), ['10.0.0.1', '10.0.0.255', '10.0.1.0', '10.255.255.254'])
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 24 - 3 }), (n) => assert.equal(addressNumber(podAddress(n)), n)))
  for (const other of [undefined, '127.0.0.1', '']) assert.equal(addressNumber(other), -1)
})
