import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { GrantRecord } from './grants.ts'
import { accountName, DamagedRecord, readRecord, RECORD_LIMIT, writeRecord } from './grantText.ts'

test('what was written is read', () => {
  const count = fc.integer({ min: 1, max: 2 ** 50 })
  const plain = { noNullPrototype: true } as const
  const grant = fc.record({ holder: fc.string(), count: fc.oneof(count, fc.constant(0)), until: count }, plain)
  const granted = fc.record({ per: count, grants: fc.array(grant, { maxLength: 5 }) }, plain)
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.stringMatching(/^[0-9a-f]{1,24}$/), granted)), (accounts) => {
      const record: GrantRecord = new Map(accounts)
      assert.deepEqual(Object.fromEntries(readRecord(writeRecord(record))), Object.fromEntries(record))
    }),
  )
  assert.equal(readRecord('').size, 0)
})

for (const text of [
  '[]',
  'null',
  '{',
  '{"a":1}',
  '{"a":{"per":0,"grants":[]}}',
  '{"a":{"per":1}}',
  '{"a":{"per":1,"grants":[[1,1,1]]}}',
  '{"a":{"per":1,"grants":[["h",-1,1]]}}',
  '{"a":{"per":1,"grants":[["h",1,"1"]]}}',
  '{"a":{"per":1,"grants":[["h",1,1e999]]}}',
  '{"a":{"per":1,"grants":[{}]}}',
  ' '.repeat(RECORD_LIMIT + 1),
])
  test(`is damaged: ${text.slice(0, 50)}`, () => {
    assert.throws(() => readRecord(text), DamagedRecord)
  })

test('as many accounts and grants as there may be are no longer than a ConfigMap may be', () => {
  const grants = Array.from({ length: 64 }, () => ({ holder: 'a'.repeat(12), count: 99_999, until: 1_700_000_000_000 }))
  // Those with room of their own, and one of each prefix.
  const accounts = Array.from(
    { length: 128 + 200 },
    (_, i) => [accountName(`${i}`), { per: 86_400_000, grants }] as const,
  )
  const { length } = writeRecord(new Map(accounts))
  assert.ok(length < RECORD_LIMIT, `${length}`)
})

test('names of accounts tell nothing, and are all different', () => {
  const names = [
    accountName('r.test'),
    accountName('r.test', 'a'),
    accountName('r.test', 'a', 'b'),
    accountName('r.test', 'b', 'a'),
  ]
  assert.equal(new Set(names).size, 4)
  for (const name of names) assert.match(name, /^[0-9a-f]{24}$/)
})
