import type { Image } from '../types.ts'

/** The image without its raw manifest and configuration, which only the Image itself shows. */
export function withoutRaw(image: Image): Image {
  const { dockerImageManifest: _, dockerImageConfig: __, kind: ___, apiVersion: ____, ...rest } = image
  return rest
}
