// What server-side apply promises, over random sequences of appliers and of writers by other means. Fields are counted here by
// code of its own: paths of leaves, in the notation of FieldsV1.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { clone, freeze } from '../json/clone.ts'
import { decode } from '../decode/decode.ts'
import { deepEqual } from '../json/equal.ts'
import { ApiError } from '../status.ts'
import { apply } from './apply.ts'
import { config, Thing } from './apply.fixture.ts'
import { trackUpdate } from './track.ts'

const apiVersion = 'example.com/v1'
const MANAGERS = ['one', 'two', 'three']
const EDITOR = 'editor'

interface Spec {
  tags?: { name: string; reference?: boolean; annotations?: Record<string, string>; ports?: Port[] }[]
  replicas?: number
  args?: string[]
  policy?: { mode?: string; local?: boolean }
}
interface Port {
  port: number
  name?: string
}
type Step = { manager: string; spec: Spec; labels: Record<string, string>; force: boolean }

// Zero values, which the canonical form leaves out, have tests of their own.
const word = fc.constantFrom('x', 'y', 'z')
const port = fc.record({ port: fc.integer({ min: 1, max: 2 }), name: word }, { requiredKeys: ['port'] })
const someTag = fc.record(
  {
    name: fc.constantFrom('a', 'b', '__proto__', 'constructor'),
    reference: fc.constant(true),
    annotations: fc.dictionary(fc.constantFrom('k', 'l', '__proto__', 'toString'), word, { minKeys: 1 }),
    ports: fc.uniqueArray(port, { selector: (p) => p.port, minLength: 1 }),
  },
  { requiredKeys: ['name'] },
)
const spec: fc.Arbitrary<Spec> = fc.record(
  {
    tags: fc.uniqueArray(someTag, { selector: (t) => t.name, minLength: 1 }),
    replicas: fc.nat(3),
    args: fc.array(word, { minLength: 1, maxLength: 2 }),
    policy: fc.record({ mode: word, local: fc.constant(true) }, { requiredKeys: ['mode'] }),
  },
  { requiredKeys: [] },
)
const labels = fc.dictionary(fc.constantFrom('l', 'm'), word)
const step: fc.Arbitrary<Step> = fc.record({
  manager: fc.constantFrom(...MANAGERS, EDITOR),
  spec,
  labels,
  force: fc.boolean(),
})

/** Everybody writes something: an object that nobody owns anything of is not tracked, as in Kubernetes. */
const labelsOf = (s: Step): Record<string, string> => ({ ...s.labels, [`of-${s.manager}`]: 'x' })

/** Leaves by path. An item of a list is a leaf itself: it is there. */
type Leaves = Map<string, unknown>

function leavesOf(object: { spec: Spec; metadata: { labels?: Record<string, string> } }): Leaves {
  const found: Leaves = new Map()
  const add = (path: string[], value: unknown): void => void found.set(path.join('/'), value)
  const { tags = [], replicas, args, policy = {} } = object.spec
  for (const [key, value] of Object.entries(object.metadata.labels ?? {}))
    add(['f:metadata', 'f:labels', `f:${key}`], value)
  if (replicas !== undefined) add(['f:spec', 'f:replicas'], replicas)
  if (args !== undefined) add(['f:spec', 'f:args'], args)
  for (const [key, value] of Object.entries(policy)) add(['f:spec', 'f:policy', `f:${key}`], value)
  for (const { name, reference, annotations, ports } of tags) {
    const item = ['f:spec', 'f:tags', `k:${JSON.stringify({ name })}`]
    add(item, 'there')
    add([...item, 'f:name'], name)
    if (reference !== undefined) add([...item, 'f:reference'], reference)
    for (const [key, value] of Object.entries(annotations ?? {})) add([...item, 'f:annotations', `f:${key}`], value)
    for (const p of ports ?? []) {
      const inner = [...item, 'f:ports', `k:{"port":${p.port},"protocol":"TCP"}`]
      add(inner, 'there')
      add([...inner, 'f:port'], p.port)
      if (p.name !== undefined) add([...inner, 'f:name'], p.name)
    }
  }
  return found
}

