// Decoding: any JSON value becomes the canonical form of its schema (see schema.ts), or a DecodeError.
//
// This runs for every request body and every stored object, so a schema is compiled once into a tree of closures; a
// decoder allocates nothing but its result. What schemas mean is in compileSchema.
import { compileSchema, type Decoder, type Progress } from './compile.ts'
export { DecodeError } from './error.ts'
import type { Static, TSchema } from '../schema.ts'

/** What a value became. */
export interface Decoded<T> {
  object: T
  /** Paths of fields that the schema does not know, like `spec.tags[0].bar`: the first MAX_UNKNOWN of them. */
  unknown: string[]
}

const compiled = new WeakMap<TSchema, Decoder>()

/** Decodes `value`, which it neither changes nor shares. Throws DecodeError. */
export function decode<S extends TSchema>(schema: S, value: unknown): Decoded<Static<S>> {
  let decoder = compiled.get(schema)
  if (!decoder) {
    decoder = compileSchema(schema)
    compiled.set(schema, decoder)
  }
  const progress: Progress = { path: [], depth: 0, unknown: [], values: [] }
  return { object: decoder(value, progress) as Static<S>, unknown: progress.unknown }
}
