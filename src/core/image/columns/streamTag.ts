import type { Column } from '../../machinery/resource.ts'
import { ago } from '../age.ts'
import type { Image, ImageStreamImage, ImageStreamTag } from '../types.ts'

type Viewed = ImageStreamTag | ImageStreamImage

const name: Column<{ metadata: { name?: string } }> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  cell: (object) => object.metadata.name ?? '',
}
const imageReference: Column<Viewed> = {
  name: 'Image Reference',
  type: 'string',
  description: 'Where the image can be pulled from.',
  cell: (object) => object.image.dockerImageReference ?? '',
}
const updated: Column<Viewed> = {
  name: 'Updated',
  type: 'string',
  description: 'When the tag began to point at the image, or when the image became known.',
  cell: (object, now) => ago(object.metadata.creationTimestamp, now),
}
const imageName: Column<Viewed> = {
  name: 'Image Name',
  type: 'string',
  priority: 1,
  description: 'Name of the image.',
  cell: (object) => object.image.metadata.name ?? '',
}

/** Columns of `kubectl get imagestreamtags`. */
export const streamTagColumns: readonly Column<ImageStreamTag>[] = [name, imageReference, updated, imageName]

/** Columns of `kubectl get imagestreamimages`. */
export const streamImageColumns: readonly Column<ImageStreamImage>[] = [
  name,
  updated,
  { ...imageReference, priority: 1 },
  imageName,
]

/** Columns of `kubectl get images`. */
export const imageColumns: readonly Column<Image>[] = [
  name,
  {
    name: 'Image Reference',
    type: 'string',
    description: 'Where the image can be pulled from.',
    cell: (image) => image.dockerImageReference ?? '',
  },
]
