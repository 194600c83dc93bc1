// When controllers begin to hear of pushes, and when they end.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { FakeClient } from '../../test/support/fakeClient.ts'
import type { PushEvent } from '../core/hooks/pushEvent.ts'
import type { ImageStream } from '../core/image/types.ts'
import { silent } from '../core/machinery/log.ts'
import { startControllers } from './index.ts'

test('they hear of a push once they know what is tracked: what they were told before would be lost', async () => {
  const client = new FakeClient()
  const from = { kind: 'DockerImage', name: 'r.test/app:v1' }
  client.put('imagestreams', {
    metadata: { name: 'app', namespace: 'ns' },
    spec: { tags: [{ name: 'v1', from, generation: 1, importPolicy: { scheduled: true } }] },
    status: { dockerImageRepository: '' },
  } as unknown as ImageStream)
  const listing = Promise.withResolvers<void>()
  const listed = Promise.withResolvers<void>()
  client.fault = async ({ verb, plural }) => {
    if (verb !== 'list' || plural !== 'imagestreams') return
    listing.resolve()
    await listed.promise
  }
  const stop = new AbortController()
  let listener: ((pushes: readonly PushEvent[]) => number) | undefined
  const running = startControllers({
    client,
    kinds: [],
    schedule: {
      check: () => Promise.resolve([]),
      pushes: { add: (added) => ((listener = added), () => (listener = undefined)) },
    },
    log: silent,
    signal: stop.signal,
  })
  const isHeard = (): boolean => listener !== undefined
  await listing.promise
  assert.equal(isHeard(), false)
  listed.resolve()
  await eventually(() => assert.ok(isHeard()))
  assert.equal(listener?.([{ host: 'r.test', repository: 'app', tags: ['v1'] }]), 1)
  stop.abort()
  await running
  assert.equal(isHeard(), false)
})
