// What two replicas over one cluster, and other writers of the same custom resources, may expect of the store.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { FakeClient } from '../../../test/support/fakeClient.ts'
import { startStorageServer } from '../../../test/support/storageServer.ts'
import { Kept } from '../../../test/support/kept.ts'
import { Widget } from '../../../test/support/widgets.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import { silent } from '../../core/machinery/log.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { ApiError } from '../../core/machinery/status.ts'
import { openKubernetes, type KubernetesStore, type StoredKind } from '../kubernetes.ts'
import { Compacted, FutureRevision, keyOf, prefixOf, type Change } from '../store.ts'
import { GUARD, type StoredObject } from './wrap.ts'

const served = { group: 'g', plural: 'things' }
const stored = { group: 'storage.test', version: 'v1', plural: 'storedthings', kind: 'StoredThing' }
const KIND: StoredKind = { served, stored, namespaced: true, schema: Kept, order: Widget }
const PREFIX = prefixOf(served)
const key = (name: string) => keyOf(served, 'default', name)
const thing = (name: string, value: unknown, more: object = {}): KubeObject =>
  ({ metadata: { name, uid: 'u', ...more }, value }) as KubeObject
const at = (name: string) => ({ resource: stored, namespace: 'default', name })
const never = new AbortController().signal

