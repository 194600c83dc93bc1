// A tag of a stream as an ImageTag: spec, status and image side by side.
import { specTag, statusTag } from '../access.ts'
import { tagName } from '../names.ts'
import type { Image, ImageStream, ImageTag } from '../types.ts'
import { renderImage, usableEvent } from './streamTag.ts'

/**
 * Renders a tag, also one that is neither in the spec nor in the status. Nobody owns its fields. The stream says who owns its
 * own, in kilobytes for each of its tags: with them a list would grow with the square of the tags.
 */
export function renderImageTag(stream: ImageStream, tag: string, image?: Image): ImageTag {
  const { managedFields: _, ...metadata } = stream.metadata
  return {
    metadata: { ...metadata, name: tagName(metadata.name ?? '', tag) },
    spec: specTag(stream, tag) ?? null,
    status: statusTag(stream, tag) ?? null,
    image: image ? renderImage(stream, tag, usableEvent(stream, tag), image) : null,
  }
}

/** Names of all tags of a stream, in spec or status, sorted. */
export function tagNames(stream: ImageStream): string[] {
  const names = new Set([
    ...(stream.spec.tags ?? []).map((t) => t.name),
    ...(stream.status.tags ?? []).map((t) => t.tag),
  ])
  return [...names].toSorted()
}
