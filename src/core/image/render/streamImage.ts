import type { Image, ImageStream, ImageStreamImage } from '../types.ts'
import { withoutRaw } from './image.ts'

/** An image of a stream as an ImageStreamImage. `name` is what was asked for: a prefix stays a prefix. */
export function renderStreamImage(stream: ImageStream, name: string, image: Image): ImageStreamImage {
  const { namespace, annotations } = stream.metadata
  const { creationTimestamp } = image.metadata
  return {
    metadata: {
      name,
      ...(namespace && { namespace }),
      ...(creationTimestamp && { creationTimestamp }),
      ...(annotations && { annotations }),
    },
    image: withoutRaw(image),
  }
}
