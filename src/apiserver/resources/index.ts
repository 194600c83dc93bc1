// The resources of image.openshift.io/v1.
import type { Resource } from '../../core/machinery/resource.ts'
import type { ImageDeps } from './deps.ts'
import { imageResource, openImages } from './images.ts'
import { imageTags } from './imageTags.ts'
import { importEndpoint, importResource } from './imports.ts'
import { layersSubresource } from './layers.ts'
import { mappingResource } from './mappings.ts'
import { secretsSubresource } from './secrets.ts'
import { signatureResource } from './signatures.ts'
import { streamImageResource } from './streamImages.ts'
import { openStreams, streamResource } from './streams.ts'
import { streamTags } from './streamTags.ts'
import { tagResource } from './tagResource.ts'

export type { ImageConfig, ImageDeps } from './deps.ts'

/** Everything that the API server needs to serve image streams. */
export function imageResources(deps: ImageDeps): Resource[] {
  const { config } = deps
  const streams = openStreams(deps)
  const images = openImages(deps.store)
  const layers = layersSubresource(streams, images)
  // A resource of one kind serves objects of that kind only: the machinery hands each its own.
  return [
    imageResource(images),
    signatureResource(images),
    streamImageResource(streams, images),
    importResource(deps, importEndpoint(deps, streams, images)),
    mappingResource(streams, images, deps),
    streamResource(deps, streams, [layers, secretsSubresource(deps)]),
    tagResource(streamTags, { streams, images, config }),
    tagResource(imageTags, { streams, images, config }),
  ]
}
