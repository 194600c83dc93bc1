// metadata.managedFields as a table of managers: decoding, encoding, and the bound on how many there are.
import type { ManagedFieldsEntry } from '../object.ts'
import { decodeFields, encodeFields, isEmpty, union, type FieldSet } from './fieldSet.ts'

/** One manager's hold on an object. */
export interface Holding {
  manager: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  subresource: string
  time: string | undefined
  fields: FieldSet
}

/** Holdings by identity: an applier is the same whatever version it speaks. */
export type Holdings = ReadonlyMap<string, Holding>

export type Identity = Pick<Holding, 'manager' | 'operation' | 'apiVersion' | 'subresource'>

/** Managers by update that are kept apart; the oldest beyond them are thrown together. */
const MAX_UPDATERS = 10
const OLD_UPDATERS = 'ancient-changes'

/** What tells one holding from another: two with the same id are one. */
export function idOf({ manager, operation, apiVersion, subresource }: Identity): string {
  return JSON.stringify([operation, manager, operation === 'Apply' ? '' : apiVersion, subresource])
}

/** Undefined when an entry is malformed. */
export function decodeHoldings(entries: readonly ManagedFieldsEntry[] | undefined): Holdings | undefined {
  const holdings = new Map<string, Holding>()
  for (const entry of entries ?? []) {
    const { manager = '', operation, apiVersion = '', subresource = '', time, fieldsType, fieldsV1 = {} } = entry
    const fields = decodeFields(fieldsV1)
    if (!fields || apiVersion === '' || fieldsType !== 'FieldsV1') return undefined
    if (operation !== 'Apply' && operation !== 'Update') return undefined
    const holding = { manager, operation, apiVersion, subresource, time, fields }
    holdings.set(idOf(holding), holding)
  }
  return holdings
}

/** Holdings as managedFields, in Kubernetes' order; undefined when there are none. */
export function encodeHoldings(holdings: Holdings): ManagedFieldsEntry[] | undefined {
  const held = [...holdings.values()].filter((holding) => !isEmpty(holding.fields)).toSorted(compareHoldings)
  return held.length === 0 ? undefined : held.map(encode)
}

function encode({ manager, operation, apiVersion, time, fields, subresource }: Holding): ManagedFieldsEntry {
  return {
    ...(manager && { manager }),
    operation,
    apiVersion,
    ...(time && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: encodeFields(fields),
    ...(subresource && { subresource }),
  }
}

function compareHoldings(a: Holding, b: Holding): number {
  const keys = ['operation', 'time', 'manager', 'apiVersion', 'subresource'] as const
  for (const key of keys) {
    const [x, y] = [a[key] ?? '', b[key] ?? '']
    if (x !== y) return x < y ? -1 : 1
  }
  return 0
}

/** Bounds the managers by update: the oldest of a version become one. */
export function capUpdaters(holdings: Holdings): Holdings {
  const updaters = [...holdings].filter(([, holding]) => holding.operation === 'Update')
  if (updaters.length <= MAX_UPDATERS) return holdings
  const oldest = updaters.toSorted(([, a], [, b]) => compareHoldings(a, b))
  const result = new Map(holdings)
  const first = new Map<string, string>()
  let count = updaters.length
  for (const [id, holding] of oldest) {
    if (count <= MAX_UPDATERS) break
    const { apiVersion, time } = holding
    const identity: Identity = { manager: OLD_UPDATERS, operation: 'Update', apiVersion, subresource: '' }
    const bucket = idOf(identity)
    const earlier = first.get(apiVersion)
    if (earlier === undefined) {
      first.set(apiVersion, id)
      continue
    }
    if (id === bucket) continue
    const base = result.get(bucket) ?? result.get(earlier)!
    result.delete(earlier)
    result.delete(id)
    result.set(bucket, { ...identity, time, fields: union(base.fields, holding.fields) })
    first.set(apiVersion, bucket)
    count--
  }
  return result
}
