// imagestreams/layers: what may be pulled through a stream.
import { historyImages, platformsOf, renderLayers } from '../../core/image/layers.ts'
import { type Image, type ImageStream, ImageStreamLayers } from '../../core/image/types.ts'
import type { Context, Subresource } from '../../core/machinery/resource.ts'
import { ifFound } from '../../core/machinery/status.ts'
import type { Persisted } from '../persisted.ts'
import type { Images } from './images.ts'
import type { Streams } from './streams.ts'

/** Images of a stream's history and their platforms, by name; undefined: there is no such Image. */
export async function collectImages(
  images: Persisted<Image>,
  context: Context,
  stream: ImageStream,
): Promise<Map<string, Image | undefined>> {
  const found = new Map<string, Image | undefined>()
  const queue = [...historyImages(stream)]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue
    const image = await ifFound(images.get(context, name))
    found.set(name, image)
    if (image) queue.push(...platformsOf(image))
  }
  return found
}

/** The subresource. */
export function layersSubresource(streams: Streams, imagesFor: Images): Subresource<ImageStreamLayers> {
  const { internal } = streams('imagestreams')
  const images = imagesFor('imagestreams')
  return {
    name: 'layers',
    verbs: ['get'],
    kind: 'ImageStreamLayers',
    schema: ImageStreamLayers,
    endpoint: {
      async get(context, name, options) {
        const stream = await internal.get(context, name, options)
        return renderLayers(stream, await collectImages(images, context, stream))
      },
    },
  }
}
