// The metadata of meta/v1 as it appears in the types of this group.
import type { ObjectMeta } from '../../machinery/object.ts'
import type { Status as StatusObject } from '../../machinery/status.ts'
import { any, opt, str, Type } from '../../machinery/schema.ts'

// Placeholder until core/machinery/objectmeta.ts declares these two.
/** ObjectMeta of meta/v1. */
export const metadata = Type.Unsafe<ObjectMeta>(any('Standard metadata of the object.'))
/** Status of meta/v1. */
export const status = (description: string) => Type.Unsafe<StatusObject>(any(description))

/** kind and apiVersion, which only top-level objects carry. */
export const typeMeta = {
  kind: opt(str('Kind of the object, in CamelCase.')),
  apiVersion: opt(str('Group and version in which the object is written.')),
}
