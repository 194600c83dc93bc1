// Strategic merge patch: a merge patch that knows from the schema which lists merge item by item, with directives.
// https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
//
// What the schema does not know merges like a merge patch: objects by member, lists as a whole.
import { clone, setOwn } from '../json/clone.ts'
import { deepEqual } from '../json/equal.ts'
import { isObject, type JsonObject } from '../json/jsonObject.ts'
import type { TSchema } from '../schema.ts'
import { badRequest } from '../status.ts'
import { formatGo } from './goFormat.ts'
import { mergeList, orderBy, type ListRules } from './list.ts'
import { patchObject, unprocessable } from './refuse.ts'

const DIRECTIVE = '$patch'
const RETAIN_KEYS = '$retainKeys'
const SET_ORDER = '$setElementOrder/'
const DELETE_FROM = '$deleteFromPrimitiveList/'

/** What schemas look like at run time. */
interface Node {
  properties?: Readonly<Record<string, Node>>
  additionalProperties?: Node
  items?: Node
  mergeKey?: string
  patchStrategy?: string
}

/**
 * The object with a strategic merge patch applied; neither argument changes. Errors: BadRequest for malformed directives,
 * 422 for a patch that does not fit the object.
 */
export function applyStrategicMergePatch(schema: TSchema, object: unknown, patch: unknown): unknown {
  const parsed = clone(patchObject(patch))
  return mergeObject(isObject(object) ? clone(object) : {}, parsed, schema)
}

/** Merges `patch` into `original`; both are ours to change. */
function mergeObject(original: JsonObject, patch: JsonObject, node: Node | undefined): JsonObject {
  const directive = patch[DIRECTIVE]
  if (directive !== undefined) {
    delete patch[DIRECTIVE]
    if (directive === 'replace') return withoutDirectives(patch) as JsonObject
    if (directive === 'delete') return {}
    if (directive !== 'merge') throw unknownDirective(directive, patch)
  }
  retainKeys(original, patch)
  for (const key of Object.keys(patch)) {
    if (key.startsWith(SET_ORDER)) mergeOrdered(original, patch, key, node)
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(DELETE_FROM)) deleteFrom(original, key, value)
    else mergeMember(original, key, value, child(node, key))
  }
  return original
}

function mergeMember(original: JsonObject, key: string, value: unknown, node: Node | undefined): void {
  if (value === null) {
    delete original[key]
    return
  }
  const before = Object.hasOwn(original, key) ? original[key] : undefined
  const rules = rulesOf(node)
  if (isObject(before) && isObject(value) && !rules.replace) {
    setOwn(original, key, mergeObject(before, value, node))
  } else if (Array.isArray(before) && Array.isArray(value) && rules.merge) {
    setOwn(original, key, mergeList(before, value, listRules(node)))
  } else {
    const kept = withoutDirectives(value)
    if (kept === undefined) delete original[key]
    else setOwn(original, key, kept)
  }
}

function child(node: Node | undefined, key: string): Node | undefined {
  if (node?.properties) return Object.hasOwn(node.properties, key) ? node.properties[key] : undefined
  return node?.additionalProperties
}

/** How a member merges. A merge key means `merge`, unless the strategy says `replace`. */
function rulesOf(node: Node | undefined): { merge: boolean; replace: boolean } {
  const strategies = node?.patchStrategy?.split(',') ?? []
  const replace = strategies.includes('replace')
  return { replace, merge: !replace && (strategies.includes('merge') || node?.mergeKey !== undefined) }
}

function listRules(node: Node | undefined): ListRules {
  return {
    mergeKey: node?.mergeKey,
    mergeItem: (original, patch) => mergeObject(original, patch, node?.items),
    clean: withoutDirectives,
  }
}

