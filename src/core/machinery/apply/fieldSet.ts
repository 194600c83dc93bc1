// Sets of fields as trees: what a manager owns, what a write changed. Sets are values: the algebra makes new ones.
import { setOwn } from '../json/clone.ts'
import { MAX_DEPTH } from '../decode/error.ts'
import { isObject } from '../json/jsonObject.ts'
import { compareElements, isElement, type Element } from './element.ts'

/** `member`: the field itself is in the set. No child is empty. */
export interface FieldSet {
  readonly member: boolean
  readonly children: ReadonlyMap<Element, FieldSet>
}

/** The set without fields. */
export const EMPTY: FieldSet = { member: false, children: new Map() }

/** Whether a set has no fields. */
export const isEmpty = (set: FieldSet): boolean => !set.member && set.children.size === 0

/** A set that is filled path by path. */
export class FieldSetBuilder {
  readonly #root: MutableSet = { member: false, children: new Map() }
  add(path: readonly Element[]): void {
    let set = this.#root
    for (const element of path) {
      let next = set.children.get(element)
      if (!next) set.children.set(element, (next = { member: false, children: new Map() }))
      set = next
    }
    set.member = true
  }
  build(): FieldSet {
    return this.#root
  }
}

interface MutableSet {
  member: boolean
  children: Map<Element, MutableSet>
}

/** The set of these paths. */
export function setOf(paths: Iterable<readonly Element[]>): FieldSet {
  const builder = new FieldSetBuilder()
  for (const path of paths) builder.add(path)
  return builder.build()
}

/** The fields of either set. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmpty(b)) return a
  if (isEmpty(a)) return b
  const children = new Map(a.children)
  for (const [element, child] of b.children) {
    const mine = children.get(element)
    children.set(element, mine ? union(mine, child) : child)
  }
  return { member: a.member || b.member, children }
}

/** What is in `a` and not in `b`; paths count exactly: a field in `b` does not take its children along. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(b)) return a
  const children = new Map<Element, FieldSet>()
  for (const [element, child] of a.children) {
    const other = b.children.get(element)
    const rest = other ? difference(child, other) : child
    if (!isEmpty(rest)) children.set(element, rest)
  }
  return { member: a.member && !b.member, children }
}

/** The fields of both sets. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<Element, FieldSet>()
  for (const [element, child] of a.children) {
    const other = b.children.get(element)
    const both = other ? intersection(child, other) : EMPTY
    if (!isEmpty(both)) children.set(element, both)
  }
  return { member: a.member && b.member, children }
}

/** The set without these paths and all that is below them. */
export function without(set: FieldSet, paths: readonly (readonly Element[])[]): FieldSet {
  if (paths.length === 0) return set
  const children = new Map<Element, FieldSet>()
  for (const [element, child] of set.children) {
    const deeper = paths.filter((path) => path[0] === element).map((path) => path.slice(1))
    const rest = deeper.some((path) => path.length === 0) ? EMPTY : without(child, deeper)
    if (!isEmpty(rest)) children.set(element, rest)
  }
  return { member: set.member, children }
}

/** Whether two sets have the same fields. */
export function equals(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true
  if (a.member !== b.member || a.children.size !== b.children.size) return false
  for (const [element, child] of a.children) {
    const other = b.children.get(element)
    if (!other || !equals(child, other)) return false
  }
  return true
}

/** Every path in the set, in order. */
export function* pathsOf(set: FieldSet, prefix: readonly Element[] = []): Generator<readonly Element[]> {
  if (set.member) yield prefix
  for (const [element, child] of sorted(set)) yield* pathsOf(child, [...prefix, element])
}

const sorted = (set: FieldSet): [Element, FieldSet][] => [...set.children].toSorted(([a], [b]) => compareElements(a, b))

/** The set as FieldsV1: `{}` is a field, `.` says that a field with children is itself in the set. */
export function encodeFields(set: FieldSet): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  if (set.member && set.children.size > 0) result['.'] = {}
  for (const [element, child] of sorted(set)) setOwn(result, element, encodeFields(child))
  return result
}

/** The set of a FieldsV1; undefined when it is none. */
export function decodeFields(fields: unknown): FieldSet | undefined {
  const set = decode(fields, 0)
  return set && { ...set, member: false }
}

function decode(fields: unknown, depth: number): FieldSet | undefined {
  if (!isObject(fields) || depth > MAX_DEPTH) return undefined
  const entries = Object.entries(fields)
  const children = new Map<Element, FieldSet>()
  let member = entries.length === 0
  for (const [key, value] of entries) {
    if (key === '.') {
      member = true
      continue
    }
    const child = isElement(key) ? decode(value, depth + 1) : undefined
    if (!child) return undefined
    children.set(key, child)
  }
  return { member, children }
}
