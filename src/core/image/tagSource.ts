// Where a spec tag takes its image from, when that is another tag or an image of a stream.
import { DEFAULT_TAG } from './lookup.ts'
import type { ImageStream, TagReference } from './types.ts'

/** A stream by namespace and name. */
export interface StreamKey {
  namespace: string
  name: string
}

/** A tag (kind ImageStreamTag) or an image (ImageStreamImage, by digest or prefix) of a stream. */
export type TagSource = StreamKey & ({ kind: 'ImageStreamTag'; tag: string } | { kind: 'ImageStreamImage'; id: string })

/** Says how such references are written. */
export const SOURCE_FORMS = 'must be of the form <tag>, <repo>:<tag>, <id>, or <repo>@<id>'

/** The source of a tag; a name without a stream means the tag's own. Undefined for what has none of SOURCE_FORMS. */
export function tagSource(tag: TagReference, stream: ImageStream): TagSource | undefined {
  const { kind, name = '', namespace } = tag.from ?? {}
  if (kind !== 'ImageStreamTag' && kind !== 'ImageStreamImage') return undefined
  const parts = name.split(kind === 'ImageStreamTag' ? ':' : '@')
  if (parts.length > 2) return undefined
  const what = parts.at(-1)!
  const key = {
    namespace: namespace || (stream.metadata.namespace ?? ''),
    name: parts.length === 2 ? parts[0]! : (stream.metadata.name ?? ''),
  }
  return kind === 'ImageStreamTag' ? { ...key, kind, tag: what || DEFAULT_TAG } : { ...key, kind, id: what }
}

/** Whether a key means this stream. */
export function isSelf(key: StreamKey, stream: ImageStream): boolean {
  return key.namespace === stream.metadata.namespace && key.name === stream.metadata.name
}

/** A key as one text: `namespace/name`. */
export function keyText(key: StreamKey): string {
  return `${key.namespace}/${key.name}`
}
