// Storing what an import found.
import type { Image, ImageImportStatus } from '../../core/image/types.ts'
import { clone } from '../../core/machinery/json/clone.ts'
import type { Context } from '../../core/machinery/resource.ts'
import { embedded, isReason } from '../../core/machinery/status.ts'
import type { Persisted } from '../persisted.ts'
import { storeOnce } from './images.ts'

/**
 * Stores the images of outcomes, platforms before their index, and puts what the store made of them into the outcomes. One that
 * is too large to be stored becomes a failure, and does not hold up the others. Errors: Invalid.
 */
export async function storeImages(
  images: Persisted<Image>,
  context: Context,
  outcomes: readonly ImageImportStatus[],
): Promise<void> {
  for (const outcome of outcomes) {
    try {
      await storeOutcome(images, context, outcome)
    } catch (error) {
      if (!isReason(error, 'RequestEntityTooLarge')) throw error
      delete outcome.image
      delete outcome.manifests
      outcome.status = embedded(error.status)
    }
  }
}

async function storeOutcome(images: Persisted<Image>, context: Context, outcome: ImageImportStatus): Promise<void> {
  const { manifests, image } = outcome
  if (manifests) {
    outcome.manifests = []
    for (const manifest of manifests) outcome.manifests.push(await storeImage(images, context, manifest))
  }
  if (image) outcome.image = await storeImage(images, context, image)
}

/** Stores an image without what is raw, and without signatures. Errors: Invalid. */
async function storeImage(images: Persisted<Image>, context: Context, image: Image): Promise<Image> {
  const { dockerImageManifest: _, dockerImageConfig: __, signatures: ___, ...rest } = clone(image)
  return (await storeOnce(images, context, rest)) ?? rest
}
