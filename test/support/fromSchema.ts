// Random values of a schema, and pairs of values of which one could have become the other: for properties of every type that
// there is.
import * as fc from 'fast-check'
import type { GoKind } from '../../src/core/machinery/schema.ts'

/** What schemas look like at run time. */
export interface SchemaNode {
  properties?: Readonly<Record<string, SchemaNode>>
  additionalProperties?: SchemaNode
  items?: SchemaNode
  mergeKey?: string
  patchStrategy?: string
  'x-go'?: GoKind
}

/** Members of an object, of each sort. */
const WIDTH = 3

const word = fc.constantFrom('a', 'b', 'c')
/** Values of each kind of scalar. */
export type Leaves = Readonly<Record<GoKind, fc.Arbitrary<unknown>>>

const LEAVES: Leaves = {
  string: word,
  bool: fc.constant(true),
  int32: fc.integer({ min: 1, max: 3 }),
  int64: fc.integer({ min: 1, max: 3 }),
  number: fc.constantFrom(0.5, 2),
  time: fc.constantFrom('2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z'),
  microtime: fc.constantFrom('2024-01-01T00:00:00.000001Z', '2025-01-01T00:00:00.000001Z'),
  bytes: fc.constantFrom('YQ==', 'Yg=='),
  any: fc.oneof(
    word,
    fc.dictionary(word, fc.oneof(word, fc.array(word, { maxLength: 2 }), fc.dictionary(word, word, { minKeys: 1 })), {
      minKeys: 1,
      maxKeys: 2,
    }),
  ),
  intOrString: fc.constantFrom(1, '25%'),
  quantity: fc.constantFrom('1', '500m', '1Gi'),
}

/** A value before and after an edit. */
export type Pair = readonly [before: unknown, after: unknown]

/** Pairs of values of a schema, `depth` levels deep at most. */
export function pairs(node: SchemaNode | undefined, depth: number, leaves: Leaves = LEAVES): fc.Arbitrary<Pair> {
  if (!node || node['x-go']) return scalars(leaves[node?.['x-go'] ?? 'any'])
  if (node.items)
    return node.mergeKey === undefined
      ? lists(node.items, depth, leaves)
      : keyed(node.items, node.mergeKey, depth, leaves)
  const names = node.properties ? Object.keys(node.properties) : ['a', 'b', '__proto__', 'constructor']
  const usable = names.filter((name) => depth > 0 || node.properties?.[name]?.['x-go'])
  const [rich, plain] = [
    usable.filter((name) => isRich(memberOf(node, name))),
    usable.filter((name) => !isRich(memberOf(node, name))),
  ]
  const some = (from: string[], least: number) =>
    fc.shuffledSubarray(from, {
      minLength: Math.min(least, from.length),
      maxLength: Math.min(WIDTH, from.length),
    })
  return fc
    .tuple(some(rich, depth > 4 ? 1 : 2), some(plain, 0))
    .map((both) => both.flat())
    .chain((chosen) => fc.tuple(...chosen.map((name) => member(name, memberOf(node, name), depth, leaves))))
    .map((members): Pair => [assemble(members, 0), assemble(members, 1)])
}

const memberOf = (node: SchemaNode, name: string): SchemaNode | undefined =>
  node.properties?.[name] ?? node.additionalProperties

const known = new WeakMap<SchemaNode, boolean>()

/** Whether anything below says how it merges: those members are taken more often. */
function isRich(node: SchemaNode | undefined): boolean {
  if (!node) return false
  let rich = known.get(node)
  if (rich === undefined) {
    // What contains itself is none while it is being looked at.
    known.set(node, false)
    const below = [...Object.values(node.properties ?? {}), node.items, node.additionalProperties]
    known.set(node, (rich = Boolean(node.mergeKey ?? node.patchStrategy) || below.some(isRich)))
  }
  return rich
}

/** In both values, or only before, or only after. */
type Presence = 'both' | 'before' | 'after'
type Member = readonly [name: string, values: Pair, presence: Presence]

function member(name: string, node: SchemaNode | undefined, depth: number, leaves: Leaves): fc.Arbitrary<Member> {
  return fc.tuple(
    fc.constant(name),
    pairs(node, depth - 1, leaves),
    fc.constantFrom<Presence>('both', 'both', 'both', 'both', 'before', 'after'),
  )
}

function assemble(members: readonly Member[], which: 0 | 1): object {
  const absent: Presence = which === 0 ? 'after' : 'before'
  return Object.fromEntries(members.filter(([, , p]) => p !== absent).map(([name, values]) => [name, values[which]]))
}

function scalars(leaf: fc.Arbitrary<unknown>): fc.Arbitrary<Pair> {
  return fc.tuple(leaf, leaf, fc.boolean()).map(([a, b, same]): Pair => (same ? [a, a] : [a, b]))
}

/** Lists that are replaced, or (scalars) united: then each item is there once. */
function lists(items: SchemaNode, depth: number, leaves: Leaves): fc.Arbitrary<Pair> {
  if (depth <= 0 && !items['x-go']) return fc.constant([[], []])
  const one = pairs(items, depth - 1, leaves).map(([value]) => value)
  const some = fc.uniqueArray(one, { maxLength: 3, minLength: 1, selector: (item) => JSON.stringify(item) })
  return scalars(some)
}

/** Lists whose items have a key: some stay, go, come or change, and the order of those after is their own. */
function keyed(items: SchemaNode, key: string, depth: number, leaves: Leaves): fc.Arbitrary<Pair> {
  const isText = items.properties?.[key]?.['x-go'] === 'string'
  const keys: fc.Arbitrary<(string | number)[]> = fc.subarray<string | number>(isText ? ['a', 'b', 'c'] : [1, 2, 3], {
    minLength: 1,
  })
  return keys
    .chain((chosen) => fc.tuple(...chosen.map((value) => item(items, key, value, depth, leaves))))
    .chain((all) => {
      const before = all.filter(([, , p]) => p !== 'after').map(([, [value]]) => value)
      const after = all.filter(([, , p]) => p !== 'before').map(([, [, value]]) => value)
      return fc.tuple(fc.constant(before), fc.shuffledSubarray(after, { minLength: after.length }))
    })
}

function item(
  items: SchemaNode,
  key: string,
  value: string | number,
  depth: number,
  leaves: Leaves,
): fc.Arbitrary<Member> {
  return member('', items, depth, leaves).map(([name, [a, b], presence]) => [
    name,
    [Object.assign({}, a, { [key]: value }), Object.assign({}, b, { [key]: value })],
    presence,
  ])
}
