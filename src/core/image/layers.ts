// The blobs and images that a stream refers to: what may be pulled through it.
import { setOwn } from '../machinery/json/clone.ts'
import { DOCKER_MANIFEST, OCI_MANIFEST } from '../oci/mediaType.ts'
import type { Image, ImageBlobReferences, ImageLayerData, ImageStream, ImageStreamLayers } from './types.ts'

/** The media type of the configuration that a manifest of some media type has. */
const CONFIG_TYPES: ReadonlyMap<string, string> = new Map([
  [DOCKER_MANIFEST, 'application/vnd.docker.container.image.v1+json'],
  [OCI_MANIFEST, 'application/vnd.oci.image.config.v1+json'],
])

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
      setOwn(answer.images, name, { imageMissing: true, layers: null, config: null })
      continue
    }
    setOwn(answer.images, name, references(image))
    for (const [digest, blob] of blobs(name, image)) setOwn(answer.blobs, digest, blob)
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
  const mediaType = CONFIG_TYPES.get(image.dockerImageManifestMediaType ?? '')
  const digest = image.dockerImageMetadata?.Id
  return mediaType && digest ? { digest, mediaType } : undefined
}

function blobs(name: string, image: Image): Map<string, ImageLayerData> {
  const found = new Map<string, ImageLayerData>()
  for (const { name: digest, size, mediaType } of image.dockerImageLayers ?? []) found.set(digest, { size, mediaType })
  const config = configOf(image)
  if (config) found.set(config.digest, { size: null, mediaType: config.mediaType })
  return found.set(name, { size: null, mediaType: image.dockerImageManifestMediaType || DOCKER_MANIFEST })
}
