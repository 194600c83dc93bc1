import { withoutRaw } from './render/image.ts'
import type { ImageImportStatus } from './types.ts'

/** The status of one image as clients see it: raw manifest and configuration only where they were asked for. */
export function withoutRawUnless(includeManifest: boolean, status: ImageImportStatus): ImageImportStatus {
  if (includeManifest) return status
  const { image, manifests } = status
  return {
    ...status,
    ...(image && { image: withoutRaw(image) }),
    ...(manifests && { manifests: manifests.map(withoutRaw) }),
  }
}
