import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { reasons, unmet, type Deployment } from './rollout.ts'

const deployment = (status: Deployment['status'], spec: Deployment['spec'] = { replicas: 2 }): Deployment => ({
  metadata: { name: 'millrace', namespace: 'tools', generation: 3 },
  spec,
  status: { observedGeneration: 3, ...status },
})

describe('a rollout waits for', () => {
  const table: [string | undefined, Deployment][] = [
    [undefined, deployment({ replicas: 2, updatedReplicas: 2, availableReplicas: 2 })],
    [undefined, deployment({ replicas: 1, updatedReplicas: 1, availableReplicas: 1 }, {})],
    ['the cluster has not seen it yet', deployment({ observedGeneration: 2, replicas: 2, updatedReplicas: 2 })],
    ['0 of 2 pods have the new version', deployment({})],
    ['1 of 2 pods have the new version', deployment({ replicas: 3, updatedReplicas: 1, availableReplicas: 2 })],
    ['1 of 3 pods still have the old version', deployment({ replicas: 3, updatedReplicas: 2, availableReplicas: 3 })],
    ['1 of 2 new pods are ready', deployment({ replicas: 2, updatedReplicas: 2, availableReplicas: 1 })],
  ]
  for (const [expected, found] of table)
    test(expected ?? 'nothing any more', () => assert.equal(unmet(found), expected))
})

describe('a rollout says why it does not go on', () => {
  const condition = (type: string, status: string, message: string) => ({ type, status, message })
  test('in the words of the cluster', () => {
    const conditions = [
      condition('Available', 'True', 'Deployment has minimum availability.'),
      condition('Progressing', 'False', 'timed out'),
      condition('ReplicaFailure', 'True', 'no PriorityClass with name nope was found'),
    ]
    assert.deepEqual(reasons(deployment({ conditions })), ['timed out', 'no PriorityClass with name nope was found'])
  })
  test('where nothing is wrong it says nothing', () =>
    assert.deepEqual(reasons(deployment({ conditions: [condition('Progressing', 'True', 'is progressing')] })), []))
  test('where somebody has paused it, with what to do', () =>
    assert.deepEqual(reasons(deployment({}, { replicas: 2, paused: true })), [
      'it is paused: kubectl -n tools rollout resume deployment/millrace',
    ]))
})
