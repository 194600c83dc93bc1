// How a part of the schema behaves in server-side apply: which parts are owned one by one, and which only as a whole.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
import { LEAVES } from '../decode/leaf.ts'
import { deepEqual } from '../json/equal.ts'
import type { GoKind } from '../schema.ts'
import { keyElement, valueElement, type Element } from './element.ts'

/** What schemas look like at run time. */
export interface Node {
  properties?: Readonly<Record<string, Node>>
  additionalProperties?: Node
  items?: Node
  mergeKey?: string
  patchStrategy?: string
  listType?: string
  mapType?: string
  listMapKeys?: readonly string[]
  default?: unknown
  'x-go'?: GoKind
  'x-pointer'?: boolean
  'x-nullable'?: boolean
  'x-definition'?: string
}

/** atomic: scalars too; object: named fields or a map; keyed: a list of items with keys; set: a list of distinct scalars. */
export type Shape = 'atomic' | 'object' | 'keyed' | 'set'

// Types that only make sense as a whole: Kubernetes marks them with x-kubernetes-map-type: atomic.
const ATOMIC_TYPES =
  /\.(?:LabelSelector|(?:(?:Typed)?Local)?ObjectReference|SecretReference|(?:Secret|ConfigMap)KeySelector|ObjectFieldSelector|ResourceFieldSelector|FileKeySelector|NodeSelector|NodeSelectorTerm|RoleRef)$/

const shapes = new WeakMap<Node, Shape>()

/** How the value of a schema is owned: field by field, item by item, or as a whole. */
export function shapeOf(node: Node | undefined): Shape {
  // What the schema does not know is owned as a whole.
  if (!node) return 'atomic'
  let shape = shapes.get(node)
  if (!shape) shapes.set(node, (shape = findShape(node)))
  return shape
}

function findShape(node: Node): Shape {
  if (node['x-go'] || node.mapType === 'atomic' || ATOMIC_TYPES.test(node['x-definition'] ?? '')) return 'atomic'
  const strategies = node.patchStrategy?.split(',') ?? []
  if (node.items) {
    if (node.listType === 'atomic' || strategies.includes('replace')) return 'atomic'
    if (keysOf(node).length > 0) return 'keyed'
    return node.listType === 'set' || strategies.includes('merge') ? 'set' : 'atomic'
  }
  return node.properties || node.additionalProperties ? 'object' : 'atomic'
}

const keysOf = (node: Node): readonly string[] =>
  node.listMapKeys ?? (node.mergeKey === undefined ? [] : [node.mergeKey])

/** The schema of a member; `named`: it is a field of a type, not a key of a map. */
export function memberOf(node: Node | undefined, name: string): { node: Node | undefined; named: boolean } {
  if (node?.properties && Object.hasOwn(node.properties, name)) return { node: node.properties[name], named: true }
  return { node: node?.additionalProperties, named: false }
}

/** An item's element in its list; undefined when it lacks a key that has no default. */
export function itemElement(list: Node, item: unknown): Element | undefined {
  if (shapeOf(list) === 'set') return valueElement(item)
  if (item === null || typeof item !== 'object') return undefined
  const keys: [string, unknown][] = []
  for (const key of keysOf(list)) {
    const value = Object.hasOwn(item, key)
      ? (item as Record<string, unknown>)[key]
      : list.items?.properties?.[key]?.default
    if (value === undefined || value === null) return undefined
    keys.push([key, value])
  }
  return keyElement(keys)
}

/** The name of a key that an item lacks, for messages. */
export function missingKey(list: Node, item: unknown): string {
  const present = item !== null && typeof item === 'object' ? (item as Record<string, unknown>) : {}
  return keysOf(list).find((key) => present[key] === undefined || present[key] === null) ?? ''
}

/** Items by their element, in order. Items that share one (a server may hold such) are kept together. */
export function groupItems(list: Node, items: readonly unknown[]): Map<Element, unknown[]> {
  const groups = new Map<Element, unknown[]>()
  items.forEach((item, i) => {
    const element = itemElement(list, item) ?? `i:${i}`
    const group = groups.get(element)
    if (group) group.push(item)
    else groups.set(element, [item])
  })
  return groups
}

/** True for what Go would leave out: a client that writes it changes nothing. Pointers mean what they hold. */
export function isAbsent(node: Node | undefined, value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (node?.['x-pointer'] || (node?.['x-nullable'] && node['x-go'])) return false
  if (value === '' || value === 0 || value === false) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

const NORMALISED: ReadonlySet<GoKind> = new Set(['time', 'microtime', 'quantity', 'bytes'])

/** Equality of values that are owned as a whole; texts of one time or quantity are equal. */
export function sameValue(node: Node | undefined, a: unknown, b: unknown): boolean {
  if (deepEqual(a, b)) return true
  const go = node?.['x-go']
  if (!go || !NORMALISED.has(go)) return false
  try {
    return LEAVES[go].decode(a, undefined, 0) === LEAVES[go].decode(b, undefined, 0)
  } catch {
    return false
  }
}
