import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startInProcess } from '../../../test/support/inProcess.ts'
import { eventually } from '../../../test/support/eventually.ts'
import { quotas, QUOTAS } from '../../admission/quota.ts'
import { silent } from '../../core/machinery/log.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Context } from '../../core/machinery/resource.ts'
import { Reflector } from '../../kube/reflector.ts'
import { LIMIT_RANGES } from '../limitRanges.ts'
import { cachedList, mayHave } from './cachedLists.ts'

const namespace = 'default'

test('asks until there is a cache, then reads from it, and sees what is made later', async (t) => {
  const { client } = await startInProcess()
  const stop = new AbortController()
  t.after(() => stop.abort())
  const options = { client, log: silent, signal: stop.signal }
  const limits = new Reflector<KubeObject>({ ...options, resource: LIMIT_RANGES })
  let asked = 0
  const list = cachedList(limits, async (at) => {
    asked += 1
    return (await client.list({ resource: LIMIT_RANGES, namespace: at })).items
  })
  assert.deepEqual(await list(namespace), [])
  assert.equal(asked, 1)
  void limits.run()
  await limits.synced
  assert.deepEqual(await list(namespace), [])
  const spec = { limits: [{ type: 'openshift.io/Image', max: { storage: '1Gi' } }] }
  await client.create({ resource: LIMIT_RANGES, namespace }, { metadata: { name: 'l' }, spec } as KubeObject)
  await eventually(async () => assert.equal((await list(namespace)).length, 1))
  assert.deepEqual(await list('elsewhere'), [])
  assert.equal(asked, 1)
})

test('a namespace may have quotas until the cache knows that it has none', async (t) => {
  const { client } = await startInProcess()
  const stop = new AbortController()
  t.after(() => stop.abort())
  const cache = new Reflector<KubeObject>({ client, log: silent, signal: stop.signal, resource: QUOTAS })
  const may = mayHave(cache)
  let lists = 0
  const counting = {
    list: (...args: Parameters<typeof client.list>) => ((lists += 1), client.list(...args)),
    update: client.update.bind(client),
  }
  const step = quotas({ client: () => counting as never, mayHave: may, log: silent })
  const creation = { group: 'image.openshift.io', plural: 'imagestreams', namespace, name: 's', dryRun: false }
  const reserve = () => step.reserve!({ resource: creation, context: {} as Context, name: 's' } as never, creation)
  await reserve()
  assert.deepEqual([may(namespace), lists], [true, 1])
  void cache.run()
  await cache.synced
  await reserve()
  assert.deepEqual([may(namespace), lists], [false, 1])
  const quota = { metadata: { name: 'q' }, spec: { hard: { 'count/imagestreams.image.openshift.io': '0' } } }
  await client.create({ resource: QUOTAS, namespace }, quota)
  await eventually(() => assert.equal(may(namespace), true))
  await reserve().catch(() => undefined)
  assert.ok(lists > 1)
})
