// Views of a stream: one tag (ImageStreamTag, ImageTag), one image of its history (ImageStreamImage).
import { field, int64, list, nullable, object, opt, type Static } from '../../machinery/schema.ts'
import { definition } from './definition.ts'
import { Image } from './image.ts'
import { metadata, typeMeta } from './metadata.ts'
import { ImageLookupPolicy } from './stream.ts'
import { NamedTagEventList, TagEventCondition, TagReference } from './tag.ts'

/** ImageStreamTag of image.openshift.io/v1; its name is `<stream>:<tag>`. */
export const ImageStreamTag = object(definition('ImageStreamTag'), 'A tag of a stream with the image it points at.', {
  ...typeMeta,
  metadata,
  tag: nullable(field(TagReference, 'The spec tag of the stream; null when there is none.')),
  generation: int64('Generation of the newest event of the tag.'),
  lookupPolicy: field(ImageLookupPolicy, 'The lookup policy of the stream.'),
  conditions: opt(list(TagEventCondition, 'What stands in the way of the tag.')),
  image: field(Image, 'The image, with the reference by which to pull it.'),
})
export type ImageStreamTag = Static<typeof ImageStreamTag>

/** ImageTag of image.openshift.io/v1: spec, status and image of a tag, even when it has no image. */
export const ImageTag = object(definition('ImageTag'), 'Everything that is known of a tag of a stream.', {
  ...typeMeta,
  metadata,
  spec: nullable(field(TagReference, 'The spec tag; null when there is none.')),
  status: nullable(field(NamedTagEventList, 'The history; null when there is none.')),
  image: nullable(field(Image, 'The newest image; null when there is none, and in lists.')),
})
export type ImageTag = Static<typeof ImageTag>

/** ImageStreamImage of image.openshift.io/v1; its name is `<stream>@<digest or prefix>`. */
export const ImageStreamImage = object(definition('ImageStreamImage'), 'An image of the history of a stream.', {
  ...typeMeta,
  metadata,
  image: field(Image, 'The image.'),
})
export type ImageStreamImage = Static<typeof ImageStreamImage>
