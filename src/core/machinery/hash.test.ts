import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hash } from './hash.ts'

// https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
test('hashes texts and bytes alike', () => {
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  assert.equal(hash('sha256', 'abc').toString('hex'), abc)
  assert.equal(hash('sha256', new Uint8Array([97, 98, 99])).toString('hex'), abc)
  assert.equal(hash('sha512', 'abc').length, 64)
})
