// Reading tags of a stream by name.
import { findTag, withoutTag, withTag } from './tagLists.ts'
import type { ImageStream, NamedTagEventList, TagEvent, TagReference } from './types.ts'

/** The parts of a stream that tags are in. */
type Tags = Pick<ImageStream, 'spec' | 'status'>

/** The spec tag of a name. */
export function specTag(stream: Pick<Tags, 'spec'>, tag: string): TagReference | undefined {
  return findTag(stream.spec.tags, tag)
}

/** History and conditions of a tag. */
export function statusTag(stream: Pick<Tags, 'status'>, tag: string): NamedTagEventList | undefined {
  return findTag(stream.status.tags, tag)
}

/** The newest event of a tag. */
export function latestEvent(stream: Pick<Tags, 'status'>, tag: string): TagEvent | undefined {
  return statusTag(stream, tag)?.items?.[0]
}

/** Puts a spec tag in the place of the one with its name, keeping the list sorted. */
export function setSpecTag(stream: ImageStream, tag: TagReference): void {
  stream.spec.tags = withTag(stream.spec.tags, tag)
}

/** Removes a spec tag; false when there is none. */
export function removeSpecTag(stream: ImageStream, tag: string): boolean {
  const before = stream.spec.tags ?? []
  const rest = withoutTag(before, tag)
  if (rest.length === before.length) return false
  if (rest.length > 0) stream.spec.tags = [...rest]
  else delete stream.spec.tags
  return true
}