/** Who owns which leaves. */
function ownersOf(object: Thing | undefined): Map<string, Set<string>> {
  const owners = new Map<string, Set<string>>()
  for (const { manager = '', fieldsV1 } of object?.metadata.managedFields ?? []) {
    const paths = new Set<string>()
    const walk = (fields: object, path: string[]): void => {
      const entries = Object.entries(fields)
      // Null annotations are written, and held, by whoever writes the item; lists by who began them, though all their items be gone.
      const counts = !['f:annotations', 'f:tags', 'f:ports'].includes(path.at(-1) ?? '')
      if (entries.length === 0 && counts) paths.add(path.join('/'))
      for (const [key, value] of entries) {
        if (key !== '.') walk(value as object, [...path, key])
        // That of an item. Of a map or a list it says who began it, which is no leaf.
        else if (path.at(-1)?.startsWith('k:')) paths.add(path.join('/'))
      }
    }
    walk(fieldsV1 as object, [])
    owners.set(manager, paths)
  }
  return owners
}

const wanted = (s: Step): { spec: Spec; metadata: { labels: Record<string, string> } } => ({
  spec: s.spec,
  metadata: { labels: labelsOf(s) },
})
const canonical = (value: unknown): Thing => freeze(decode(Thing, value).object)
const visible = (thing: Thing | undefined): Leaves => {
  const leaves = leavesOf((thing ?? { spec: {}, metadata: {} }) as never)
  // Filled in by nobody: what the canonical form adds.
  for (const key of leaves.keys()) if (key.endsWith('/f:protocol')) leaves.delete(key)
  return leaves
}

/** An empty spec is left out: it is a leaf, too, for those who write it. */
function configOf(s: Step): object {
  const { spec: given, ...rest } = config(s.spec, { labels: labelsOf(s) }) as { spec: object }
  return clone({ ...rest, ...(Object.keys(given).length > 0 && { spec: given }) })
}

function applied(live: Thing | undefined, s: Step, now: string): Thing {
  const wish = freeze(configOf(s))
  return canonical(apply(Thing, live, wish, { manager: s.manager, apiVersion, now, force: s.force }))
}

/** A write of the whole object by other means than apply. */
function written(live: Thing | undefined, s: Step, now: string): Thing {
  const managedFields = live?.metadata.managedFields
  const next = canonical({ ...configOf(s), metadata: { name: 'x', labels: labelsOf(s), managedFields } })
  const entries = trackUpdate(Thing, live, next, { manager: EDITOR, apiVersion, now })
  const { managedFields: _, ...metadata } = next.metadata
  return canonical({ ...next, metadata: { ...metadata, ...(entries && { managedFields: entries }) } })
}

const others = (owners: ReadonlyMap<string, ReadonlySet<string>>, me: string, path: string): string[] =>
  [...owners].filter(([manager, paths]) => manager !== me && paths.has(path)).map(([manager]) => manager)

/** Checks an apply against what it should do, leaf by leaf. */
function checkApply(before: Thing | undefined, after: Thing, s: Step): void {
  const [was, is, wish] = [visible(before), visible(after), leavesOf(wanted(s))]
  const [owned, owns] = [ownersOf(before), ownersOf(after)]
  assert.deepEqual([...(owns.get(s.manager) ?? [])].toSorted(), [...wish.keys()].toSorted(), 'owns what it applied')
  for (const [path, value] of wish) assert.deepEqual(is.get(path), value, `${path} is applied`)
  const goes = (path: string): boolean =>
    !wish.has(path) && owned.get(s.manager)?.has(path) === true && others(owned, s.manager, path).length === 0
  // An item goes with all that it contains, as in Kubernetes, also with what somebody changed in it without owning it.
  const items = [...was.keys()].filter((path) => was.get(path) === 'there' && goes(path))
  const lost = (path: string): boolean => goes(path) || items.some((item) => path.startsWith(`${item}/`))
  for (const [path, value] of was) {
    if (wish.has(path)) continue
    if (lost(path)) assert.ok(!is.has(path), `${path} goes`)
    else assert.deepEqual(is.get(path), value, `${path} stays`)
  }
  for (const path of is.keys()) assert.ok(was.has(path) || wish.has(path), `${path} comes from nowhere`)
  for (const [manager, paths] of owned) {
    if (manager === s.manager) continue
    for (const path of paths) {
      const taken = wish.has(path) && !deepEqual(was.get(path), wish.get(path))
      assert.equal(owns.get(manager)?.has(path) ?? false, !taken && !lost(path), `${path} of ${manager}`)
    }
  }
}

