// Declaring types: one declaration gives the TypeScript type, OpenAPI, pruning, defaults of Go's zero values and merge keys.
//
// A schema is plain JSON Schema, typed by TypeBox (`Static<typeof X>` is the type of its values), built by the functions below:
// only TypeBox's types are used, since loading its code would cost every start 60 ms and 20 MB. The rules that JSON Schema
// cannot say are keywords of our own, all of them below. The walker (decode.ts) turns any JSON into the canonical form
// that Go's encoder would give it, which makes "has it changed?" a plain deep comparison:
//   - a property that is not optional is always there: missing or null becomes the type's zero value ('' 0 false {…}; null when nullable)
//   - an optional property with a zero value ('' 0 false [] {}) is dropped, as Go's omitempty does, unless it is a pointer()
import type { Static, TArray, TObject, TOptional, TProperties, TSchema, TUnsafe } from 'typebox'

export type { Static, TProperties, TSchema }

/** A schema written by hand, whose values have the type T. */
export const unsafe = <T>(schema: object): TUnsafe<T> => schema as TUnsafe<T>

/** Marks an optional property. It is for `object` alone, which makes JSON Schema's `required` of it. */
const OPTIONAL = Symbol('optional')

/** Keywords that a property can carry beside JSON Schema's. */
export interface Field {
  description?: string
  /** OpenAPI's `required`: clients refuse objects without it. (Always-present properties need not be mandatory.) */
  mandatory?: true
  /** Key of the items of a list that strategic merge patch and server-side apply merge by. */
  mergeKey?: string
  /** Keys of an associative list, where it is more than the merge key (ports: containerPort and protocol). */
  listMapKeys?: readonly string[]
  /** 'set' for a list of scalars that merges; 'atomic' is what a list without merge key is anyway. */
  listType?: 'set' | 'atomic' | 'map'
  /** 'atomic' for a map that only makes sense as a whole; others are owned key by key. */
  mapType?: 'atomic'
  /** Strategic merge patch: 'replace', 'retainKeys' or 'merge,retainKeys'; 'merge' follows from the merge key. */
  patchStrategy?: string
  /** Shown by `kubectl explain`. */
  default?: unknown
  enum?: readonly string[]
}

/** How the walker treats a leaf; the value of the keyword `x-go`. */
export type GoKind =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'number'
  | 'time'
  | 'microtime'
  | 'bytes'
  | 'any'
  | 'intOrString'
  | 'quantity'

const leaf = <T>(go: GoKind, json: Record<string, unknown>, description: string, field: Field) =>
  unsafe<T>({ ...json, 'x-go': go, ...(description && { description }), ...field })

/** A string. */
export const str = (description = '', field: Field = {}) =>
  leaf<string>('string', { type: 'string' }, description, field)
/** A bool. */
export const bool = (description = '', field: Field = {}) =>
  leaf<boolean>('bool', { type: 'boolean' }, description, field)
/** A whole number of 32 bits. */
export const int32 = (description = '', field: Field = {}) =>
  leaf<number>('int32', { type: 'integer', format: 'int32' }, description, field)
/** A whole number of 64 bits; beyond 2^53 JSON numbers lose digits. */
export const int64 = (description = '', field: Field = {}) =>
  leaf<number>('int64', { type: 'integer', format: 'int64' }, description, field)
/** meta/v1 Time: RFC 3339, stored in UTC with whole seconds. */
export const time = (description = '', field: Field = {}) =>
  leaf<string>('time', { type: 'string', format: 'date-time' }, description, field)
/** meta/v1 MicroTime: RFC 3339 in UTC with six digits of a second. */
export const microTime = (description = '', field: Field = {}) =>
  leaf<string>('microtime', { type: 'string', format: 'date-time' }, description, field)
/** Base64. */
export const bytes = (description = '', field: Field = {}) =>
  leaf<string>('bytes', { type: 'string', format: 'byte' }, description, field)
/** A number or a string such as "25%". */
export const intOrString = (description = '', field: Field = {}) =>
  leaf<number | string>('intOrString', { format: 'int-or-string' }, description, field)
/** A resource.Quantity such as 500m or 1Gi. */
export const quantity = (description = '', field: Field = {}) =>
  leaf<string>('quantity', { type: 'string' }, description, field)
/** Anything at all, kept as it is (RawExtension). */
export const any = (description = '', field: Field = {}) => leaf<unknown>('any', { type: 'object' }, description, field)

/** A list. Merged by `field.mergeKey` where there is one, else replaced whole. */
export const list = <T extends TSchema>(items: T, description = '', field: Field = {}) =>
  ({ type: 'array', items, ...(description && { description }), ...field }) as unknown as TArray<T>

/** A map from string to `values`. */
export const map = <T extends TSchema>(values: T, description = '', field: Field = {}) =>
  unsafe<Record<string, Static<T>>>({
    type: 'object',
    additionalProperties: values,
    ...(description && { description }),
    ...field,
  })

/**
 * A named object type. `definition` is its name in OpenAPI (`com.github.openshift.api.image.v1.TagReference`).
 * Properties keep their order in what the server writes.
 */
export const object = <P extends TProperties>(definition: string, description: string, properties: P) =>
  ({
    type: 'object',
    required: Object.keys(properties).filter((key) => !(OPTIONAL in properties[key]!)),
    properties,
    'x-definition': definition,
    ...(description && { description, 'x-about': description }),
  }) as unknown as TObject<P>

/** The same type with a description of its own and the property's keywords. What the type is stays in `x-about`. */
export const field = <T extends TSchema>(schema: T, description: string, field: Field = {}): T => ({
  ...schema,
  description,
  ...field,
})

/** A property that Go omits when it is empty. */
export const opt = <T extends TSchema>(schema: T): TOptional<T> =>
  Object.defineProperty({ ...schema }, OPTIONAL, { value: true, enumerable: false }) as unknown as TOptional<T>

/** An optional property whose zero value means something (Go's *bool, *int32): kept when it is there. */
export const pointer = <T extends TSchema>(schema: T) => opt(unsafe<Static<T>>({ ...schema, 'x-pointer': true }))

/** A property that is always written, as null when it is empty (Go's pointer, map or slice without omitempty). */
export const nullable = <T extends TSchema>(schema: T) => unsafe<Static<T> | null>({ ...schema, 'x-nullable': true })
