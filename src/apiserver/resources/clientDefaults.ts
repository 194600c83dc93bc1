// Defaults of what clients send, where they can fail: raw metadata of an image in a version or shape that nobody knows.
import {
  defaultImage,
  defaultImageTag,
  defaultMapping,
  defaultStreamTag,
  type ImportMode,
} from '../../core/image/defaults.ts'
import { UnknownMetadataVersion } from '../../core/image/dockerMetadata.ts'
import type { Image, ImageStreamMapping, ImageStreamTag, ImageTag } from '../../core/image/types.ts'
import { DecodeError } from '../../core/machinery/decode/decode.ts'
import { badRequest } from '../../core/machinery/status.ts'

/** Runs defaults; what cannot be decoded becomes BadRequest. */
function refusing(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (error instanceof UnknownMetadataVersion || error instanceof DecodeError) throw badRequest(error.message)
    throw error
  }
}

/** Defaults of an image. Error: BadRequest. */
export const imageDefaults = (image: Image): void => refusing(() => defaultImage(image))

/** Defaults of a mapping. Error: BadRequest. */
export const mappingDefaults = (mapping: ImageStreamMapping): void => refusing(() => defaultMapping(mapping))

/** Defaults of an image stream tag. Error: BadRequest. */
export const streamTagDefaults = (istag: ImageStreamTag, mode: ImportMode): void =>
  refusing(() => defaultStreamTag(istag, mode))

/** Defaults of an image tag. Error: BadRequest. */
export const imageTagDefaults = (itag: ImageTag, mode: ImportMode): void => refusing(() => defaultImageTag(itag, mode))
