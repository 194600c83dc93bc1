import type { ObjectMeta } from '../machinery/object.ts'
import type { ImageStream } from './types.ts'

/** A stream of which nothing is known but its metadata: what imports and writes of tags begin with where there is none. */
export function newStream(metadata: ObjectMeta): ImageStream {
  return { metadata, spec: { lookupPolicy: { local: false } }, status: { dockerImageRepository: '' } }
}
