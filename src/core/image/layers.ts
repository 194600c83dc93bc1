// The blobs and images that a stream refers to: what may be pulled through it.
import type { Image, ImageBlobReferences, ImageLayerData, ImageStream, ImageStreamLayers } from './types.ts'

const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

/** The media type of the configuration that a manifest of some media type has. */
const CONFIG_TYPES: Readonly<Record<string, string>> = {
  [DOCKER_MANIFEST]: 'application/vnd.docker.container.image.v1+json',
  [OCI_MANIFEST]: 'application/vnd.oci.image.config.v1+json',
}

/** Names of the images in all histories of a stream. */
export function historyImages(stream: ImageStream): Set<string> {
  const events = (stream.status.tags ?? []).flatMap((tag) => tag.items ?? [])
  return new Set(events.map((event) => event.image).filter((name) => name !== ''))
}

/** Names of the platforms of an image. */
export function platformsOf(image: Image): string[] {
  return (image.dockerImageManifests ?? []).map((manifest) => manifest.digest)
}

/** Builds the answer. `images` has every image of the history and their platforms; undefined: there is no such Image. */
export function renderLayers(stream: ImageStream, images: ReadonlyMap<string, Image | undefined>): ImageStreamLayers {
  const answer: ImageStreamLayers = { metadata: stream.metadata, blobs: {}, images: {} }
  for (const [name, image] of images) {
    if (!image) {
      answer.images[name] = { imageMissing: true, layers: null, config: null }
      continue
    }
    answer.images[name] = references(image)
    Object.assign(answer.blobs, blobs(name, image))
  }
  return answer
}

function references(image: Image): ImageBlobReferences {
  const manifests = platformsOf(image)
  const layers = (image.dockerImageLayers ?? []).map((layer) => layer.name)
  return {
    imageMissing: false,
    layers: layers.length > 0 ? layers : null,
    config: configOf(image)?.digest ?? null,
    ...(manifests.length > 0 && { manifests }),
  }
}

function configOf(image: Image): { digest: string; mediaType: string } | undefined {
  const mediaType = CONFIG_TYPES[image.dockerImageManifestMediaType ?? '']
  const digest = image.dockerImageMetadata?.Id
  return mediaType && digest ? { digest, mediaType } : undefined
}

function blobs(name: string, image: Image): Record<string, ImageLayerData> {
  const found: Record<string, ImageLayerData> = {}
  for (const layer of image.dockerImageLayers ?? [])
    found[layer.name] = { size: layer.size, mediaType: layer.mediaType }
  const config = configOf(image)
  if (config) found[config.digest] = { size: null, mediaType: config.mediaType }
  found[name] = { size: null, mediaType: image.dockerImageManifestMediaType || DOCKER_MANIFEST }
  return found
}
