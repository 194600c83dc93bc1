// Merging a configuration into an object, and taking fields out of one.
import { setOwn } from '../json/clone.ts'
import { isObject, type JsonObject } from '../json/jsonObject.ts'
import { fieldElement, type Element } from './element.ts'
import type { FieldSet } from './fieldSet.ts'
import { groupItems, memberOf, shapeOf, type Node } from './shape.ts'

/** `live` with everything that `config` sets. Shares parts of both. */
export function combine(node: Node | undefined, live: unknown, config: unknown): unknown {
  const shape = shapeOf(node)
  if (shape === 'object' && isObject(live) && isObject(config)) {
    const result: JsonObject = {}
    for (const [name, value] of Object.entries(live)) setOwn(result, name, value)
    for (const [name, value] of Object.entries(config)) {
      const before = Object.hasOwn(live, name) ? live[name] : undefined
      setOwn(result, name, combine(memberOf(node, name).node, before, value))
    }
    return result
  }
  if ((shape === 'keyed' || shape === 'set') && Array.isArray(live) && Array.isArray(config)) {
    return combineItems(node!, live, config)
  }
  // Null for what is owned part by part says nothing of the parts that others put there.
  if (shape !== 'atomic' && config === null && live !== undefined) return live
  return config
}

/** Items of both. The order of the configuration wins; what only the server has stays before what follows it. */
function combineItems(node: Node, live: unknown[], config: unknown[]): unknown[] {
  const before = groupItems(node, live)
  const wanted = [...groupItems(node, config)]
  const names = new Set(wanted.map(([element]) => element))
  // What both have, in the order of the configuration: where the server's differs, its place is not kept.
  const shared = wanted.filter(([element]) => before.has(element)).map(([element]) => element)
  const known = [...before]
  const result: unknown[] = []
  let [i, j, next] = [0, 0, 0]
  while (i < known.length || j < wanted.length) {
    const server = known[i]
    const client = wanted[j]
    if (server && !names.has(server[0])) {
      for (const item of server[1]) result.push(item)
      i++
    } else if (server && server[0] !== shared[next]) i++
    else if (client) {
      const [element, items] = client
      const was = before.get(element)
      // Of several items with one key the configuration's one remains.
      result.push(was?.length === 1 && items.length === 1 ? combine(node.items, was[0], items[0]) : items[0])
      if (element === shared[next]) next++
      j++
    }
  }
  return result
}

/** `value` without the fields of a set. A field that is in the set goes with all that it contains. */
export function removeFields(node: Node | undefined, value: unknown, fields: FieldSet): unknown {
  if (fields.children.size === 0) return value
  const shape = shapeOf(node)
  if (shape === 'object' && isObject(value)) {
    const result: JsonObject = {}
    for (const [name, member] of Object.entries(value)) {
      const child = fields.children.get(fieldElement(name))
      if (child?.member) continue
      setOwn(result, name, child ? removeFields(memberOf(node, name).node, member, child) : member)
    }
    return result
  }
  if ((shape === 'keyed' || shape === 'set') && Array.isArray(value)) {
    return [...groupItems(node!, value)].flatMap(([element, items]) => {
      const child = fields.children.get(element)
      if (child?.member) return []
      return child ? items.map((item) => removeFields(node!.items, item, child)) : items
    })
  }
  return value
}

/**
 * The set with the named fields of types that lead to its members. They are never written into a set, but go when nothing
 * in them is left to own.
 */
export function withContainers(node: Node | undefined, set: FieldSet): FieldSet {
  if (set.children.size === 0) return set
  const children = new Map<Element, FieldSet>()
  for (const [element, child] of set.children) {
    const field = element.startsWith('f:')
    const inner = field ? memberOf(node, element.slice(2)) : { node: node?.items, named: false }
    const deep = withContainers(inner.node, child)
    children.set(element, inner.named && !deep.member ? { member: true, children: deep.children } : deep)
  }
  return { member: set.member, children }
}
