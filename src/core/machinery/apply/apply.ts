// Server-side apply: a client states the fields that it cares about; the server merges them and keeps who owns what.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/
import type { KubeObject } from '../object.ts'
import type { TSchema } from '../schema.ts'
import { combine, removeFields, withContainers } from './combine.ts'
import { checkConfig } from './config.ts'
import { applyConflict } from './conflict.ts'
import { fieldsOf } from './extract.ts'
import { difference, EMPTY, equals, intersection, isEmpty, union, type FieldSet } from './fieldSet.ts'
import { takesOver, withLastApplied } from './lastApplied.ts'
import { decodeHoldings, encodeHoldings, idOf, type Holdings, type Identity } from './managers.ts'
import { effectOf, ignoredPaths, ownable, withoutManagedFields } from './ownership.ts'
import { record, type Writer } from './track.ts'

/** Who applies, and how firmly. */
export interface ApplyOptions extends Writer {
  /** Takes fields from other managers instead of answering a conflict. */
  force: boolean
}

/** Owner of what an object had before anybody tracked it. */
const FIRST = 'before-first-apply'

/**
 * The object after `config` is applied to `live` (undefined: it does not exist yet), with its managedFields; not yet
 * canonical: decode it. `config` is what the client sent, not decoded: a zero value counts as stated. Neither argument
 * changes. Errors: BadRequest for a configuration that does not fit, Conflict (409) with a cause for every contested field.
 */
export function apply(
  schema: TSchema,
  live: KubeObject | undefined,
  config: unknown,
  options: ApplyOptions,
): KubeObject {
  const { manager, apiVersion, subresource = '', now } = options
  const wanted = checkConfig(schema, config, apiVersion)
  const ignored = ignoredPaths(options.ignored)
  const identity: Identity = { manager, operation: 'Apply', apiVersion, subresource }
  const id = idOf(identity)
  const holdings = holdingsOf(schema, live, options)
  const before = withoutManagedFields(live)
  const last = holdings.get(id)
  const fields = ownable(fieldsOf(schema, wanted), ignored)
  const merged = combine(schema, before, wanted)
  const object = last ? prune(schema, merged, last.fields, fields, holdings, id) : merged
  const { conflicts, rest, comparison } = effectOf(schema, before, object, holdings, id, ignored)
  const contested = conflicts.length > 0 && !options.force
  if (contested && !takesOver(schema, live, manager, apiVersion, conflicts)) throw applyConflict(conflicts)
  const { added, modified, removed } = comparison
  const changed = [added, modified, removed].some((set) => !isEmpty(ownable(set, [])))
  const same = last !== undefined && !changed && equals(last.fields, fields)
  const time = same ? last.time : now
  if (!isEmpty(fields)) rest.set(id, { ...identity, time, fields })
  return withLastApplied(withHoldings(object as KubeObject, rest), manager, wanted)
}

/** The holdings of an object; of one that was never tracked, a first owner holds all. */
function holdingsOf(schema: TSchema, live: KubeObject | undefined, options: ApplyOptions): Holdings {
  if (!live) return new Map()
  const stored = decodeHoldings(live.metadata.managedFields)
  if (stored && stored.size > 0) return stored
  const { apiVersion, now } = options
  return record(schema, undefined, live, new Map(), { manager: FIRST, apiVersion, now, ignored: options.ignored ?? [] })
}

/** Takes out what this manager applied before, applies no more, and nobody else owns. */
function prune(
  schema: TSchema,
  merged: unknown,
  last: FieldSet,
  fields: FieldSet,
  holdings: Holdings,
  id: string,
): unknown {
  let owned = fields
  for (const [other, holding] of holdings) owned = union(owned, other === id ? EMPTY : holding.fields)
  const present = withContainers(schema, fieldsOf(schema, merged))
  const gone = difference(
    intersection(present, withContainers(schema, last)),
    union(withContainers(schema, owned), REQUIRED),
  )
  return removeFields(schema, merged, gone)
}

/** Metadata is never taken out as a whole: name and namespace live in it, and nobody owns them. */
const REQUIRED: FieldSet = { member: false, children: new Map([['f:metadata', { member: true, children: new Map() }]]) }

function withHoldings(object: KubeObject, holdings: Holdings): KubeObject {
  const managedFields = encodeHoldings(holdings)
  const { metadata } = object
  return { ...object, metadata: managedFields ? { ...metadata, managedFields } : metadata }
}