describe('replicas', () => {
  let client: ObjectClient
  const open: KubernetesStore[] = []
  const replica = async (through = client, patience = 300): Promise<KubernetesStore> => {
    const store = openKubernetes({ client: through, kinds: [KIND], log: silent, patience })
    open.push(store)
    await store.filled
    return store
  }
  beforeEach(async () => {
    client = (await startStorageServer([KIND])).client()
  })
  afterEach(() => Promise.all(open.splice(0).map((store) => store.close())))

  test('see each other, and only one of two writers of the same state wins', async () => {
    const [a, b] = [await replica(), await replica()]
    const first = (await a.create(key('x'), thing('x', 1)))!
    await eventually(async () => assert.deepEqual(await b.get(key('x')), first))
    const won = await Promise.all([
      a.update(key('x'), thing('x', 2), first.revision),
      b.update(key('x'), thing('x', 3), first.revision),
    ])
    assert.equal(won.filter(Boolean).length, 1)
  })

  test('a writer that was late finds at once what was written instead', async () => {
    const [a, b] = [await replica(), await replica()]
    for (let i = 0; i < 20; i++) {
      const name = `n${i}`
      const created = await Promise.all([a.create(key(name), thing(name, 'a')), b.create(key(name), thing(name, 'b'))])
      const winner = created.find((entry) => entry !== undefined)
      assert.equal(created.filter(Boolean).length, 1)
      assert.deepEqual(await a.get(key(name)), winner)
      assert.deepEqual(await b.get(key(name)), winner)
      const updates = await Promise.all([
        a.update(key(name), thing(name, 'a2'), winner!.revision),
        b.delete(key(name), winner!.revision),
      ])
      assert.equal(updates.filter(Boolean).length, 1)
      assert.deepEqual((await a.get(key(name)))?.revision, (await b.get(key(name)))?.revision)
    }
  })

  test('a replica that has just begun deletes what is older than all that it remembers', async () => {
    const a = await replica()
    const old = (await a.create(key('old'), thing('old', 1)))!
    const guarded = (await a.create(key('guarded'), thing('guarded', 1, { finalizers: ['example.com/hold'] })))!
    await a.create(key('new'), thing('new', 1))
    const b = await replica()
    assert.equal((await b.delete(key('old'), old.revision))?.key, key('old'))
    assert.equal((await b.delete(key('guarded'), guarded.revision))?.key, key('guarded'))
    assert.deepEqual([await b.get(key('old')), await b.get(key('guarded'))], [undefined, undefined])
  })

  test('a store says which kind the cluster does not serve any more, until it does again', async () => {
    const missing: FakeClient = new FakeClient()
    const store = await replica(missing)
    assert.deepEqual(store.denied, [])
    missing.missing.add(stored.plural)
    missing.cutWatches()
    await eventually(() => assert.deepEqual(store.denied, [KIND]))
    missing.missing.clear()
    await eventually(() => assert.deepEqual(store.denied, []))
  })

  test('a list or watch from a revision that another replica has told of waits for it', async () => {
    const [a, b] = [await replica(), await replica()]
    const entry = (await a.create(key('x'), thing('x', 1)))!
    const listing = await b.list({ prefix: PREFIX, revision: entry.revision })
    assert.deepEqual(listing.entries, [entry])
    const next = (await a.update(key('x'), thing('x', 2), entry.revision))!
    const stop = new AbortController()
    const changes = b.watch(PREFIX, next.revision, stop.signal)[Symbol.asyncIterator]()
    const last = a.delete(key('x'), next.revision)
    const { value } = (await changes.next()) as { value: Change }
    assert.deepEqual([value.type, value.entry], ['deleted', await last])
    await changes.return?.()
    await assert.rejects(b.list({ prefix: PREFIX, revision: next.revision + 1_000 }), FutureRevision)
  })

  test('a reader may wait until a replica has what another one has written', async () => {
    const [a, b] = [await replica(), await replica()]
    const next = (await a.create(key('x'), thing('x', 1)))!.revision + 1
    const reached = b.reached(PREFIX, next)
    await a.create(key('y'), thing('y', 1))
    await reached
    assert.ok(await b.get(key('y')))
  })

  test('a reader that leaves before its watch begins leaves nothing behind', async () => {
    const store = await replica()
    const changes = store.watch(PREFIX, (await store.revision(PREFIX)) + 1_000, never)[Symbol.asyncIterator]()
    const waiting = changes.next()
    await changes.return?.()
    await assert.rejects(waiting, FutureRevision)
  })

  test('a custom resource that somebody deletes is gone for all', async () => {
    const store = await replica()
    const entry = (await store.create(key('x'), thing('x', 1)))!
    const changes = store.watch(PREFIX, entry.revision, never)[Symbol.asyncIterator]()
    await client.delete(at('x'))
    const { value } = (await changes.next()) as { value: Change }
    assert.deepEqual([value.type, value.previous], ['deleted', entry])
    assert.equal(await store.get(key('x')), undefined)
    await changes.return?.()
  })

  test('an object with finalizers outlives that, marked, until it is released', async () => {
    const store = await replica()
    const held = { finalizers: ['example.com/hold'] }
    const entry = (await store.create(key('x'), thing('x', 1, held)))!
    assert.deepEqual((await client.get<StoredObject>(at('x'))).metadata.finalizers, [GUARD])
    await client.delete(at('x'))
    const marked = await eventually(async () => {
      const now = (await store.get(key('x')))!
      assert.ok(now.object.metadata.deletionTimestamp)
      return now
    })
    assert.ok(marked.revision > entry.revision)
    const gone = await store.delete(key('x'), marked.revision)
    assert.ok(gone && gone.revision > marked.revision)
    assert.equal(await store.get(key('x')), undefined)
  })

  test('what has lost its guard gets it back, and nothing else is written', async () => {
    const cluster = new FakeClient()
    const first = await replica(cluster)
    const held = { finalizers: ['example.com/hold'] }
    for (const name of ['a', 'b', 'c', 'going', 'gone']) await first.create(key(name), thing(name, 1, held))
    await first.create(key('free'), thing('free', 1))
    const release = (name: string, more: object = {}): void => {
      const found = cluster.peek(stored.plural, 'default', name)!
      const { finalizers: _, ...metadata } = found.metadata
      cluster.put(stored.plural, { ...found, metadata: { ...metadata, ...more } })
    }
    for (const name of ['a', 'b', 'gone']) release(name)
    release('going', { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.com/other'] })
    cluster.remove(stored.plural, 'default', 'gone')
    const store = await replica(cluster)
    await eventually(() => assert.deepEqual([first.unguarded, store.unguarded], [2, 2]))
    const before = (await store.get(key('a')))!
    // Another writer is faster with one of them.
    const { object, revision } = (await first.get(key('b')))!
    await first.update(key('b'), { ...object, metadata: { ...object.metadata, labels: { x: 'y' } } }, revision)
    cluster.calls.length = 0
    await store.guard(never)
    await eventually(() => assert.deepEqual([first.unguarded, store.unguarded], [0, 0]))
    const writes = cluster.calls.filter(({ verb }) => verb !== 'watch')
    assert.ok(writes.every(({ verb, name }) => verb === 'update' && (name === 'a' || name === 'b')))
    for (const name of ['a', 'b'])
      assert.deepEqual(cluster.peek(stored.plural, 'default', name)!.metadata.finalizers, [GUARD])
    const after = (await store.get(key('a')))!
    const { resourceVersion: _, ...metadata } = after.object.metadata
    assert.deepEqual(
      { ...before.object, metadata: { ...before.object.metadata, resourceVersion: '' } },
      {
        ...after.object,
        metadata: { ...metadata, resourceVersion: '' },
      },
    )
    cluster.calls.length = 0
    await store.guard(never)
    assert.deepEqual(cluster.calls, [])
  })

  test('the same through the store alone, and a stale revision deletes nothing', async () => {
    const store = await replica()
    const entry = (await store.create(key('x'), thing('x', 1, { finalizers: ['example.com/hold'] })))!
    const next = (await store.update(key('x'), thing('x', 2, { finalizers: ['example.com/hold'] }), entry.revision))!
    assert.equal(await store.delete(key('x'), entry.revision), undefined)
    assert.ok(await store.delete(key('x'), next.revision))
    await assert.rejects(client.get(at('x')), (error) => error instanceof ApiError && error.code === 404)
  })

  test('what is written by hand under a wrong name, or empty, is left out', async () => {
    const store = await replica()
    const { kind } = stored
    const body = (name: string, object: unknown) => ({
      kind,
      apiVersion: 'storage.test/v1',
      metadata: { name },
      object,
    })
    const target = { resource: stored, namespace: 'default' }
    await client.create(target, body('other', { metadata: { name: 'x' } }))
    await client.create(target, body('empty', {}))
    await store.create(key('good'), thing('good', 1))
    assert.deepEqual(
      (await store.list({ prefix: PREFIX })).entries.map((entry) => entry.key),
      [key('good')],
    )
    assert.deepEqual(
      (await (await replica()).list({ prefix: PREFIX })).entries.map((entry) => entry.key),
      [key('good')],
    )
  })

  test('what becomes of that by hand is left out from then on, and comes back when it is put right', async () => {
    const store = await replica()
    const spoilt: [what: string, object: unknown][] = [
      ['another name', { metadata: { name: 'y' }, value: 1 }],
      ['no metadata', {}],
      ['a value of the wrong type', { metadata: { name: 'x', uid: 'u' }, spec: { names: { a: 1 } } }],
    ]
    for (const [what, object] of spoilt) {
      const begun = (await store.create(key('x'), thing('x', 1)))!
      const changes = store.watch(PREFIX, begun.revision, never)[Symbol.asyncIterator]()
      const write = async (object: unknown) =>
        client.update(at('x'), { ...(await client.get<KubeObject>(at('x'))), object } as never)
      await write(object)
      assert.equal((await changes.next()).value?.type, 'deleted', what)
      assert.equal(await store.get(key('x')), undefined, what)
      // Others are not held up, here or in a replica that begins.
      assert.ok(await store.create(key('good'), thing('good', 1)))
      assert.equal((await (await replica()).list({ prefix: PREFIX })).entries.length, 1, what)
      assert.equal((await changes.next()).value?.entry.key, key('good'))
      await write({ metadata: { name: 'x', uid: 'u' }, value: 2 })
      const { value } = await changes.next()
      assert.deepEqual([value?.type, value?.entry.key], ['created', key('x')], what)
      await write(object)
      await client.delete(at('x'))
      assert.equal((await changes.next()).value?.type, 'deleted', what)
      const good = (await store.get(key('good')))!
      await store.delete(key('good'), good.revision)
      assert.deepEqual((await store.list({ prefix: PREFIX })).entries, [], what)
    }
  })

  test('what is missing in an object is there again', async () => {
    const store = await replica()
    await store.create(key('x'), thing('x', 1))
    await client.update(at('x'), {
      ...(await client.get<KubeObject>(at('x'))),
      object: { metadata: { name: 'x' }, spec: null },
    } as never)
    await eventually(async () => assert.deepEqual(Object.keys((await store.get(key('x')))!.object), ['metadata']))
  })

  test('an object has the namespace that its custom resource lies in, whatever it says', async () => {
    const { kind } = stored
    const object = { metadata: { name: 'x', namespace: 'elsewhere' } }
    await client.create({ resource: stored, namespace: 'default' }, {
      kind,
      apiVersion: 'storage.test/v1',
      metadata: { name: 'x' },
      object,
    } as never)
    assert.equal((await (await replica()).get(key('x')))?.object.metadata.namespace, 'default')
  })

  test('history that the cluster has lost: watches end, old revisions are gone, and the state is right', async () => {
    let fail: ((error: Error) => void) | undefined
    const flaky = interrupted(client, (cut) => (fail = cut))
    const store = await replica(flaky)
    const entry = (await store.create(key('x'), thing('x', 1)))!
    const changes = store.watch(PREFIX, entry.revision, never)[Symbol.asyncIterator]()
    const waiting = changes.next()
    fail!(new ApiError(410, 'Expired', 'compacted'))
    assert.equal((await waiting).done, true)
    const next = (await store.update(key('x'), thing('x', 2), entry.revision))!
    assert.deepEqual(await store.get(key('x')), next)
    const old = store.watch(PREFIX, entry.revision - 1, never)[Symbol.asyncIterator]()
    await assert.rejects(old.next(), Compacted)
  })

  test('a connection that breaks is taken up where it was: watches notice nothing', async () => {
    let fail: ((error: Error) => void) | undefined
    const flaky = interrupted(client, (cut) => (fail = cut))
    const [store, other] = [await replica(flaky), await replica()]
    const entry = (await store.create(key('x'), thing('x', 1)))!
    const changes = store.watch(PREFIX, entry.revision, never)[Symbol.asyncIterator]()
    const waiting = changes.next()
    fail!(new Error('socket hang up'))
    const next = await other.update(key('x'), thing('x', 2), entry.revision)
    assert.deepEqual((await waiting).value?.entry, next)
    await changes.return?.()
  })

  test('a write that does not come back is acknowledged all the same', async () => {
    const deaf = through(client, (_target, { signal } = {}) => ({
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise((resolve) => {
            signal?.addEventListener('abort', () => resolve({ done: true, value: undefined }))
          }),
      }),
    }))
    const store = await replica(deaf, 50)
    assert.equal(((await store.create(key('x'), thing('x', 1)))!.object as KubeObject & { value: number }).value, 1)
  })

  test('a watch that has gone deaf is begun again by the first write that does not come back', async () => {
    let opened = 0
    const deafAtFirst = through(client, (target, options) => {
      const isDeaf = opened++ === 0
      const events = client.watch<never>(target, options)
      if (!isDeaf) return events
      return (async function* () {
        for await (const event of events) if (event.type === 'ERROR') yield event
      })()
    })
    const [store, other] = [await replica(deafAtFirst), await replica()]
    const unseen = (await other.create(key('other'), thing('other', 1)))!
    const changes = store.watch(PREFIX, unseen.revision - 1, never)[Symbol.asyncIterator]()
    const mine = (await store.create(key('mine'), thing('mine', 1)))!
    assert.equal(await store.revision(PREFIX), mine.revision)
    const told = [await changes.next(), await changes.next()].map(({ value }) => value?.entry)
    assert.deepEqual([told, opened], [[unseen, mine], 2])
    await changes.return?.()
  })

  test('what the cluster has sorted is handed out as its type declares it, by whichever way it came', async () => {
    const [a, b] = [await replica(), await replica()]
    // No cluster keeps an order: this one keeps what it is given, which is the wrong one here.
    const sorted = {
      metadata: { name: 'x', uid: 'u' },
      spec: { count: 1, parts: [{ notes: null, name: 'n' }], color: 'c' },
    }
    const created = (await a.create(key('x'), sorted))!
    const declared = '"spec":{"color":"c","count":1,"parts":[{"name":"n","notes":null}]}'
    await eventually(async () => assert.ok(await b.get(key('x'))))
    const late = await replica()
    const told = [created, await a.get(key('x')), await b.get(key('x')), await late.get(key('x'))]
    for (const entry of told) assert.ok(JSON.stringify(entry!.object).includes(declared), JSON.stringify(entry!.object))
  })

  test('that the server may not write is its own failure; that nobody may is told', async () => {
    const cluster = new FakeClient()
    const store = await replica(cluster)
    const written = (await store.create(key('x'), thing('x', 1)))!
    const subject = 'storedthings.storage.test "x" is forbidden:'
    const table: [text: string, code: number][] = [
      [`${subject} User "server" cannot write resource "storedthings" in API group "storage.test"`, 500],
      [`${subject} exceeded quota: few, requested: count/storedthings.storage.test=1`, 403],
    ]
    for (const [text, code] of table) {
      cluster.fault = ({ verb }) => {
        if (verb !== 'watch') throw new ApiError(403, 'Forbidden', text)
      }
      for (const write of [
        () => store.create(key('y'), thing('y', 1)),
        () => store.update(key('x'), thing('x', 2), written.revision),
        () => store.delete(key('x'), written.revision),
      ])
        await assert.rejects(write(), (error) => error instanceof ApiError && error.code === code, text)
    }
  })

  test('what the cluster refuses is thrown as it is', async () => {
    const store = await replica()
    await assert.rejects(
      store.create(keyOf(served, 'missing', 'x'), thing('x', 1)),
      (error) => error instanceof ApiError && error.code === 404,
    )
  })
})

/** The client with watches of its own. */
function through(client: ObjectClient, watch: ObjectClient['watch']): ObjectClient {
  return {
    get: (...args) => client.get(...args),
    list: (...args) => client.list(...args),
    create: (...args) => client.create(...args),
    update: (...args) => client.update(...args),
    patch: (...args) => client.patch(...args),
    delete: (...args) => client.delete(...args),
    watch,
  }
}

/** A client whose watches can be made to fail. */
function interrupted(client: ObjectClient, onOpen: (cut: (error: Error) => void) => void): ObjectClient {
  return through(client, async function* (target, options) {
    const broken = Promise.withResolvers<never>()
    broken.promise.catch(() => undefined)
    onOpen(broken.reject)
    const events = client.watch(target, options)[Symbol.asyncIterator]()
    try {
      for (;;) {
        const event = await Promise.race([events.next(), broken.promise])
        if (event.done) return
        yield event.value as never
      }
    } finally {
      void events.return?.()
    }
  })
}