/** `$retainKeys`: what is not listed goes; what the patch sets has to be listed. */
function retainKeys(original: JsonObject, patch: JsonObject): void {
  if (!Object.hasOwn(patch, RETAIN_KEYS)) return
  const listed = patch[RETAIN_KEYS]
  delete patch[RETAIN_KEYS]
  if (!Array.isArray(listed)) throw badRequest('invalid patch format of retainKeys')
  const kept = new Set<unknown>(listed)
  for (const [key, value] of Object.entries(patch)) {
    const directive = key.startsWith(SET_ORDER) || key.startsWith(DELETE_FROM)
    if (value !== null && !directive && !kept.has(key)) throw badRequest('invalid patch format of retainKeys')
  }
  for (const key of Object.keys(original)) if (!kept.has(key)) delete original[key]
}

/** `$setElementOrder/x`: merges list x and puts its items in this order; those that the patch does not know stay between. */
function mergeOrdered(original: JsonObject, patch: JsonObject, directive: string, node: Node | undefined): void {
  const key = directive.slice(SET_ORDER.length)
  const order = patch[directive]
  delete patch[directive]
  const before = Object.hasOwn(original, key) ? (original[key] ?? undefined) : undefined
  const changes = Object.hasOwn(patch, key) ? patch[key] : undefined
  // A null in the patch deletes the list: its order is moot.
  if (changes === null) return
  const malformed = !Array.isArray(order) || [before, changes].some((x) => x !== undefined && !Array.isArray(x))
  if (malformed) throw badRequest('invalid patch format of setElementOrder list')
  const list = child(node, key)
  const rules = listRules(list)
  const [server, changed] = [before as unknown[] | undefined, changes as unknown[] | undefined]
  checkOrder(changed ?? [], order, rules.mergeKey)
  delete patch[key]
  if (!changed && !server) return
  const merges = rulesOf(list).merge
  const merged =
    changed && server && merges
      ? mergeList(server, changed, rules)
      : changed
        ? (withoutDirectives(changed) as unknown[])
        : server!
  setOwn(original, key, orderBy(merged, order, server ?? [], rules.mergeKey))
}

/** The items of the patch have to appear in the order's list, in that order. */
function checkOrder(items: readonly unknown[], order: readonly unknown[], mergeKey: string | undefined): void {
  if (items.length === 0 || order.length === 0) return
  const identity = (item: unknown): unknown => (mergeKey && isObject(item) ? item[mergeKey] : item)
  let at = 0
  for (const item of items) {
    if (isObject(item) && Object.hasOwn(item, DIRECTIVE)) continue
    while (at < order.length && !deepEqual(identity(order[at]), identity(item))) at++
    if (at++ >= order.length) {
      throw unprocessable(
        `The order in patch list:\n${formatGo(items)}\n doesn't match $setElementOrder list:\n${formatGo(order)}\n`,
      )
    }
  }
}

/** `$deleteFromPrimitiveList/x`: takes these values out of list x. */
function deleteFrom(original: JsonObject, directive: string, values: unknown): void {
  if (!Array.isArray(values)) throw badRequest('invalid patch format of primitive list')
  const key = directive.slice(DELETE_FROM.length)
  const list = Object.hasOwn(original, key) ? original[key] : undefined
  if (!Array.isArray(list)) return
  const gone = new Set<unknown>(values)
  setOwn(
    original,
    key,
    list.filter((item) => !gone.has(item)),
  )
}

/** A value that is new to the object: directives have nothing to act on, and null nothing to delete. Undefined: nothing is left. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined)
  if (!isObject(value)) return value
  if (Object.hasOwn(value, DIRECTIVE)) return undefined
  const result: JsonObject = {}
  for (const [key, member] of Object.entries(value)) {
    if (member === null || key === RETAIN_KEYS || key.startsWith(SET_ORDER) || key.startsWith(DELETE_FROM)) continue
    const kept = withoutDirectives(member)
    if (kept !== undefined) setOwn(result, key, kept)
  }
  return result
}

/** 422 for a `$patch` that does not exist. */
function unknownDirective(directive: unknown, patch: JsonObject) {
  return unprocessable(`unknown patch type: ${formatGo(directive)} in map: ${formatGo(patch)}`)
}
