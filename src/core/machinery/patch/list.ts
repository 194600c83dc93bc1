// Lists in a strategic merge patch: items that are found by their merge key are merged, scalars are united.
import { isObject, type JsonObject } from '../json/jsonObject.ts'
import { formatGo } from './goFormat.ts'
import { unprocessable } from './refuse.ts'

/** How the items of one list merge. */
export interface ListRules {
  /** Undefined: a list of scalars. */
  mergeKey: string | undefined
  mergeItem: (original: JsonObject, patch: JsonObject) => JsonObject
  /** A new item without directives; undefined when nothing is left of it. */
  clean: (item: unknown) => unknown
}

/** Merges the items of `patch` into `original`: changed ones stay where they are, new ones come before what follows. */
export function mergeList(original: unknown[], patch: unknown[], rules: ListRules): unknown[] {
  checkTypes([...original, ...patch])
  const first = original[0] ?? patch[0]
  if (first === undefined) return original
  const { mergeKey } = rules
  if (typeof first !== 'object') {
    if (mergeKey !== undefined) {
      throw unprocessable(`expected a map[string]interface {}, but received a ${typeof first}`)
    }
    return orderBy([...new Set([...original, ...patch])], patch, original, undefined)
  }
  if (mergeKey === undefined) throw unprocessable('cannot merge lists without merge key')
  const { server, changes, replaced } = applyDirectives(original as JsonObject[], patch as JsonObject[], mergeKey)
  if (replaced) return changes.map(rules.clean).filter((item) => item !== undefined)
  return orderBy(mergeItems(server, changes, mergeKey, rules), changes, server, mergeKey)
}

/** `$patch` in items: `delete` takes the item with that key out, `replace` drops all that was there. */
function applyDirectives(original: JsonObject[], patch: JsonObject[], mergeKey: string) {
  const changes: JsonObject[] = []
  const deleted = new Set<unknown>()
  let replaced = false
  for (const item of patch) {
    switch (item.$patch) {
      case undefined:
        changes.push(item)
        break
      case 'delete':
        deleted.add(keyOf(item, mergeKey))
        break
      case 'replace':
        replaced = true
        break
      case 'merge':
        throw unprocessable('merging lists cannot yet be specified in the patch')
      default:
        throw unprocessable(`unknown patch type: ${formatGo(item.$patch)} in map: ${formatGo(item)}`)
    }
  }
  const server = deleted.size === 0 ? original : original.filter((item) => !deleted.has(item[mergeKey]))
  return { server, changes, replaced }
}

function mergeItems(server: JsonObject[], changes: JsonObject[], mergeKey: string, rules: ListRules): JsonObject[] {
  const merged = [...server]
  const places = new Map<unknown, number>()
  merged.forEach((item, i) => {
    // Of several with one key the first counts.
    const key = keyOf(item, mergeKey)
    if (!places.has(key)) places.set(key, i)
  })
  for (const change of changes) {
    const key = keyOf(change, mergeKey)
    const place = places.get(key)
    if (place !== undefined) {
      merged[place] = rules.mergeItem(merged[place]!, change)
      continue
    }
    places.set(key, merged.length)
    merged.push((rules.clean(change) ?? {}) as JsonObject)
  }
  // `$patch: delete` inside an item empties it: then it has no key any more, and is gone.
  return merged.filter((item) => Object.hasOwn(item, mergeKey))
}

function keyOf(item: JsonObject, mergeKey: string): unknown {
  if (!Object.hasOwn(item, mergeKey)) {
    throw unprocessable(`map: ${formatGo(item)} does not contain declared merge key: ${mergeKey}`)
  }
  return item[mergeKey]
}

/**
 * Puts items in the order of `order` as far as it names them, the others in that of `server`, and joins the two: where
 * the server knows both neighbours its order decides, else the named item comes first.
 */
export function orderBy(
  items: readonly unknown[],
  order: readonly unknown[],
  server: readonly unknown[],
  mergeKey: string | undefined,
): unknown[] {
  const identity = (item: unknown): unknown => (mergeKey !== undefined && isObject(item) ? keyOf(item, mergeKey) : item)
  const indexes = (list: readonly unknown[]): Map<unknown, number> => {
    const found = new Map<unknown, number>()
    list.forEach((item, i) => {
      const key = identity(item)
      if (!found.has(key)) found.set(key, i)
    })
    return found
  }
  const wanted = indexes(order)
  const known = indexes(server)
  const by = (places: Map<unknown, number>) => (a: unknown, b: unknown) =>
    (places.get(identity(a)) ?? Infinity) - (places.get(identity(b)) ?? Infinity) || 0
  const named = items.filter((item) => wanted.has(identity(item))).toSorted(by(wanted))
  const others = items.filter((item) => !wanted.has(identity(item))).toSorted(by(known))
  const result: unknown[] = []
  let next = 0
  for (const item of named) {
    // An item that the server does not know takes no other along.
    const place = known.get(identity(item)) ?? -1
    while (next < others.length && (known.get(identity(others[next])) ?? Infinity) < place) result.push(others[next++])
    result.push(item)
  }
  return [...result, ...others.slice(next)]
}

/** All items of one type; lists of lists do not merge. */
function checkTypes(items: readonly unknown[]): void {
  const kinds = new Set(items.map((item) => (Array.isArray(item) ? 'list' : item === null ? 'null' : typeof item)))
  if (kinds.has('list')) throw unprocessable('lists of lists are not supported')
  if (kinds.size > 1) throw unprocessable(`list element types are not identical: ${formatGo(items)}`)
}
