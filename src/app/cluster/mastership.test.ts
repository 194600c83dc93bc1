import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measuring } from '../../../test/support/exposition.ts'
import { measuredMastership } from './mastership.ts'

test('who leads shows 1 until the work has ended, however it ends', async () => {
  const { metrics, value } = measuring()
  const shown = () => value('leader_election_master_status', { name: 'lease' })
  let end = Promise.withResolvers<void>()
  const work = measuredMastership(metrics, 'lease', () => end.promise)
  assert.equal(await shown(), 0)
  const first = work()
  assert.equal(await shown(), 1)
  end.resolve()
  await first
  assert.equal(await shown(), 0)
  end = Promise.withResolvers()
  const second = work()
  assert.equal(await shown(), 1)
  end.reject(new Error('lost'))
  await assert.rejects(second, /lost/)
  assert.equal(await shown(), 0)
})
