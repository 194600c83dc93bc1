// What the server fills in when it decodes an object, and the order in which it keeps lists.
import { tryParseReference } from '../oci/reference.ts'
import { METADATA_VERSION, NO_METADATA, normaliseMetadata } from './dockerMetadata.ts'
import { sortTags } from './tagLists.ts'
import type {
  Image,
  ImageStream,
  ImageStreamImport,
  ImageStreamMapping,
  ImageStreamTag,
  ImageTag,
  TagImportPolicy,
  TagReference,
  TagReferencePolicy,
} from './types.ts'

/** What becomes of a multi-platform image. */
export type ImportMode = 'Legacy' | 'PreserveOriginal'

/** Fills the two policies that tags and imports have. */
function defaultPolicies(
  holder: { importPolicy: TagImportPolicy; referencePolicy: TagReferencePolicy },
  mode: ImportMode,
): void {
  holder.referencePolicy.type ||= 'Source'
  holder.importPolicy.importMode ||= mode
}

/** Defaults of a spec tag. */
function defaultTag(tag: TagReference, mode: ImportMode): void {
  defaultPolicies(tag, mode)
}

/** Defaults of a stream. Tags become unique (the last of a name wins) and sorted, as if they were maps. */
export function defaultStream(stream: ImageStream, mode: ImportMode): void {
  const { spec, status } = stream
  if (spec.tags) spec.tags = sortTags(spec.tags)
  if (status.tags) status.tags = sortTags(status.tags)
  for (const tag of spec.tags ?? []) defaultTag(tag, mode)
}

/** Defaults of an image: metadata in its fixed shape. Throws UnknownMetadataVersion, DecodeError. */
export function defaultImage(image: Image): void {
  const { dockerImageMetadata: raw, dockerImageMetadataVersion: version } = image
  image.dockerImageMetadata = raw ? normaliseMetadata(raw, version) : { ...NO_METADATA, ContainerConfig: {} }
  if (raw === undefined && version) normaliseMetadata({}, version)
  image.dockerImageMetadataVersion = METADATA_VERSION
}

/** Defaults of an image stream tag. */
export function defaultStreamTag(istag: ImageStreamTag, mode: ImportMode): void {
  if (istag.tag) defaultTag(istag.tag, mode)
  defaultImage(istag.image)
}

/** Defaults of an image tag. */
export function defaultImageTag(itag: ImageTag, mode: ImportMode): void {
  if (itag.spec) defaultTag(itag.spec, mode)
  if (itag.image) defaultImage(itag.image)
}

/** Defaults of a mapping. */
export function defaultMapping(mapping: ImageStreamMapping): void {
  defaultImage(mapping.image)
}

/** Defaults of an import: an image without a target goes to the tag that it is imported from, if it names one. */
export function defaultImport(isi: ImageStreamImport, mode: ImportMode): void {
  const { repository, images } = isi.spec
  if (repository) defaultPolicies(repository, mode)
  for (const image of images ?? []) {
    defaultPolicies(image, mode)
    if (image.to) continue
    const tag = tryParseReference(image.from.name ?? '')?.tag
    if (tag) image.to = { name: tag }
  }
}
