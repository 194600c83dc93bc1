// Who owns what after a write: the core that server-side apply and the tracking of other writes share.
import { isObject, type JsonObject } from '../json/jsonObject.ts'
import { compare, type Comparison } from './compare.ts'
import type { Conflict } from './conflict.ts'
import { fieldElement, type Element } from './element.ts'
import { difference, intersection, isEmpty, setOf, union, without, type FieldSet } from './fieldSet.ts'
import type { Holding, Holdings } from './managers.ts'
import type { Node } from './shape.ts'

/** Fields that the server or the URL decides: nobody owns them. */
const UNOWNED: FieldSet = setOf([
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'generation',
    'managedFields',
    'resourceVersion',
    // Set by the server on deletion and name generation.
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
  ].map((name) => ['f:metadata', fieldElement(name)]),
])

/** The set without what nobody owns, and without the fields that the endpoint ignores (status, or all but status). */
export function ownable(set: FieldSet, ignored: readonly (readonly Element[])[]): FieldSet {
  return without(difference(set, UNOWNED), ignored)
}

/** An object without its bookkeeping, which is never compared or merged. */
export function withoutManagedFields(object: unknown): JsonObject {
  if (!isObject(object)) return {}
  if (!isObject(object.metadata) || object.metadata.managedFields === undefined) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** Paths of top-level fields from their names. */
export const ignoredPaths = (names: readonly string[] | undefined): Element[][] =>
  (names ?? []).map((name) => [fieldElement(name)])

/** What a write changes, and whom it takes fields from. */
export interface Effect {
  comparison: Comparison
  /** What others held of the changed fields. */
  conflicts: Conflict[]
  /** Holdings of the others, without what was changed or removed. */
  rest: Map<string, Holding>
}

/** What a write does to the holdings of all managers but the one that writes. */
export function effectOf(
  schema: Node,
  before: unknown,
  after: unknown,
  holdings: Holdings,
  writer: string | undefined,
  ignored: readonly (readonly Element[])[],
): Effect {
  const full = compare(schema, before, after)
  const comparison: Comparison = {
    added: without(full.added, ignored),
    modified: without(full.modified, ignored),
    removed: without(full.removed, ignored),
  }
  const changed = union(comparison.added, comparison.modified)
  const conflicts: Conflict[] = []
  const rest = new Map<string, Holding>()
  for (const [id, holding] of holdings) {
    if (id === writer) continue
    const fields = intersection(holding.fields, changed)
    if (!isEmpty(fields)) conflicts.push({ holding, fields })
    const left = difference(difference(holding.fields, fields), comparison.removed)
    if (!isEmpty(left)) rest.set(id, { ...holding, fields: left })
  }
  return { comparison, conflicts, rest }
}
