import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mastersOnly } from './authorize.ts'

const AUTHENTICATED = 'system:authenticated'
const review = { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' }
const may = async (groups: string[], question: object = {}) =>
  (await mastersOnly({ name: 'jane', groups }, { ...review, ...question })).allowed

test('masters may do everything, others only ask about themselves', async () => {
  assert.ok(await may(['system:masters'], { verb: 'delete', group: '', resource: 'secrets' }))
  assert.ok(await may([AUTHENTICATED]))
  for (const question of [
    { verb: 'list' },
    { group: '' },
    { subresource: 'status' },
    { resource: 'subjectaccessreviews' },
    { group: '', resource: 'pods' },
  ])
    assert.ok(!(await may([AUTHENTICATED], question)), JSON.stringify(question))
  assert.ok(!(await may([])), 'nobody')
})

test('a refusal names the user', async () => {
  const answer = await mastersOnly({ name: 'jane', groups: [] }, review)
  assert.equal(answer.reason, 'user "jane" is not in the group system:masters')
})
