// The contract of ObjectClient: the in-process API server and HTTPS pass this suite, as does any cluster that is put behind it.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { ObjectClient, WatchRequest } from '../../src/core/machinery/client.ts'
import type { KubeObject, WatchEvent } from '../../src/core/machinery/object.ts'
import { ApiError, type StatusReason } from '../../src/core/machinery/status.ts'

interface ConfigMap extends KubeObject {
  data?: Record<string, string>
}

/** What the suite runs against. `namespace` exists and may be written to. */
export interface OpenClient {
  client: ObjectClient
  namespace: string
  close(): Promise<void>
}

const CONFIG_MAPS = { group: '', version: 'v1', plural: 'configmaps' }
const refused = (reason: StatusReason) => (error: unknown) => {
  assert.ok(error instanceof ApiError, String(error))
  assert.equal(error.reason, reason)
  return true
}

/** Runs the suite. Everything that it makes carries a label of its own, so that it can share a cluster. */
export function objectClientContract(name: string, open: () => Promise<OpenClient>): void {
  describe(`object client contract: ${name}`, () => {
    const run = `run-${randomUUID().slice(0, 8)}`
    const labelSelector = `millrace.dev/contract=${run}`
    let opened: OpenClient
    let client: ObjectClient
    let all: { resource: typeof CONFIG_MAPS; namespace: string }
    let count = 0
    before(async () => {
      opened = await open()
      client = opened.client
      all = { resource: CONFIG_MAPS, namespace: opened.namespace }
    })
    after(async () => {
      const { items } = await client.list(all, { labelSelector })
      await Promise.all(items.map(({ metadata }) => client.delete(named(metadata.name!)).catch(() => undefined)))
      await opened.close()
    })
    const named = (name: string) => ({ ...all, name })
    const configMap = (data: Record<string, string>, name = `${run}-${++count}`): ConfigMap => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, labels: { 'millrace.dev/contract': run } },
      data,
    })
    const create = (data: Record<string, string> = {}) => client.create<ConfigMap>(all, configMap(data))
    const read = (object: KubeObject) => client.get<ConfigMap>(named(object.metadata.name!))

    it('creates and gets an object, with what the server adds', async () => {
      const made = await create({ a: '1' })
      assert.equal(made.kind, 'ConfigMap')
      assert.equal(made.apiVersion, 'v1')
      assert.match(made.metadata.resourceVersion ?? '', /^[1-9][0-9]*$/)
      assert.ok(made.metadata.uid)
      assert.deepEqual(await read(made), made)
    })

    it('refuses a second object of the same name, and one that is missing', async () => {
      const made = await create()
      await assert.rejects(client.create(all, configMap({}, made.metadata.name)), refused('AlreadyExists'))
      await assert.rejects(client.get(named(`${run}-missing`)), refused('NotFound'))
      await assert.rejects(client.delete(named(`${run}-missing`)), refused('NotFound'))
      await assert.rejects(client.create(all, configMap({}, 'Not_A_Name')), refused('Invalid'))
    })

    it('refuses a resource that the server does not have', async () => {
      const resource = { group: 'nowhere.millrace.dev', version: 'v1', plural: 'gizmos' }
      await assert.rejects(client.list({ resource, namespace: opened.namespace }), refused('NotFound'))
    })

    it('updates what was read, and refuses what is stale', async () => {
      const made = await create({ a: '1' })
      const next = await client.update<ConfigMap>(named(made.metadata.name!), {
        ...made,
        data: { a: '2' },
      } as ConfigMap)
      assert.deepEqual(next.data, { a: '2' })
      assert.notEqual(next.metadata.resourceVersion, made.metadata.resourceVersion)
      await assert.rejects(client.update(named(made.metadata.name!), made), refused('Conflict'))
      assert.deepEqual((await read(made)).data, { a: '2' })
    })

    it('answers at least the metadata of what it wrote to who wants no more', async () => {
      const metadataOnly = true
      const made = await client.create(all, configMap({ a: '1' }), { metadataOnly })
      assert.deepEqual(made.metadata, (await read(made)).metadata)
      const next = await client.update(named(made.metadata.name!), configMap({ a: '2' }, made.metadata.name), {
        metadataOnly,
      })
      assert.deepEqual(next.metadata, (await read(made)).metadata)
      const last = await client.patch(named(made.metadata.name!), 'merge', { data: { a: '3' } }, { metadataOnly })
      assert.deepEqual(last.metadata, (await read(made)).metadata)
      assert.deepEqual((await read(made)).data, { a: '3' })
    })

    it('patches by each kind of patch', async () => {
      const at = named((await create({ a: '1' })).metadata.name!)
      const data = async (patched: Promise<ConfigMap>) => (await patched).data
      assert.deepEqual(await data(client.patch(at, 'merge', { data: { b: '2' } })), { a: '1', b: '2' })
      assert.deepEqual(await data(client.patch(at, 'strategic', { data: { a: null } })), { b: '2' })
      const operations = [{ op: 'replace', path: '/data/b', value: '3' }]
      assert.deepEqual(await data(client.patch(at, 'json', operations)), { b: '3' })
      await assert.rejects(client.patch(at, 'json', [{ op: 'test', path: '/data/b', value: 'x' }]), refused('Invalid'))
    })

    it('answers a dry run as usual, and stores nothing', async () => {
      const name = `${run}-dry`
      const made = await client.create<ConfigMap>(all, configMap({ a: '1' }, name), { dryRun: true })
      assert.deepEqual(made.data, { a: '1' })
      await assert.rejects(client.get(named(name)), refused('NotFound'))
      const kept = await create({ a: '1' })
      await client.patch(named(kept.metadata.name!), 'merge', { data: { a: '2' } }, { dryRun: true })
      await client.delete(named(kept.metadata.name!), { dryRun: true })
      assert.deepEqual(await read(kept), kept)
    })

    it('deletes under a precondition only when it holds', async () => {
      const made = await create()
      const at = named(made.metadata.name!)
      await assert.rejects(client.delete(at, { uid: randomUUID() }), refused('Conflict'))
      await client.delete(at, { uid: made.metadata.uid! })
      await assert.rejects(client.get(at), refused('NotFound'))
    })

    it('lists page by page, in the order of names, as of one moment', async () => {
      const made = await Promise.all(['1', '2', '3'].map((page) => create({ page })))
      const expected = made.map((object) => object.metadata.name!).toSorted()
      const seen: string[] = []
      const found = { labelSelector, limit: 2 }
      let page = await client.list<ConfigMap>(all, found)
      assert.equal(page.items.length, 2)
      await create({ later: 'x' })
      for (;;) {
        seen.push(...page.items.map((object) => object.metadata.name!))
        if (!page.metadata.continue) break
        page = await client.list<ConfigMap>(all, { ...found, continue: page.metadata.continue })
      }
      assert.deepEqual(seen, seen.toSorted())
      assert.deepEqual(
        seen.filter((object) => expected.includes(object)),
        expected,
      )
    })

    it('selects by labels and fields', async () => {
      const made = await create()
      const fieldSelector = `metadata.name=${made.metadata.name}`
      assert.equal((await client.list(all, { labelSelector, fieldSelector })).items.length, 1)
      assert.equal((await client.list(all, { labelSelector: 'millrace.dev/contract=other' })).items.length, 0)
      await assert.rejects(client.list(all, { labelSelector: '!!' }), refused('BadRequest'))
    })

    /** Takes events until `enough` says so. */
    async function events(request: WatchRequest, enough: (seen: WatchEvent<ConfigMap>[]) => boolean) {
      const seen: WatchEvent<ConfigMap>[] = []
      const signal = AbortSignal.timeout(10_000)
      for await (const event of client.watch<ConfigMap>(all, { labelSelector, signal, ...request })) {
        seen.push(event)
        if (enough(seen)) return seen
      }
      throw new Error(`the watch ended after ${seen.map(({ type }) => type).join(', ') || 'nothing'}`)
    }

    it('watches every change after a version, in order', async () => {
      const from = (await client.list(all, { labelSelector })).metadata.resourceVersion!
      const made = await create({ a: '1' })
      const at = named(made.metadata.name!)
      const changed = await client.patch<ConfigMap>(at, 'merge', { data: { a: '2' } })
      await client.delete(at)
      const seen = await events({ resourceVersion: from }, (all) => all.length === 3)
      assert.deepEqual(
        seen.map(({ type, object }) => [type, object.metadata.name, object.data]),
        [
          ['ADDED', made.metadata.name, { a: '1' }],
          ['MODIFIED', made.metadata.name, { a: '2' }],
          ['DELETED', made.metadata.name, { a: '2' }],
        ],
      )
      assert.equal(seen[1]!.object.metadata.resourceVersion, changed.metadata.resourceVersion)
    })

    it('hands out large objects whole', async () => {
      const from = (await client.list(all, { labelSelector })).metadata.resourceVersion!
      const text = 'é'.repeat(200_000)
      await create({ text })
      const [event] = await events({ resourceVersion: from }, (all) => all.length === 1)
      assert.equal(event?.object.data?.['text'], text)
    })

    it('sends what there is, then a bookmark, when asked for initial events', async () => {
      await create()
      const request = {
        sendInitialEvents: true,
        allowWatchBookmarks: true,
        resourceVersionMatch: 'NotOlderThan',
      } as const
      const seen = await events(request, (all) => all.at(-1)?.type === 'BOOKMARK')
      assert.ok(seen.slice(0, -1).every(({ type }) => type === 'ADDED'))
      assert.equal(seen.at(-1)?.object.metadata.annotations?.['k8s.io/initial-events-end'], 'true')
    })

    it('ends a watch after its time, and on abort without an error', async () => {
      const from = (await client.list(all, { labelSelector })).metadata.resourceVersion!
      const timed = client.watch(all, { labelSelector, resourceVersion: from, timeoutSeconds: 1 })
      assert.deepEqual(await Array.fromAsync(timed), [])
      const stop = new AbortController()
      const waiting = Array.fromAsync(client.watch(all, { labelSelector, resourceVersion: from, signal: stop.signal }))
      setImmediate(() => stop.abort())
      assert.deepEqual(await waiting, [])
    })

    it('throws when a watch is refused', async () => {
      const watch = Array.fromAsync(client.watch(all, { resourceVersion: 'not-a-version' }))
      await assert.rejects(watch, (error) => error instanceof ApiError && error.code >= 400 && error.code < 500)
      const lost = { ...all, resource: { ...CONFIG_MAPS, plural: 'gizmos' } }
      await assert.rejects(Array.fromAsync(client.watch(lost)), refused('NotFound'))
    })
  })
}
