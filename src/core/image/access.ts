// Reading tags of a stream by name.
import type { ImageStream, NamedTagEventList, TagEvent, TagReference } from './types.ts'

/** The spec tag of a name. */
export function specTag(stream: ImageStream, tag: string): TagReference | undefined {
  return stream.spec.tags?.find((t) => t.name === tag)
}

/** History and conditions of a tag. */
export function statusTag(stream: ImageStream, tag: string): NamedTagEventList | undefined {
  return stream.status.tags?.find((t) => t.tag === tag)
}

/** The newest event of a tag. */
export function latestEvent(stream: ImageStream, tag: string): TagEvent | undefined {
  return statusTag(stream, tag)?.items?.[0]
}

/** Puts a spec tag in the place of the one with its name, keeping the list sorted. */
export function setSpecTag(stream: ImageStream, tag: TagReference): void {
  const others = (stream.spec.tags ?? []).filter((t) => t.name !== tag.name)
  stream.spec.tags = sortByName([...others, tag], (t) => t.name)
}

/** Removes a spec tag; false when there is none. */
export function removeSpecTag(stream: ImageStream, tag: string): boolean {
  const rest = (stream.spec.tags ?? []).filter((t) => t.name !== tag)
  if (rest.length === (stream.spec.tags ?? []).length) return false
  if (rest.length > 0) stream.spec.tags = rest
  else delete stream.spec.tags
  return true
}

/** In order of the names' bytes, as maps of the original are written. The argument is not changed. */
export function sortByName<T>(list: readonly T[], name: (item: T) => string): T[] {
  return list.toSorted((a, b) => compareBytes(name(a), name(b)))
}

/** Compares as UTF-8 bytes do: UTF-16 code units order differently where surrogates come in. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0
  if (SURROGATES.test(a) || SURROGATES.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return a < b ? -1 : 1
}

const SURROGATES = /[\ud800-\udfff]/
