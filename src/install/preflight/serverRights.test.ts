import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeCluster } from '../../../test/support/fakeCluster.ts'
import { WORKLOAD_KINDS } from '../../core/image/workloads.ts'
import { externalRightObstacles, installedRightObstacles } from './serverRights.ts'

const options = { namespace: 'millrace', workloads: WORKLOAD_KINDS }
const TRUST = 'get configmaps "extension-apiserver-authentication" in namespace kube-system'

async function installed(...denied: string[]): Promise<string[]> {
  const world = new FakeCluster()
  for (const each of denied) world.denied.add(each)
  return installedRightObstacles(world, { ...options, certificates: 'own' })
}

async function external(...denied: string[]): Promise<string[]> {
  const world = new FakeCluster()
  for (const each of denied) world.denied.add(each)
  return externalRightObstacles(world, options)
}

describe('a server is told', () => {
  const table: [string[], string[]][] = [
    [[], []],
    [
      ['list secrets', 'patch deployments'],
      [
        'it may not patch deployments.apps, list secrets "millrace-serving" in namespace millrace, list secrets in namespace millrace: run "millrace install" of this version again',
      ],
    ],
    [
      ['create tokenreviews'],
      [
        'it may not create tokenreviews.authentication.k8s.io: run "millrace install" of this version again, which binds ClusterRole system:auth-delegator and, in kube-system, Role extension-apiserver-authentication-reader',
      ],
    ],
  ]
  for (const [denied, expected] of table)
    test(`that it may not ${denied.join(', ') || 'nothing'}`, async () =>
      assert.deepEqual(await installed(...denied), expected))

  test('outside of the cluster only of what it needs there', async () => {
    assert.deepEqual(await external('patch apiservices'), [])
    assert.deepEqual(await external('list secrets'), [
      'it may not list secrets in namespace millrace: name a kubeconfig of a cluster administrator',
    ])
    assert.deepEqual(await external('get configmaps', 'update leases'), [
      `it may not get configmaps "millrace-rates" in namespace millrace, update leases.coordination.k8s.io "millrace-controllers" in namespace millrace, ${TRUST}: name a kubeconfig of a cluster administrator`,
    ])
  })
})
