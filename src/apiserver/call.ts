// A call: one verb on one resource, after routing and before any encoding. HTTP and the in-process client both make these.
import type { KubeObject } from '../core/machinery/object.ts'
import type { Column, Context, Endpoint, Resource, Subresource } from '../core/machinery/resource.ts'
import type { NumberTables } from '../core/machinery/protobuf/decode.ts'
import type { TSchema } from '../core/machinery/schema.ts'

/** A verb's resource, object and circumstances. */
export interface Call {
  resource: Resource
  subresource?: Subresource
  context: Context
  /** '' for calls on the collection. */
  name: string
  /** Who owns the fields that this call writes. */
  manager: string
}

/** What a call speaks: the subresource's kind and schema, or the resource's. */
export interface Spoken {
  group: string
  version: string
  kind: string
  schema: TSchema
  protobuf?: NumberTables
  defaults?(object: KubeObject): void
}

/** The endpoint that serves a call: the subresource's, or the resource's. */
export function endpointOf(call: Call): Endpoint {
  return call.subresource?.endpoint ?? call.resource.endpoint
}

/** The columns of a call's Tables; undefined where it has none. */
export function columnsOf({ resource, subresource }: Call): readonly Column<KubeObject>[] | undefined {
  return subresource ? (subresource.columns ?? (subresource.schema ? undefined : resource.columns)) : resource.columns
}

/** What a call speaks. */
export function spokenBy(call: Call): Spoken {
  const { resource, subresource: sub } = call
  if (!sub) return resource
  return {
    group: sub.group ?? resource.group,
    version: sub.version ?? resource.version,
    kind: sub.kind ?? resource.kind,
    schema: sub.schema ?? resource.schema,
    ...(resource.protobuf && { protobuf: resource.protobuf }),
    ...(!sub.schema && resource.defaults && { defaults: (object) => resource.defaults?.(object) }),
  }
}
