// The contract of Store: every implementation passes this suite.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import {
  Compacted,
  FutureRevision,
  keyOf,
  MAX_OBJECT,
  prefixOf,
  SlowWatcher,
  TooLarge,
  type Change,
  type Entry,
  type Store,
} from '../../src/store/store.ts'
import { againstModel } from './storeModel.ts'

const pods = { group: '', plural: 'pods' }
const key = (name: string, namespace = 'default') => keyOf(pods, namespace, name)
const PODS = prefixOf(pods)

interface Thing extends KubeObject {
  value?: unknown
}
const thing = (name: string, value: unknown = 0): Thing => ({ metadata: { name, uid: 'u' }, value })
const names = (entries: readonly Entry[]) => entries.map((entry) => entry.object.metadata.name)
const values = (entries: readonly Entry[]) => entries.map((entry) => (entry.object as Thing).value)

async function take(changes: AsyncIterator<Change>, count: number): Promise<Change[]> {
  const taken: Change[] = []
  while (taken.length < count) {
    const { done, value } = await changes.next()
    assert.ok(!done, `the watch ended after ${taken.length} of ${count} changes`)
    taken.push(value)
  }
  return taken
}

/** Runs the suite. `open` gives an empty store; watches of it hold at most `watchBuffer` changes. `skip` says why it does not run. */
export function storeContract(
  name: string,
  open: (options: { watchBuffer: number }) => Promise<Store>,
  skip: string | false = false,
): void {
  describe(`store contract: ${name}`, { skip }, () => {
    let store: Store
    let stop: AbortController
    const watch = (prefix: string, revision: number) =>
      store.watch(prefix, revision, stop.signal)[Symbol.asyncIterator]()
    const create = async (name: string, value?: unknown): Promise<Entry> => {
      const entry = await store.create(key(name), thing(name, value))
      assert.ok(entry)
      return entry
    }
    const update = async (entry: Entry, value: unknown): Promise<Entry> => {
      const updated = await store.update(entry.key, thing(entry.object.metadata.name!, value), entry.revision)
      assert.ok(updated)
      return updated
    }
    beforeEach(async () => {
      store = await open({ watchBuffer: 300 })
      stop = new AbortController()
    })
    afterEach(async () => {
      stop.abort()
      await store.close()
    })

    describe('reading and writing', () => {
      it('starts above revision 1, so that this is never current', async () => {
        assert.ok((await store.revision(PODS)) > 1)
      })

      it('gives every write a higher revision and writes it into its copy', async () => {
        const object = thing('a')
        const entry = await store.create(key('a'), object)
        assert.ok(entry)
        assert.equal(entry.object.metadata.resourceVersion, String(entry.revision))
        assert.equal(await store.revision(PODS), entry.revision)
        assert.equal(object.metadata.resourceVersion, undefined, 'the caller keeps its object')
        assert.deepEqual(await store.get(key('a')), entry)
        assert.ok((await create('b')).revision > entry.revision)
      })

      it('shares frozen objects that the writer cannot change any more', async () => {
        const object = { ...thing('a'), value: { deep: [1] } }
        const entry = await store.create(key('a'), object)
        object.value.deep.push(2)
        assert.deepEqual(values([(await store.get(key('a')))!]), [{ deep: [1] }])
        assert.ok(Object.isFrozen((entry!.object as typeof object).value.deep))
      })

      it('refuses to create what exists, and creates again what was deleted', async () => {
        const first = await create('a')
        assert.equal(await store.create(key('a'), thing('a', 1)), undefined)
        assert.ok(await store.delete(key('a'), first.revision))
        assert.ok((await create('a', 2)).revision > first.revision)
        assert.deepEqual(values((await store.list({ prefix: PODS })).entries), [2])
      })

      it('updates only from the expected revision', async () => {
        const first = await create('a')
        const second = await update(first, 1)
        assert.ok(second.revision > first.revision)
        assert.equal(await store.update(key('a'), thing('a', 2), first.revision), undefined)
        assert.equal(await store.update(key('b'), thing('b', 2), 0), undefined, 'what is not there')
        assert.deepEqual(values([(await store.get(key('a')))!]), [1])
      })

      it('does not write what is equal but for the resourceVersion', async () => {
        const first = await create('a', { x: [1] })
        const same = { ...thing('a', { x: [1] }), metadata: { name: 'a', uid: 'u', resourceVersion: '7' } }
        assert.equal((await store.update(key('a'), same, first.revision))?.revision, first.revision)
        assert.equal(await store.revision(PODS), first.revision)
        assert.equal(await store.update(key('a'), same, first.revision - 1), undefined, 'equal, but not expected')
      })

      it('refuses objects of more than 1.5 MB, and keeps what it had', async () => {
        // Less what a store may lay around an object.
        const room = MAX_OBJECT - 2_000
        const entry = await create('a', 'x'.repeat(room))
        // The same number of characters, but not of bytes.
        await assert.rejects(store.create(key('b'), thing('b', 'ä'.repeat(room))), TooLarge)
        await assert.rejects(store.update(entry.key, thing('a', 'x'.repeat(MAX_OBJECT)), entry.revision), TooLarge)
        assert.equal(await store.get(key('b')), undefined)
        assert.deepEqual(await store.get(key('a')), entry)
        assert.equal(await store.revision(PODS), entry.revision)
      })

      it('deletes only from the expected revision, and shows the last state under the revision of the deletion', async () => {
        const first = await create('a', 'last')
        assert.equal(await store.delete(key('a'), first.revision + 1), undefined)
        const deleted = await store.delete(key('a'), first.revision)
        assert.ok(deleted && deleted.revision > first.revision)
        assert.equal(deleted.object.metadata.resourceVersion, String(deleted.revision))
        assert.deepEqual(values([deleted]), ['last'])
        assert.equal(await store.get(key('a')), undefined)
        assert.equal(await store.delete(key('a'), deleted.revision), undefined)
      })

      it('lets exactly one of many concurrent writers win', async () => {
        const first = await create('a')
        const attempts = Array.from({ length: 20 }, (_, i) => store.update(key('a'), thing('a', i + 1), first.revision))
        const won = (await Promise.all(attempts)).filter((entry) => entry !== undefined)
        assert.equal(won.length, 1)
        const creations = Array.from({ length: 20 }, (_, i) => store.create(key('b'), thing('b', i)))
        assert.equal((await Promise.all(creations)).filter((entry) => entry !== undefined).length, 1)
      })
    })

    describe('listing', () => {
      it('lists by prefix in byte order', async () => {
        const all = ['b', 'a', 'a.b', 'a-b', 'Z', '\u{1f980}', '\uffee', 'ä']
        for (const name of all) await create(name)
        await store.create(key('a', 'default2'), thing('a', 'elsewhere'))
        await store.create(keyOf({ group: '', plural: 'podsets' }, 'default', 'a'), thing('a', 'other resource'))
        const listing = await store.list({ prefix: prefixOf(pods, 'default') })
        const sorted = all.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        assert.deepEqual(names(listing.entries), sorted)
        assert.equal(listing.revision, await store.revision(PODS))
        assert.equal(listing.remaining, 0)
        assert.equal((await store.list({ prefix: PODS })).entries.length, all.length + 1)
        assert.deepEqual((await store.list({ prefix: prefixOf(pods, 'nothing') })).entries, [])
      })

      it('pages through thousands of keys at one revision while they change', async () => {
        const count = 2_500
        for (let i = 0; i < count; i++) await create(`n${String(i).padStart(5, '0')}`)
        const seen: Entry[] = []
        let page = await store.list({ prefix: PODS, limit: 400 })
        const { revision } = page
        for (let round = 0; ; round++) {
          seen.push(...page.entries)
          assert.equal(page.remaining, count - seen.length)
          assert.equal(page.revision, revision)
          if (page.remaining === 0) break
          const victim = page.entries[5]!
          await store.delete(victim.key, victim.revision)
          const last = (await store.get(key('n02499')))!
          await update(last, round + 1)
          await create(`n${String(round * 300).padStart(5, '0')}-new`)
          page = await store.list({ prefix: PODS, limit: 400, revision, after: page.entries.at(-1)!.key })
        }
        assert.equal(new Set(names(seen)).size, count)
        assert.ok(seen.every((entry) => entry.revision <= revision && (entry.object as Thing).value === 0))
      })

      it('shows the state of an old revision', async () => {
        const a = await create('a', 'a1')
        const b = await create('b', 'b1')
        await update(a, 'a2')
        const gone = (await store.delete(b.key, b.revision))!
        const again = await create('b', 'b2')
        const at = async (revision: number) => values((await store.list({ prefix: PODS, revision })).entries)
        assert.deepEqual(await at(a.revision), ['a1'])
        assert.deepEqual(await at(b.revision), ['a1', 'b1'])
        assert.deepEqual(await at(gone.revision - 1), ['a2', 'b1'])
        assert.deepEqual(await at(gone.revision), ['a2'])
        assert.deepEqual(await at(again.revision), ['a2', 'b2'])
      })

      it('tells when a revision is reached', async () => {
        const { revision } = await create('a')
        await store.reached(PODS, revision)
        await assert.rejects(store.reached(PODS, revision + 1_000), {
          name: 'FutureRevision',
          revision: revision + 1_000,
        })
      })

      it('refuses revisions that have not been reached', async () => {
        const future = (await store.revision(PODS)) + 1
        await assert.rejects(store.list({ prefix: PODS, revision: future }), FutureRevision)
        const next = watch(PODS, future).next()
        // One that waits would end here.
        stop.abort()
        await assert.rejects(next, FutureRevision)
      })
    })

    describe('watching', () => {
      it('tells every change once, in order, with the state before', async () => {
        const start = await store.revision(PODS)
        const changes = watch(PODS, start)
        const first = create('a', 1)
        const [created] = await take(changes, 1)
        assert.deepEqual(created, { type: 'created', entry: await first })
        const second = await update(await first, 2)
        const third = await store.delete(key('a'), second.revision)
        assert.deepEqual(await take(changes, 2), [
          { type: 'updated', entry: second, previous: await first },
          { type: 'deleted', entry: third, previous: second },
        ])
      })

      it('replays from the past, then goes on live, without gap or duplicate', async () => {
        const start = await store.revision(PODS)
        const written: Entry[] = []
        for (let i = 0; i < 600; i++) written.push(await create(`n${i}`))
        const changes = watch(PODS, start)
        const seen = await take(changes, 100)
        for (let i = 600; i < 700; i++) written.push(await create(`n${i}`))
        seen.push(...(await take(changes, 600)))
        const next = take(changes, 1)
        written.push(await create('last'))
        seen.push(...(await next))
        assert.deepEqual(
          seen.map((change) => change.entry),
          written,
        )
      })

      it('replays exactly what it would have told live', async () => {
        const start = await store.revision(PODS)
        const live = watch(PODS, start)
        const first = await create('a', 1)
        const taken = await take(live, 1)
        const second = await update(first, 2)
        await store.delete(key('a'), second.revision)
        await create('a', 3)
        taken.push(...(await take(live, 3)))
        assert.deepEqual(await take(watch(PODS, start), 4), taken)
        assert.deepEqual(await take(watch(PODS, second.revision), 2), taken.slice(2))
      })

      it('tells only of keys with the prefix', async () => {
        const start = await store.revision(PODS)
        const changes = watch(prefixOf(pods, 'one'), start)
        await store.create(key('a', 'two'), thing('a', 'no'))
        await store.create(key('a', 'one'), thing('a', 'yes'))
        const next = take(changes, 2)
        await store.create(key('b', 'two'), thing('b', 'no'))
        await store.create(key('b', 'one'), thing('b', 'yes too'))
        assert.deepEqual(values((await next).map((change) => change.entry)), ['yes', 'yes too'])
      })

      it('says nothing of writes that changed nothing', async () => {
        const entry = await create('a', 1)
        const changes = watch(PODS, entry.revision)
        await store.update(entry.key, entry.object, entry.revision)
        await create('b')
        assert.deepEqual(names((await take(changes, 1)).map((change) => change.entry)), ['b'])
      })

      it('ends when the signal aborts, also for a reader that waits', async () => {
        const changes = watch(PODS, await store.revision(PODS))
        const waiting = changes.next()
        stop.abort()
        assert.equal((await waiting).done, true)
        assert.equal((await changes.next()).done, true)
        assert.equal((await watch(PODS, await store.revision(PODS)).next()).done, true, 'aborted before it began')
      })

      it('ends when the store closes', async () => {
        const waiting = watch(PODS, await store.revision(PODS)).next()
        await store.close()
        assert.equal((await waiting).done, true)
      })

      it('ends when the reader returns', async () => {
        const changes = watch(PODS, await store.revision(PODS))
        const waiting = changes.next()
        await changes.return?.()
        assert.equal((await waiting).done, true)
      })

      it('drops a reader that does not keep up, after what it had room for', async () => {
        const slow = watch(PODS, await store.revision(PODS))
        const quick = watch(PODS, await store.revision(PODS))
        const begun = [slow.next(), quick.next()]
        await create('first')
        await Promise.all(begun)
        for (let i = 0; i < 301; i++) {
          await create(`n${i}`)
          await take(quick, 1)
        }
        await take(slow, 300)
        await assert.rejects(slow.next(), SlowWatcher)
        assert.equal((await slow.next()).done, true)
      })
    })

    describe('compaction', () => {
      it('forgets what was before the revision and keeps the current state', async () => {
        const start = await store.revision(PODS)
        const a = await create('a', 1)
        const b = await create('b', 1)
        const a2 = await update(a, 2)
        const gone = (await store.delete(b.key, b.revision))!
        await create('c', 1)
        await store.compact(a2.revision)

        await assert.rejects(store.list({ prefix: PODS, revision: a2.revision - 1 }), (error) => {
          assert.ok(error instanceof Compacted)
          assert.equal(error.oldest, a2.revision)
          return true
        })
        await assert.rejects(watch(PODS, start).next(), Compacted)
        assert.deepEqual(values((await store.list({ prefix: PODS, revision: a2.revision })).entries), [2, 1])
        assert.deepEqual(
          (await take(watch(PODS, a2.revision), 2)).map((change) => [change.type, change.previous?.revision]),
          [
            ['deleted', b.revision],
            ['created', undefined],
          ],
        )
        await store.compact(gone.revision)
        assert.deepEqual(names((await store.list({ prefix: PODS })).entries), ['a', 'c'])
      })

      it('does not disturb a watch that has seen everything', async () => {
        const changes = watch(PODS, await store.revision(PODS))
        const next = take(changes, 1)
        await create('a')
        await next
        await store.compact(await store.revision(PODS))
        const after = take(changes, 1)
        await create('b')
        assert.deepEqual(names((await after).map((change) => change.entry)), ['b'])
      })

      it('may be repeated, also from an older revision, and refuses the future', async () => {
        await create('a')
        const revision = await store.revision(PODS)
        await store.compact(revision)
        await store.compact(revision - 1)
        await assert.rejects(store.list({ prefix: PODS, revision: revision - 1 }), Compacted)
        await assert.rejects(store.compact(revision + 1), FutureRevision)
      })
    })

    it('behaves like a trivial model, whatever happens', async () => {
      await fc.assert(
        againstModel(async () => open({ watchBuffer: 10_000 })),
        { numRuns: 60 },
      )
    })
  })
}
