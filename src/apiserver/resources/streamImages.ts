// imagestreamimages: an image of a stream's history, by digest or a prefix of one.
import { streamImageColumns } from '../../core/image/columns/streamTag.ts'
import { historyImages } from '../../core/image/layers.ts'
import { parseImageName } from '../../core/image/names.ts'
import { renderStreamImage } from '../../core/image/render/streamImage.ts'
import { pickImage } from '../../core/image/streamImages.ts'
import { ImageStreamImage } from '../../core/image/types.ts'
import type { Endpoint, Resource } from '../../core/machinery/resource.ts'
import { badRequest, notFound } from '../../core/machinery/status.ts'
import { GROUP, VERSION } from './deps.ts'
import type { Images } from './images.ts'
import { collectImages } from './layers.ts'
import type { Streams } from './streams.ts'

/** The resource: it can only be read one by one. */
export function streamImageResource(streams: Streams, imagesFor: Images): Resource<ImageStreamImage> {
  const { internal } = streams('imagestreamimages')
  const images = imagesFor('imagestreamimages')
  const endpoint: Endpoint<ImageStreamImage> = {
    async get(context, name, options) {
      const parts = parseImageName(name)
      if (!parts) throw badRequest('ImageStreamImages must be retrieved with <name>@<id>')
      const stream = await internal.get(context, parts.stream, options)
      const history = historyImages(stream)
      // Platforms of multi-platform images count too, but only loading the images tells them.
      const known = history.has(parts.id) ? history : (await collectImages(images, context, stream)).keys()
      const image = pickImage(known, parts.id)
      if (!image) throw notFound({ group: GROUP, plural: 'imagestreamimage' }, name)
      return renderStreamImage(stream, name, await images.get(context, image))
    },
  }
  return {
    group: GROUP,
    version: VERSION,
    kind: 'ImageStreamImage',
    plural: 'imagestreamimages',
    singular: 'imagestreamimage',
    shortNames: ['isimage'],
    namespaced: true,
    verbs: ['get'],
    schema: ImageStreamImage,
    columns: streamImageColumns,
    endpoint,
  }
}
