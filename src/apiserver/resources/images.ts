// images: stored, cluster-scoped.
import { imageColumns } from '../../core/image/columns/streamTag.ts'
import { completeImage, restoreImage } from '../../core/image/imageContent.ts'
import { Image } from '../../core/image/types.ts'
import { validateImage } from '../../core/image/validation/image.ts'
import { pathSegmentProblems } from '../../core/image/validation/name.ts'
import type { Context, Resource, Rules } from '../../core/machinery/resource.ts'
import { isReason } from '../../core/machinery/status.ts'
import type { Store } from '../../store/store.ts'
import { Persisted } from '../persisted.ts'
import { imageDefaults } from './clientDefaults.ts'
import { GROUP, VERSION } from './deps.ts'

/** Gives the endpoint of images for a request that came in for `plural`. */
export type Images = (plural: string) => Persisted<Image>

const rules: Rules<Image> = {
  defaults: imageDefaults,
  validateName: pathSegmentProblems,
  unconditionalUpdate: false,
  prepareForCreate: (image, context) => completeImage(image, context.now()),
  prepareForUpdate: (next, old, context) => restoreImage(next, old, context.now()),
  validate: (image) => validateImage(image),
}

/** Endpoints of images on a store. */
export function openImages(store: Store): Images {
  const images = new Persisted<Image>({
    store,
    group: GROUP,
    version: VERSION,
    plural: 'images',
    kind: 'Image',
    schema: Image,
    rules,
    namespaced: false,
  })
  return (plural) => images.as({ group: GROUP, plural })
}

/** Stores an image; undefined when it was known already: then it stays as it was stored first. Error: Invalid. */
export async function storeOnce(images: Persisted<Image>, context: Context, image: Image): Promise<Image | undefined> {
  try {
    return await images.create(context, image)
  } catch (error) {
    if (isReason(error, 'AlreadyExists')) return undefined
    throw error
  }
}

/** The resource. */
export function imageResource(images: Images): Resource<Image> {
  return {
    group: GROUP,
    version: VERSION,
    kind: 'Image',
    plural: 'images',
    singular: 'image',
    namespaced: false,
    verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    schema: Image,
    defaults: imageDefaults,
    columns: imageColumns,
    endpoint: images('images'),
    stored: true,
  }
}
