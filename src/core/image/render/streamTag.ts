// A tag of a stream as an ImageStreamTag.
import { latestEvent, specTag, statusTag } from '../access.ts'
import { METADATA_VERSION, NO_METADATA } from '../dockerMetadata.ts'
import { referenceForEvent } from '../lookup.ts'
import { tagName } from '../names.ts'
import type { Image, ImageStream, ImageStreamTag, TagEvent } from '../types.ts'
import { withoutRaw } from './image.ts'

/** The newest event of a tag, if it has an image. Events of plain references have none: such tags cannot be read. */
export function usableEvent(stream: ImageStream, tag: string): TagEvent | undefined {
  const event = latestEvent(stream, tag)
  return event?.image ? event : undefined
}

/** Renders a tag, with its image or only the image's name, or (while there is no event) with no image at all. */
export function renderStreamTag(stream: ImageStream, tag: string, image?: Image): ImageStreamTag {
  const event = usableEvent(stream, tag)
  const spec = specTag(stream, tag)
  const conditions = statusTag(stream, tag)?.conditions
  const { name = '', namespace, creationTimestamp, labels, uid, resourceVersion } = stream.metadata
  const annotations = spec?.annotations
  const created = event?.created ?? creationTimestamp
  return {
    metadata: {
      name: tagName(name, tag),
      ...(namespace && { namespace }),
      ...(uid && { uid }),
      ...(resourceVersion && { resourceVersion }),
      ...(created && { creationTimestamp: created }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
    tag: spec ?? null,
    generation: event?.generation ?? 0,
    lookupPolicy: stream.spec.lookupPolicy,
    ...(conditions && { conditions }),
    image: renderImage(stream, tag, event, image),
  }
}

/** The image of a tag, with the reference and the annotations that the tag gives it. */
export function renderImage(
  stream: ImageStream,
  tag: string,
  event: TagEvent | undefined,
  image: Image | undefined,
): Image {
  if (!event) return { metadata: {}, ...UNKNOWN }
  const dockerImageReference = referenceForEvent(stream, tag, event)
  if (!image) return { metadata: { name: event.image }, dockerImageReference, ...UNKNOWN }
  const own = specTag(stream, tag)?.annotations
  const annotations = own ? { ...image.metadata.annotations, ...own } : image.metadata.annotations
  return {
    ...withoutRaw(image),
    metadata: { ...image.metadata, ...(annotations && { annotations }) },
    dockerImageReference,
  }
}

/** What is said of an image that was not loaded, or that does not exist. */
const UNKNOWN = { dockerImageMetadata: NO_METADATA, dockerImageMetadataVersion: METADATA_VERSION } as const
