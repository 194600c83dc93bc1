// Quotas with everything that writes them, in this process: admission charges, the stand-in cluster counts its objects, the
// controllers of image streams count theirs. All three write the same status.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startControllers } from '../../src/controllers/index.ts'
import { WORKLOAD_KINDS } from '../../src/core/image/workloads.ts'
import type { ObjectClient } from '../../src/core/machinery/client.ts'
import { silent } from '../../src/core/machinery/log.ts'
import { isReason } from '../../src/core/machinery/status.ts'
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { openMemory } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'
import { eventually, throughout } from '../support/eventually.ts'
import { startInProcess } from '../support/inProcess.ts'
import { COUNT, QUOTAS, STREAMS, usedOf } from '../support/quotas.ts'

const IMAGE_STREAMS = { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' }

/** A store that takes a while for every new object, so that others get in between a charge and its object. */
function slowly(store: Store): Store {
  const create = store.create.bind(store)
  store.create = async (key, object) => {
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
    return create(key, object)
  }
  return store
}

let client: ObjectClient
let sandbox: Sandbox
let running: Promise<unknown>
const stop = new AbortController()
before(async () => {
  const server = await startInProcess({ store: slowly(openMemory()) })
  client = server.client
  const options = { client, log: silent, signal: stop.signal }
  sandbox = startSandbox({ ...options, resources: server.contents })
  running = Promise.all([sandbox.stopped, startControllers({ ...options, kinds: WORKLOAD_KINDS })])
  await sandbox.ready
})
after(async () => {
  stop.abort()
  await running
})

/** A namespace with a quota that is in force. */
async function limited(namespace: string, hard: Record<string, string>): Promise<void> {
  await client.create({ resource: { ...QUOTAS, plural: 'namespaces' } }, { metadata: { name: namespace } })
  await client.create({ resource: QUOTAS, namespace }, { metadata: { name: 'q' }, spec: { hard } } as never)
  await isUsed(namespace, Object.fromEntries(Object.keys(hard).map((name) => [name, '0'])))
}
const isUsed = (namespace: string, used: Record<string, string>) =>
  eventually(async () => assert.deepEqual(await usedOf(client, 'q', namespace), used))
const create = (namespace: string, name: string) =>
  client.create({ resource: IMAGE_STREAMS, namespace }, { metadata: { name } })
const remove = (namespace: string, name: string) => client.delete({ resource: IMAGE_STREAMS, namespace, name })
const streams = async (namespace: string) => (await client.list({ resource: IMAGE_STREAMS, namespace })).items.length

test('both names of streams are right after every change, and then nobody writes any more', async () => {
  await limited('both', { [STREAMS]: '2', [COUNT]: '3' })
  await create('both', 'a')
  await create('both', 'b')
  await assert.rejects(create('both', 'c'), /exceeded quota: q, requested: openshift.io\/imagestreams=1/)
  await isUsed('both', { [STREAMS]: '2', [COUNT]: '2' })
  await remove('both', 'a')
  await isUsed('both', { [STREAMS]: '1', [COUNT]: '1' })
  await create('both', 'c')
  await isUsed('both', { [STREAMS]: '2', [COUNT]: '2' })
  const version = async () =>
    (await client.get({ resource: QUOTAS, namespace: 'both', name: 'q' })).metadata.resourceVersion
  await eventually(() => assert.ok(sandbox.idle))
  const settled = await version()
  await throughout(100, async () => assert.equal(await version(), settled))
})

for (const [i, name] of [STREAMS, COUNT].entries()) {
  test(`however many come and go at the same time, there are never more than ${name} says`, async () => {
    const namespace = `busy${i}`
    await limited(namespace, { [name]: '3' })
    let made = 0
    let tries = 0
    const worker = async (): Promise<void> => {
      while (made < 100 && tries < 20_000) {
        const stream = `s${tries++}`
        try {
          await create(namespace, stream)
        } catch (error) {
          assert.ok(isReason(error, 'Forbidden'), String(error))
          // Those that are there need a moment to go.
          await new Promise(setImmediate)
          continue
        }
        made++
        assert.ok((await streams(namespace)) <= 3)
        if (made % 3 !== 0) await new Promise(setImmediate)
        await remove(namespace, stream)
      }
    }
    await Promise.all(Array.from({ length: 8 }, worker))
    assert.ok(made >= 100, `only ${made} were made: room comes back`)
    await isUsed(namespace, { [name]: '0' })
  })
}

test('a quota and what it counts go with their namespace', async () => {
  await limited('short', { [STREAMS]: '1' })
  await create('short', 'a')
  const target = { resource: { ...QUOTAS, plural: 'namespaces' }, name: 'short' }
  await client.delete(target)
  await eventually(() => assert.rejects(client.get(target), (error) => isReason(error, 'NotFound')))
})
