import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeCluster } from '../../../test/support/fakeCluster.ts'
import { temporaryDirectory } from '../../../test/support/processes.ts'
import { WORKLOAD_KINDS } from '../../core/image/workloads.ts'
import { silent } from '../../core/machinery/log.ts'
import { externalPlacement } from './external.ts'

const never = new AbortController().signal

describe('a server outside of the cluster', () => {
  const denials: [right: string, said: RegExp][] = [
    ['delete services', /you may not delete services in namespace millrace: /],
    ['list services', /you may not list services in namespace millrace: /],
    ['watch services', /you may not watch services in namespace millrace: /],
    ['delete apiservices', /you may not delete apiservices\.apiregistration\.k8s\.io: /],
    ['delete mutatingwebhookconfigurations', /you may not delete mutatingwebhookconfigurations\.admission/],
    ['delete clusterroles', /you may not delete clusterroles\.rbac/],
  ]
  for (const [right, said] of denials)
    test(`changes nothing where it could not take its registration back: it may not ${right}`, async () => {
      const cluster = new FakeCluster()
      cluster.denied.add(right)
      const placement = await externalPlacement({
        cluster,
        namespace: 'millrace',
        host: 'localhost',
        port: 8443,
        dataDir: temporaryDirectory('external'),
        version: '1',
        workloads: WORKLOAD_KINDS,
        log: silent,
        signal: never,
      })
      await assert.rejects(placement.prepare(never), said)
      const written = cluster.calls.filter(
        ({ verb, plural }) => verb !== 'get' && plural !== 'selfsubjectaccessreviews',
      )
      assert.deepEqual(written, [])
    })
})
