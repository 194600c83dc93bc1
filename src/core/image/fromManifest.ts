// Turns what a registry serves into Image objects.
import { formatTime } from '../machinery/object.ts'
import type { Descriptor, ImageManifest, IndexManifest } from '../oci/manifest.ts'
import { SCHEMA1, SCHEMA1_LAYER } from '../oci/mediaType.ts'
import type { Schema1Manifest } from '../oci/schema1.ts'
import { LAYERS_ORDER } from './annotations.ts'
import { caseInsensitive, emptyMetadata, metadataOf, parseConfig } from './fromConfig.ts'
import type { Image, ImageLayer } from './types.ts'

/** What every image is made from. */
export interface Source {
  /** Its name. */
  digest: string
  /** Where it can be pulled by digest. */
  reference: string
  /** The manifest as served. */
  bytes: Uint8Array
}

/** An image of one platform, from its manifest and configuration blob. Throws ManifestError. */
export function imageOf(source: Source, manifest: ImageManifest, config: Uint8Array): Image {
  const layers = manifest.layers.map((layer) => layerOf(layer))
  const others = layers.filter((layer) => layer.name !== manifest.config.digest)
  return {
    ...common(source),
    dockerImageMetadata: metadataOf(parseConfig(config), {
      id: manifest.config.digest,
      size: config.length + totalSize(others),
    }),
    dockerImageMetadataVersion: '1.0',
    dockerImageManifest: Buffer.from(source.bytes).toString('utf8'),
    ...(layers.length > 0 && { dockerImageLayers: layers }),
    dockerImageManifestMediaType: manifest.mediaType,
    dockerImageConfig: Buffer.from(config).toString('utf8'),
  }
}

/** An image of schema 1. `sizes`: bytes of layers that the manifest leaves out, by digest. Throws ManifestError. */
export function imageOfSchema1(
  source: Source,
  manifest: Schema1Manifest,
  sizes: ReadonlyMap<string, number> = new Map(),
): Image {
  const layers = schema1Layers(manifest)
  for (const layer of layers) layer.size ||= sizes.get(layer.name) ?? 0
  const newest = manifest.history[0]!
  const id = caseInsensitive(newest)('id')
  return {
    ...common(source),
    dockerImageMetadata: metadataOf(newest, { id: typeof id === 'string' ? id : '', size: totalSize(layers) }),
    dockerImageMetadataVersion: '1.0',
    dockerImageManifest: Buffer.from(source.bytes).toString('utf8'),
    dockerImageLayers: layers,
    dockerImageManifestMediaType: SCHEMA1,
  }
}

/** The layers of schema 1, base first, with the sizes that its history knows. */
export function schema1Layers(manifest: Schema1Manifest): ImageLayer[] {
  return manifest.layers
    .map((name, i) => {
      const size = caseInsensitive(manifest.history[i]!)('Size')
      return { name, size: typeof size === 'number' && size > 0 ? size : 0, mediaType: SCHEMA1_LAYER }
    })
    .toReversed()
}

/** A multi-platform image. It counts as created when it is imported, because an index does not say. */
export function imageOfIndex(source: Source, manifest: IndexManifest, now: Date): Image {
  return {
    metadata: { name: source.digest },
    dockerImageReference: source.reference,
    dockerImageMetadata: emptyMetadata(source.digest, formatTime(now)),
    dockerImageMetadataVersion: '1.0',
    dockerImageManifestMediaType: manifest.mediaType,
    dockerImageManifests: manifest.manifests.map(({ digest, mediaType, size, platform }) => ({
      digest,
      mediaType,
      manifestSize: size,
      architecture: platform.architecture,
      os: platform.os,
      ...(platform.variant && { variant: platform.variant }),
    })),
  }
}

function common(source: Source): Pick<Image, 'metadata' | 'dockerImageReference'> {
  return {
    metadata: { name: source.digest, annotations: { [LAYERS_ORDER]: 'ascending' } },
    dockerImageReference: source.reference,
  }
}

function layerOf({ digest, size, mediaType }: Descriptor): ImageLayer {
  return { name: digest, size, mediaType }
}

/** A layer that appears twice is stored once. */
function totalSize(layers: readonly ImageLayer[]): number {
  return new Map(layers.map((layer) => [layer.name, layer.size])).values().reduce((sum, size) => sum + size, 0)
}
