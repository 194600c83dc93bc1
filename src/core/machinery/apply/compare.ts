// What changed between two states of an object, as sets of fields.
import { deepEqual } from '../json/equal.ts'
import { isObject, type JsonObject } from '../json/jsonObject.ts'
import { fieldElement, type Element } from './element.ts'
import { FieldSetBuilder, type FieldSet } from './fieldSet.ts'
import { groupItems, isAbsent, memberOf, sameValue, shapeOf, type Node } from './shape.ts'

/** Which fields a write adds, changes and removes. */
export interface Comparison {
  added: FieldSet
  modified: FieldSet
  removed: FieldSet
}

interface Builders {
  added: FieldSetBuilder
  modified: FieldSetBuilder
  removed: FieldSetBuilder
}

/** Compares two states. A value that Go leaves out is the same as none. */
export function compare(schema: Node, before: unknown, after: unknown): Comparison {
  const out: Builders = {
    added: new FieldSetBuilder(),
    modified: new FieldSetBuilder(),
    removed: new FieldSetBuilder(),
  }
  visit(schema, before, after, [], out)
  return { added: out.added.build(), modified: out.modified.build(), removed: out.removed.build() }
}

function visit(node: Node | undefined, before: unknown, after: unknown, path: Element[], out: Builders): void {
  // States share what did not change.
  if (before === after) return
  const [gone, empty] = [isAbsent(node, before), isAbsent(node, after)]
  if (gone && empty) return
  if (before === undefined) return visitWhole(node, after, path, out.added)
  if (after === undefined) return visitWhole(node, before, path, out.removed)
  const shape = shapeOf(node)
  if (shape === 'object' && (gone || isObject(before)) && (empty || isObject(after))) {
    return visitMembers(node, gone ? {} : (before as JsonObject), empty ? {} : (after as JsonObject), path, out)
  }
  const lists = (gone || Array.isArray(before)) && (empty || Array.isArray(after))
  if ((shape === 'keyed' || shape === 'set') && lists) {
    return visitItems(node!, gone ? [] : (before as unknown[]), empty ? [] : (after as unknown[]), path, out)
  }
  if (gone) return out.added.add(path)
  if (empty) {
    out.removed.add(path)
    // An explicit zero in place of a value is a change of that value, not its absence.
    if (after !== null) out.modified.add(path)
    return
  }
  if (!sameValue(node, before, after)) out.modified.add(path)
}

function visitMembers(
  node: Node | undefined,
  before: JsonObject,
  after: JsonObject,
  path: Element[],
  out: Builders,
): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const { node: inner, named } = memberOf(node, name)
    const was = Object.hasOwn(before, name) ? before[name] : undefined
    const is = Object.hasOwn(after, name) ? after[name] : undefined
    path.push(fieldElement(name))
    if (named) visit(inner, was, is, path, out)
    else visitEntry(inner, was, is, path, out)
    path.pop()
  }
}

/** An entry of a map exists by its key: an empty value is not absent. */
function visitEntry(node: Node | undefined, before: unknown, after: unknown, path: Element[], out: Builders): void {
  if (before === undefined) visitWhole(node, after, path, out.added)
  else if (after === undefined) visitWhole(node, before, path, out.removed)
  else if (shapeOf(node) === 'atomic') {
    if (!sameValue(node, before, after)) out.modified.add(path)
  } else visit(node, before, after, path, out)
}

function visitItems(node: Node, before: unknown[], after: unknown[], path: Element[], out: Builders): void {
  // Naming items costs more than comparing them; most lists do not change.
  if (deepEqual(before, after)) return
  const was = groupItems(node, before)
  const is = groupItems(node, after)
  for (const element of new Set([...was.keys(), ...is.keys()])) {
    const [old, now] = [was.get(element), is.get(element)]
    path.push(element)
    if (!old || !now) {
      visitGroup(node, (now ?? old)!, path, now ? out.added : out.removed)
    } else if (shapeOf(node) === 'keyed' && old.length === 1 && now.length === 1) {
      visit(node.items, old[0], now[0], path, out)
    } else if (!sameValue(undefined, old, now)) out.modified.add(path)
    path.pop()
  }
}

/** A field that only one state has: itself, and all that it contains. */
function visitWhole(node: Node | undefined, value: unknown, path: Element[], builder: FieldSetBuilder): void {
  builder.add(path)
  const shape = shapeOf(node)
  if (shape === 'object' && isObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      path.push(fieldElement(name))
      visitWhole(memberOf(node, name).node, member, path, builder)
      path.pop()
    }
  } else if ((shape === 'keyed' || shape === 'set') && Array.isArray(value)) {
    for (const [element, items] of groupItems(node!, value)) {
      path.push(element)
      visitGroup(node!, items, path, builder)
      path.pop()
    }
  }
}

/** Items of one key; several of them can only be owned together. */
function visitGroup(list: Node, items: readonly unknown[], path: Element[], builder: FieldSetBuilder): void {
  if (shapeOf(list) === 'keyed' && items.length === 1) visitWhole(list.items, items[0], path, builder)
  else builder.add(path)
}
