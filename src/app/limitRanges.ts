import type { ImageDeps } from '../apiserver/resources/index.ts'
import type { LimitRange } from '../core/image/limits.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import type { KubeObject } from '../core/machinery/object.ts'

const LIMIT_RANGES = { group: '', version: 'v1', plural: 'limitranges' }

/** Reads the LimitRanges of a namespace through a client. */
export function limitRanges(client: () => Pick<ObjectClient, 'list'>): NonNullable<ImageDeps['limitRanges']> {
  return async (namespace) =>
    (await client().list<KubeObject & LimitRange>({ resource: LIMIT_RANGES, namespace })).items
}
