// Field ownership at the edge: every write of a client, but not what the server's own rules add, moves managedFields.
import { apply } from '../core/machinery/apply/apply.ts'
import { trackUpdate, type Writer } from '../core/machinery/apply/track.ts'
import { deepEqual } from '../core/machinery/json/equal.ts'
import { apiVersionOf, formatTime, type KubeObject, type ManagedFieldsEntry } from '../core/machinery/object.ts'
import { type Call, spokenBy } from './call.ts'

/** Only stored objects have fields to own; a subresource of another kind shows an object that is not stored. */
function isTracked(call: Call): boolean {
  const { resource, subresource } = call
  const same = !subresource?.schema || subresource.schema === resource.schema
  return (resource.stored ?? false) && (same || (subresource.tracked ?? false))
}

function writerOf(call: Call): Writer {
  const { resource, subresource, context, manager } = call
  const hasStatus = resource.subresources?.some((s) => s.name === 'status') ?? false
  return {
    manager,
    apiVersion: apiVersionOf(spokenBy(call)),
    now: formatTime(context.now()),
    ...(subresource && { subresource: subresource.name }),
    ...(subresource?.name === 'status' && { ignored: ['spec'] }),
    ...(!subresource && hasStatus && { ignored: ['status'] }),
  }
}

/** Notes in `after`, which a client wrote over `before` (undefined: created), what it now owns. */
export function own(call: Call, before: KubeObject | undefined, after: KubeObject): KubeObject {
  if (!isTracked(call)) {
    delete after.metadata.managedFields
    return after
  }
  const entries = trackUpdate(spokenBy(call).schema, before, after, writerOf(call))
  if (entries) after.metadata.managedFields = entries
  else delete after.metadata.managedFields
  return after
}

/** What a client's configuration makes of `current` (undefined: missing). Not yet decoded. Errors: BadRequest, Conflict. */
export function applied(call: Call, current: KubeObject | undefined, config: unknown, force: boolean): KubeObject {
  const tracked = isTracked(call)
  // Where nobody owns anything there is nothing to contest.
  const object = apply(spokenBy(call).schema, current, config, { ...writerOf(call), force: force || !tracked })
  if (tracked || !object.metadata.managedFields) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/**
 * `after`, a write over `before`; with the old times of ownership where nothing else differs. So a client that states again
 * what admission had replaced, and replaces again, changes nothing.
 */
export function keepTimes(after: KubeObject, before: KubeObject): KubeObject {
  const given = after.metadata.managedFields
  const old = before.metadata.managedFields
  if (!given || !old || deepEqual(given, old) || !deepEqual(untimed(given), untimed(old))) return after
  const kept = { ...after, metadata: { ...after.metadata, managedFields: old } }
  const { kind: _, apiVersion: __, ...rest } = kept
  return deepEqual(rest, before) ? kept : after
}

/** Entries without their times, in an order that does not follow from them. */
function untimed(entries: readonly ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  return entries.map(({ time: _time, ...entry }) => entry).toSorted((a, b) => (ownerOf(a) < ownerOf(b) ? -1 : 1))
}

const ownerOf = ({ manager, operation, apiVersion, subresource }: ManagedFieldsEntry): string =>
  JSON.stringify([manager, operation, apiVersion, subresource])
