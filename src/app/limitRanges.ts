import type { LimitRange } from '../core/image/limits.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import type { KubeObject } from '../core/machinery/object.ts'

export const LIMIT_RANGES = { group: '', version: 'v1', plural: 'limitranges' }

/** A LimitRange as it lies in the cluster. */
export type StoredLimitRange = KubeObject & LimitRange

/** Reads the LimitRanges of a namespace through a client. */
export function limitRanges(
  client: () => Pick<ObjectClient, 'list'>,
): (namespace: string) => Promise<readonly StoredLimitRange[]> {
  return async (namespace) => (await client().list<StoredLimitRange>({ resource: LIMIT_RANGES, namespace })).items
}
