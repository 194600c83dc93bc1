// ImageStreamMapping: how a registry tells that an image was pushed.
import { field, object, str, type Static } from '../../machinery/schema.ts'
import { definition } from './definition.ts'
import { Image } from './image.ts'
import { metadata, typeMeta } from './metadata.ts'

/** ImageStreamMapping of image.openshift.io/v1. Its name is the stream's. */
export const ImageStreamMapping = object(definition('ImageStreamMapping'), 'Points a tag of a stream at an image.', {
  ...typeMeta,
  metadata,
  image: field(Image, 'The image.'),
  tag: str('The tag.'),
})
export type ImageStreamMapping = Static<typeof ImageStreamMapping>