/** What an apply without force conflicts with: fields, once for each of their owners. */
function contested(before: Thing | undefined, s: Step): string[] {
  const [was, wish, owned] = [visible(before), leavesOf(wanted(s)), ownersOf(before)]
  const changed = [...wish].filter(([path, value]) => !deepEqual(was.get(path), value))
  return changed.flatMap(([path]) => others(owned, s.manager, path).map((other) => `${path} of ${other}`))
}

test('property: any sequence of applies and other writes: each field has the value and the owners that it should', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let live: Thing | undefined
      for (const [i, s] of steps.entries()) {
        const now = `2024-01-01T00:00:${String(i).padStart(2, '0')}Z`
        const before = live
        if (s.manager === EDITOR) live = written(live, s, now)
        else {
          const conflicts = s.force ? [] : contested(before, s)
          try {
            live = applied(before, s, now)
            assert.deepEqual(conflicts, [], 'a conflict is told')
          } catch (error) {
            if (!(error instanceof ApiError)) throw error
            assert.equal(error.code, 409)
            assert.ok(conflicts.length > 0, `no reason for: ${error.message}`)
            assert.equal(error.status.details?.causes?.length, conflicts.length)
            continue
          }
          checkApply(before, live, s)
          assert.ok(deepEqual(applied(live, s, '2030-01-01T00:00:00Z'), live), 'twice is once')
          assert.ok(
            deepEqual(applied(live, { ...s, force: false }, '2030-01-01T00:00:00Z'), live),
            'and needs no force',
          )
        }
        const owns = [...ownersOf(live).values()].reduce((all, paths) => all.union(paths), new Set<string>())
        for (const path of visible(live).keys()) assert.ok(owns.has(path), `${path} has an owner`)
        for (const path of owns) assert.ok(visible(live).has(path), `${path}, which has an owner, is there`)
      }
    }),
    { numRuns: 150 },
  )
})

/** With the one value that everybody agrees on in each field. */
function agreed(s: Step): Step {
  const same = JSON.parse(JSON.stringify(s).replaceAll(/"[yz]"/g, '"x"')) as Step
  if (same.spec.replicas !== undefined) same.spec.replicas = 1
  if (same.spec.args) same.spec.args = ['x']
  return same
}

test('property: appliers who do not contradict each other never conflict, and their order does not matter', () => {
  fc.assert(
    fc.property(step, step, (first, second) => {
      const one = { ...agreed(first), manager: 'one', force: false }
      const two = { ...agreed(second), manager: 'two', force: false }
      const [mine, theirs] = [leavesOf(wanted(one)), leavesOf(wanted(two))]
      const now = '2024-01-01T00:00:00Z'
      const [there, back] = [
        applied(applied(undefined, one, now), two, now),
        applied(applied(undefined, two, now), one, now),
      ]
      assert.deepEqual(visible(there), new Map([...mine, ...theirs]))
      const paths = (thing: Thing) => [...visible(thing).keys()].toSorted()
      assert.deepEqual(paths(there), paths(back))
      assert.deepEqual(ownersOf(there), ownersOf(back))
    }),
    { numRuns: 30 },
  )
})
