// The way from kubectl's client-side apply to server-side apply, for its manager `kubectl` only: what the annotation says
// was applied, and still is so, may be taken without force; and the annotation follows, so that there is a way back.
import { decode } from '../decode/decode.ts'
import { DecodeError } from '../decode/error.ts'
import type { KubeObject } from '../object.ts'
import type { TSchema } from '../schema.ts'
import { isObject, type JsonObject } from '../json/jsonObject.ts'
import { compare } from './compare.ts'
import type { Conflict } from './conflict.ts'
import { fieldsOf } from './extract.ts'
import { difference, isEmpty, union, type FieldSet } from './fieldSet.ts'
import { withoutManagedFields } from './ownership.ts'

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration'
const MANAGER = 'kubectl'
/** Annotations may have 256 KiB together: one that leaves no room for the others is dropped. */
const MAX_LENGTH = 200 * 1024

/** True when all conflicts are about fields that client-side apply set and nobody has touched since. */
export function takesOver(
  schema: TSchema,
  live: KubeObject | undefined,
  manager: string,
  apiVersion: string,
  conflicts: readonly Conflict[],
): boolean {
  const text = manager === MANAGER ? live?.metadata.annotations?.[ANNOTATION] : undefined
  const untouched = text && untouchedFields(schema, live, text, apiVersion)
  return untouched ? conflicts.every(({ fields }) => isEmpty(difference(fields, untouched))) : false
}

function untouchedFields(schema: TSchema, live: unknown, text: string, apiVersion: string): FieldSet | undefined {
  const last = parse(schema, text)
  if (last?.apiVersion !== apiVersion) return undefined
  const { added, modified, removed } = compare(schema, last, withoutManagedFields(live))
  return difference(fieldsOf(schema, last), union(union(added, modified), removed))
}

/** The annotation's object; undefined when it is none of this kind: anybody can write it. */
function parse(schema: TSchema, text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    decode(schema, value)
    return isObject(value) ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof DecodeError) return undefined
    throw error
  }
}

/** The object with an annotation that says what `kubectl` has applied now, where it had one. */
export function withLastApplied<T extends KubeObject>(object: T, manager: string, config: JsonObject): T {
  const { annotations } = object.metadata
  if (manager !== MANAGER || !annotations || !Object.hasOwn(annotations, ANNOTATION)) return object
  const text = `${JSON.stringify(withoutAnnotation(config))}\n`
  const value = text.length > MAX_LENGTH ? '' : text
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [ANNOTATION]: value } } }
}

function withoutAnnotation(config: JsonObject): JsonObject {
  const { metadata } = config
  if (!isObject(metadata) || !isObject(metadata.annotations)) return config
  const { [ANNOTATION]: _, ...annotations } = metadata.annotations
  return { ...config, metadata: { ...metadata, annotations } }
}
