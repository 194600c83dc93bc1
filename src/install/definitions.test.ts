import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClient } from '../../test/support/fakeClient.ts'
import { ApiError } from '../core/machinery/status.ts'
import { definitionsServed } from './definitions.ts'
import { STORED_KINDS } from './storedKinds.ts'

test('who may not read stored objects does not wait for what the cluster does not tell', async () => {
  const client = new FakeClient()
  client.fault = () => {
    throw new ApiError(403, 'Forbidden', 'you cannot list')
  }
  await definitionsServed(client)
  assert.equal(client.calls.length, STORED_KINDS.length)
})

test('it is waited for kinds that are not served yet', async () => {
  const client = new FakeClient()
  let refusals = 3
  client.fault = () => {
    if (refusals-- > 0) throw new ApiError(404, 'NotFound', 'the server could not find the requested resource')
  }
  await definitionsServed(client)
  assert.equal(client.calls.length, STORED_KINDS.length + 3)
})
