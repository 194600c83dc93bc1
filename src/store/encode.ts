// Objects as JSON, and whether two of them say the same.
import { deepEqual } from '../core/machinery/json/equal.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { MAX_OBJECT, TooLarge } from './store.ts'

/** JSON of an object. Error: TooLarge. */
export function encode(object: KubeObject): string {
  const json = JSON.stringify(object)
  const size = Buffer.byteLength(json)
  if (size > MAX_OBJECT) throw new TooLarge(size)
  return json
}

/** Whether an object is what is stored already, whatever version it names. */
export function sameButRevision(object: KubeObject, stored: KubeObject): boolean {
  const { resourceVersion } = stored.metadata
  return deepEqual({ ...object, metadata: { ...object.metadata, resourceVersion } }, stored)
}
