import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeCluster } from '../../test/support/fakeCluster.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { ApiError } from '../core/machinery/status.ts'
import { apply } from './apply.ts'
import { networkPolicy } from './objects/networkPolicy.ts'
import { service } from './objects/service.ts'

interface Service extends KubeObject {
  spec: { ports: { port: number }[] }
}

/** Ports of the same name stand beside each other: as long as there is another number, nothing can be applied. */
function cluster(): FakeCluster {
  const fake = new FakeCluster()
  const ours = service('millrace') as unknown as Service
  const changed: Service = { ...ours, spec: { ports: [{ port: 8443 }] } }
  fake.put('services', changed)
  fake.fault = ({ type }) => {
    const [port] = (fake.peek('services', 'millrace', 'millrace') as Service).spec.ports
    if (type === 'apply' && port?.port !== 443) throw new ApiError(422, 'Invalid', 'Duplicate value')
  }
  return fake
}

test('a port that somebody has changed is put right', async () => {
  const fake = cluster()
  await apply(fake, service('millrace'))
  assert.deepEqual((fake.peek('services', 'millrace', 'millrace') as Service).spec, service('millrace')['spec'])
  assert.deepEqual(
    fake.made('patch', 'services').map(({ type }) => type),
    ['apply', 'merge', 'apply'],
  )
})

test('what cannot be otherwise is not tried again, nor changed where it is only asked', async () => {
  const fake = cluster()
  const before = fake.revision
  await assert.rejects(apply(fake, networkPolicy('millrace')), /Duplicate value/)
  await assert.rejects(apply(fake, service('millrace'), { dryRun: true }), /Duplicate value/)
  assert.equal(fake.revision, before)
  assert.equal(fake.made('patch', 'services').length, 1)
})
