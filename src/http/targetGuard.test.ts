import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AddressRefused, type Lookup } from './allowedLookup.ts'
import { targetGuard } from './targetGuard.ts'

/** A guard that allows 10.0.0.1, with a clock and names that the test sets. */
function setUp() {
  const state = { now: 0, address: '10.0.0.1', lookups: 0 }
  const lookup: Lookup = (_, _options, done) => {
    state.lookups += 1
    if (state.address === '') return done(new Error('not found'), [])
    done(null, [{ address: state.address, family: 4 }])
  }
  const guard = targetGuard({ allowAddress: (ip) => ip === '10.0.0.1', lookup, clock: () => state.now })
  return { state, guard }
}

test('a name is looked up again after half a minute', async () => {
  const { state, guard } = setUp()
  await guard('a.test')
  state.address = '127.0.0.1'
  state.now = 29_999
  await guard('a.test')
  state.now = 30_000
  await assert.rejects(guard('a.test'), AddressRefused)
  assert.equal(state.lookups, 2)
})

test('a failure is not kept, and requests at the same time share a look', async () => {
  const { state, guard } = setUp()
  state.address = ''
  await assert.rejects(guard('a.test'), /not found/)
  state.address = '10.0.0.1'
  await Promise.all([guard('a.test'), guard('a.test')])
  assert.equal(state.lookups, 2)
})

test('as many names as users make up take no more memory than some', async () => {
  const { state, guard } = setUp()
  for (let i = 0; i < 600; i += 1) await guard(`n${i}.test`)
  await guard('n599.test')
  assert.equal(state.lookups, 600)
  await guard('n0.test')
  assert.equal(state.lookups, 601)
})
