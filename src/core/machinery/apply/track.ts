// Field ownership for writes other than apply: whoever changes a field owns it.
import { decode } from '../decode/decode.ts'
import type { KubeObject, ManagedFieldsEntry } from '../object.ts'
import type { TSchema } from '../schema.ts'
import { isEmpty, union } from './fieldSet.ts'
import { capUpdaters, decodeHoldings, encodeHoldings, idOf, type Holdings, type Identity } from './managers.ts'
import { effectOf, ignoredPaths, ownable, withoutManagedFields } from './ownership.ts'

/** Who writes, through which path, and when. */
export interface Writer {
  /** Name from the query, or of the client's program: see managerName. */
  manager: string
  apiVersion: string
  subresource?: string
  /** RFC 3339, UTC: see formatTime. */
  now: string
  /** Top-level fields that this endpoint does not write (`status`, or for the status subresource `spec`). */
  ignored?: readonly string[]
}

/** Longest manager name that is made of a User-Agent. */
const MAX_NAME = 128

/** The manager of a write: what the client says, or the program's name in its User-Agent (`kubectl/v1.33 …`). */
export function managerName(fieldManager: string | null | undefined, userAgent: string | undefined): string {
  return fieldManager || (userAgent ?? '').split('/')[0]!.slice(0, MAX_NAME) || 'unknown'
}

/**
 * metadata.managedFields of `after` once `writer` has created (no `before`) or changed it; undefined for none. An object
 * that nobody ever tracked stays so. Neither object changes.
 */
export function trackUpdate(
  schema: TSchema,
  before: KubeObject | undefined,
  after: KubeObject,
  writer: Writer,
): ManagedFieldsEntry[] | undefined {
  const start = startOf(before, after, writer)
  if (!start) return undefined
  return encodeHoldings(record(schema, before, after, start, writer))
}

/** The holdings after a write; exported for apply, which lets a first owner of an untracked object appear. */
export function record(
  schema: TSchema,
  before: KubeObject | undefined,
  after: KubeObject,
  holdings: Holdings,
  writer: Writer,
): Holdings {
  const ignored = ignoredPaths(writer.ignored)
  const [old, now] = [withoutManagedFields(before ?? zeroOf(schema)), withoutManagedFields(after)]
  const { comparison, rest } = effectOf(schema, old, now, holdings, undefined, ignored)
  const fields = ownable(union(comparison.added, comparison.modified), ignored)
  if (isEmpty(fields)) return rest
  const { manager, apiVersion, subresource = '' } = writer
  const identity: Identity = { manager, operation: 'Update', apiVersion, subresource }
  const mine = rest.get(idOf(identity))
  rest.set(idOf(identity), { ...identity, time: writer.now, fields: mine ? union(mine.fields, fields) : fields })
  return capUpdaters(rest)
}

const zeros = new WeakMap<TSchema, unknown>()

/** What an object has before anybody sets anything: a creator does not own the fields that are always there. */
function zeroOf(schema: TSchema): unknown {
  if (!zeros.has(schema)) zeros.set(schema, decode(schema, {}).object)
  return zeros.get(schema)
}

/**
 * The holdings before a write; undefined when the object is not tracked. Clients may edit them, or end the tracking with `[{}]`, but not
 * by way of a subresource.
 */
function startOf(before: KubeObject | undefined, after: KubeObject, writer: Writer): Holdings | undefined {
  const given = writer.subresource ? undefined : after.metadata.managedFields
  const isOver = given !== undefined && isReset(given)
  const theirs = isOver ? undefined : given && decodeHoldings(given)
  if (theirs) return theirs
  if (!before) return new Map()
  const stored = isOver ? undefined : decodeHoldings(before.metadata.managedFields)
  return stored && stored.size > 0 ? stored : undefined
}

function isReset([first, ...more]: readonly ManagedFieldsEntry[]): boolean {
  return !first || (more.length === 0 && Object.keys(first).length === 0)
}
