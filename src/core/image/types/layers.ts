// ImageStreamLayers: every blob and image that a stream refers to. Registries authorize pulls by it.
import { bool, int64, list, map, nullable, object, opt, str, type Static } from '../../machinery/schema.ts'
import { definition } from './definition.ts'
import { metadata, typeMeta } from './metadata.ts'

/** One blob. */
export const ImageLayerData = object(definition('ImageLayerData'), 'A blob of a stream.', {
  size: nullable(int64('Bytes; null when unknown.')),
  mediaType: str('Media type.'),
})
export type ImageLayerData = Static<typeof ImageLayerData>

/** The blobs of one image. */
export const ImageBlobReferences = object(definition('ImageBlobReferences'), 'The blobs of an image.', {
  imageMissing: bool('The stream names the image, but there is no such Image.'),
  layers: nullable(list(str(), 'Digests of the layers, base first.')),
  config: nullable(str('Digest of the configuration.')),
  manifests: opt(list(str(), 'Digests of the platforms of a multi-platform image.')),
})
export type ImageBlobReferences = Static<typeof ImageBlobReferences>

/** ImageStreamLayers of image.openshift.io/v1. */
export const ImageStreamLayers = object(definition('ImageStreamLayers'), 'The blobs and images of a stream.', {
  ...typeMeta,
  metadata,
  blobs: map(ImageLayerData, 'Blobs by digest.'),
  images: map(ImageBlobReferences, 'Images by name.'),
})
export type ImageStreamLayers = Static<typeof ImageStreamLayers>
