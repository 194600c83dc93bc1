import * as errors from '../../machinery/fieldError.ts'
import type { FieldError } from '../../machinery/fieldError.ts'
import type { Image, ImageManifest } from '../types.ts'
import { requireReference } from './reference.ts'
import { validateSignatureContent } from './signature.ts'

// https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
const DIGEST = /[A-Za-z0-9_+.-]+:[A-Fa-f0-9]+/
// RFC 6838, section 4.2
const MEDIA_TYPE = /^ *[A-Za-z0-9][A-Za-z0-9!#$&^_-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126} *$/

/** Errors of an image. `prefix` is '' or the path of the field that holds it, with a dot: `image.`. */
export function validateImage(image: Image, prefix = ''): FieldError[] {
  const found = requireReference(`${prefix}dockerImageReference`, image.dockerImageReference)
  for (const [i, signature] of (image.signatures ?? []).entries())
    errors.append(found, validateSignatureContent(signature, `${prefix}signatures[${i}].`))
  const manifests = image.dockerImageManifests ?? []
  for (const [i, manifest] of manifests.entries())
    errors.append(found, validateManifest(manifest, `${prefix}dockerImageManifests[${i}]`))
  if (manifests.length > 0 && image.dockerImageLayers?.length)
    found.push(
      errors.invalid(
        `${prefix}dockerImageLayers`,
        image.dockerImageLayers,
        'layers must be empty if manifests are provided',
      ),
    )
  return found
}

function validateManifest(manifest: ImageManifest, path: string): FieldError[] {
  const { digest, mediaType, architecture, os, manifestSize } = manifest
  const found: FieldError[] = []
  if (!digest) found.push(errors.required(`${path}.digest`))
  else if (!DIGEST.test(digest)) found.push(errors.invalid(`${path}.digest`, digest, 'invalid digest'))
  if (!mediaType) found.push(errors.required(`${path}.mediaType`))
  else if (!MEDIA_TYPE.test(mediaType))
    found.push(errors.invalid(`${path}.mediaType`, mediaType, 'media type does not conform to RFC6838'))
  if (!architecture) found.push(errors.required(`${path}.architecture`))
  if (!os) found.push(errors.required(`${path}.os`))
  if (manifestSize < 0) found.push(errors.invalid(`${path}.size`, manifestSize, 'manifest size cannot be negative'))
  return found
}
