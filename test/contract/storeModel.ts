// A model of Store that is too simple to be wrong: all states, kept whole. Random commands must show no difference.
import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import { Compacted, type Change, type Entry, type Store } from '../../src/store/store.ts'

const PREFIXES = ['/pods/', '/pods/a/', '/pods/b/']
const KEYS = ['/pods/a/x', '/pods/a/y', '/pods/a-b/x', '/pods/b/x']

const command = fc.oneof(
  fc.record({
    do: fc.constantFrom('create', 'update', 'delete', 'stale' as const),
    key: fc.constantFrom(...KEYS),
    value: fc.nat(3),
  }),
  fc.record({
    do: fc.constant('list' as const),
    prefix: fc.constantFrom(...PREFIXES),
    back: fc.nat(20),
    after: fc.option(fc.constantFrom(...KEYS), { nil: undefined }),
    limit: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  }),
  fc.record({ do: fc.constant('watch' as const), prefix: fc.constantFrom(...PREFIXES), back: fc.nat(20) }),
  fc.record({ do: fc.constant('compact' as const), back: fc.nat(20) }),
)
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

interface Seen {
  key: string
  value: number
  revision: number
}
type State = ReadonlyMap<string, Seen>

const seen = (entry: Entry): Seen => ({
  key: entry.key,
  value: (entry.object as KubeObject & { value: number }).value,
  revision: entry.revision,
})
const byKey = (a: Seen, b: Seen) => (a.key < b.key ? -1 : 1)

class Model {
  /** State at every revision since the first. */
  readonly states: State[] = [new Map()]
  readonly changes: { type: Change['type']; entry: Seen }[] = []
  readonly first: number
  oldest: number
  constructor(first: number) {
    this.first = first
    this.oldest = first
  }
  get revision(): number {
    return this.first + this.states.length - 1
  }
  at(revision: number): State {
    return this.states[revision - this.first]!
  }
  write(type: Change['type'], key: string, value: number): Seen {
    const entry = { key, value, revision: this.revision + 1 }
    const next = new Map(this.at(this.revision))
    if (type === 'deleted') next.delete(key)
    else next.set(key, entry)
    this.states.push(next)
    this.changes.push({ type, entry })
    return entry
  }
}

async function run(store: Store, model: Model, step: Command): Promise<void> {
  const revision = 'back' in step ? Math.max(model.revision - step.back, model.first) : 0
  switch (step.do) {
    case 'list': {
      const { prefix, after, limit } = step
      const listing = store.list({ prefix, revision, ...(after && { after }), ...(limit && { limit }) })
      if (revision < model.oldest) return assert.rejects(listing, Compacted)
      const expected = [...model.at(revision).values()]
        .filter(({ key }) => key.startsWith(prefix) && (after === undefined || key > after))
        .sort(byKey)
      const { entries, remaining } = await listing
      assert.deepEqual(entries.map(seen), expected.slice(0, limit))
      assert.equal(remaining, expected.length - entries.length)
      return
    }
    case 'watch': {
      const stop = new AbortController()
      const changes = store.watch(step.prefix, revision, stop.signal)[Symbol.asyncIterator]()
      if (revision < model.oldest) return assert.rejects(changes.next(), Compacted)
      const expected = model.changes.filter(
        ({ entry }) => entry.revision > revision && entry.key.startsWith(step.prefix),
      )
      for (const { type, entry } of expected) {
        const { value } = (await changes.next()) as { value: Change }
        assert.deepEqual({ type: value.type, entry: seen(value.entry) }, { type, entry })
        const before = model.at(entry.revision - 1).get(entry.key)
        assert.deepEqual(value.previous && seen(value.previous), before)
      }
      stop.abort()
      assert.equal((await changes.next()).done, true)
      return
    }
    case 'compact':
      model.oldest = Math.max(model.oldest, revision)
      return store.compact(revision)
    default:
      return write(store, model, step)
  }
}

async function write(store: Store, model: Model, step: Command & { key: string; value: number }): Promise<void> {
  const { key, value } = step
  const known = model.at(model.revision).get(key)
  const object = { metadata: { name: key.split('/').at(-1)!, uid: 'u' }, value } as KubeObject
  let entry: Entry | undefined
  let expected: Seen | undefined
  if (step.do === 'create') {
    entry = await store.create(key, object)
    expected = known ? undefined : model.write('created', key, value)
  } else if (step.do === 'update') {
    entry = await store.update(key, object, known?.revision ?? 0)
    expected = known?.value === value ? known : known && model.write('updated', key, value)
  } else if (step.do === 'delete') {
    entry = await store.delete(key, known?.revision ?? 0)
    expected = known && model.write('deleted', key, known.value)
  } else entry = await store.update(key, object, (known?.revision ?? 0) - 1)
  assert.deepEqual(entry && seen(entry), expected)
  assert.equal(await store.revision('/pods/'), model.revision)
}

/** The property that a store does what the model does. */
export function againstModel(open: () => Promise<Store>) {
  return fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (steps) => {
    const store = await open()
    try {
      const model = new Model(await store.revision('/pods/'))
      for (const step of steps) await run(store, model, step)
    } finally {
      await store.close()
    }
  })
}
