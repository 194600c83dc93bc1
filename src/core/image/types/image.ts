// Image: one image, known by its digest, cluster-wide.
import { any, bytes, int64, list, object, opt, str, unsafe, type Static } from '../../machinery/schema.ts'
import { definition } from './definition.ts'
import type { DockerImage } from './dockerImage.ts'
import { metadata, typeMeta } from './metadata.ts'
import { ImageSignature } from './signature.ts'

/** One layer, base first in lists. */
export const ImageLayer = object(definition('ImageLayer'), 'A layer of an image.', {
  name: str('Digest of the layer.'),
  size: int64('Bytes.'),
  mediaType: str('Media type of the layer.'),
})
export type ImageLayer = Static<typeof ImageLayer>

/** One platform of a multi-platform image. */
export const ImageManifest = object(definition('ImageManifest'), 'A platform of a multi-platform image.', {
  digest: str('Digest of the manifest, and name of its Image.'),
  mediaType: str('Media type of the manifest.'),
  manifestSize: int64('Bytes of the manifest.'),
  architecture: str('Architecture, such as amd64.'),
  os: str('Operating system, such as linux.'),
  variant: opt(str('Variant of the architecture, such as v8.')),
})
export type ImageManifest = Static<typeof ImageManifest>

/** Image of image.openshift.io/v1. Defaults (core/image/defaults.ts) give it a complete dockerImageMetadata. */
export const Image = object(definition('Image'), 'An image, known by its digest.', {
  ...typeMeta,
  metadata,
  dockerImageReference: opt(str('Where the image can be pulled from.')),
  // Optional for the walker only: a RawExtension that the defaults fill, in a fixed shape.
  dockerImageMetadata: opt(unsafe<DockerImage>(any('What the image says of itself.', { patchStrategy: 'replace' }))),
  dockerImageMetadataVersion: opt(str('Version of dockerImageMetadata: "1.0".')),
  dockerImageManifest: opt(str('The raw manifest, where it is kept.')),
  dockerImageLayers: opt(list(ImageLayer, 'The layers, base first.')),
  signatures: opt(list(ImageSignature, 'Signatures of the image.', { mergeKey: 'name' })),
  dockerImageSignatures: opt(list(bytes(), 'Signatures of a schema 1 manifest.')),
  dockerImageManifestMediaType: opt(str('Media type of the manifest.')),
  dockerImageConfig: opt(str('The raw configuration, where it is kept.')),
  dockerImageManifests: opt(list(ImageManifest, 'The platforms of a multi-platform image.')),
})
export type Image = Static<typeof Image>
