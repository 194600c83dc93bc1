// ImageStreamImport: asks for images of registries, and carries the answer.
import { bool, field, list, object, opt, pointer, str, type Static } from '../../machinery/schema.ts'
import { definition } from './definition.ts'
import { Image } from './image.ts'
import { metadata, status, typeMeta } from './metadata.ts'
import { LocalObjectReference, ObjectReference } from './reference.ts'
import { ImageStream } from './stream.ts'
import { TagImportPolicy, TagReferencePolicy } from './tag.ts'

const policies = {
  importPolicy: field(TagImportPolicy, 'How the image is imported.'),
  referencePolicy: field(TagReferencePolicy, 'Which location users of the tag are given.'),
  includeManifest: opt(bool('Show raw manifests in the answer.')),
}

/** One image to import. */
export const ImageImportSpec = object(definition('ImageImportSpec'), 'An image to import.', {
  from: field(ObjectReference, 'The image; kind must be DockerImage.'),
  to: pointer(field(LocalObjectReference, 'The tag of the stream that gets the image.')),
  ...policies,
})
export type ImageImportSpec = Static<typeof ImageImportSpec>

/** A repository to import as a whole. */
export const RepositoryImportSpec = object(definition('RepositoryImportSpec'), 'A repository to import.', {
  from: field(ObjectReference, 'The repository; kind must be DockerImage.'),
  ...policies,
})
export type RepositoryImportSpec = Static<typeof RepositoryImportSpec>

/** What became of one image. */
export const ImageImportStatus = object(definition('ImageImportStatus'), 'What became of an image.', {
  status: status('Success, or why it failed.'),
  image: pointer(field(Image, 'The image.')),
  tag: opt(str('The tag in the registry; absent for an import by digest.')),
  manifests: opt(list(Image, 'The platforms of a multi-platform image.')),
})
export type ImageImportStatus = Static<typeof ImageImportStatus>

/** What became of a repository. */
export const RepositoryImportStatus = object(definition('RepositoryImportStatus'), 'What became of a repository.', {
  status: status('Success, or why it failed.'),
  images: opt(list(ImageImportStatus, 'The images that were imported.')),
  additionalTags: opt(list(str(), 'Tags beyond the limit, not imported.')),
})
export type RepositoryImportStatus = Static<typeof RepositoryImportStatus>

/** What an import asks for. */
export const ImageStreamImportSpec = object(
  definition('ImageStreamImportSpec'),
  'A repository, single images, or both.',
  {
    import: bool('True: write the stream. False: only look.'),
    repository: pointer(field(RepositoryImportSpec, 'A repository whose tags are all imported, up to a limit.')),
    images: opt(list(ImageImportSpec, 'Single images.')),
  },
)
export type ImageStreamImportSpec = Static<typeof ImageStreamImportSpec>

/** What an import answers. */
export const ImageStreamImportStatus = object(definition('ImageStreamImportStatus'), 'What became of the import.', {
  import: pointer(field(ImageStream, 'The stream as it is now.')),
  repository: pointer(field(RepositoryImportStatus, 'What became of the repository.')),
  images: opt(list(ImageImportStatus, 'What became of each image, in the order of the request.')),
})
export type ImageStreamImportStatus = Static<typeof ImageStreamImportStatus>

/** ImageStreamImport of image.openshift.io/v1. Its name is the stream's. */
export const ImageStreamImport = object(
  definition('ImageStreamImport'),
  'Imports images from registries into a stream: the only way by which the server talks to registries.',
  {
    ...typeMeta,
    metadata,
    spec: field(ImageStreamImportSpec, 'What to import.'),
    status: field(ImageStreamImportStatus, 'What became of it.'),
  },
)
export type ImageStreamImport = Static<typeof ImageStreamImport>
