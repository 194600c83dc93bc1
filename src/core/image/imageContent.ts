// What the server derives from an Image's raw manifest and configuration when it is written.
import { digestOf, matchesDigest } from '../oci/digest.ts'
import { manifestDigest, ManifestError, parseManifest, type Manifest } from '../oci/manifest.ts'
import { BLOB_STORED, isSet, LAYERS_ORDER, MANAGED_SIGNATURE } from './annotations.ts'
import { imageOf, imageOfIndex, imageOfSchema1 } from './fromManifest.ts'
import type { Image } from './types.ts'

/** Completes a new image. A manifest that cannot be parsed is kept as it is, and nothing is derived from it. */
export function completeImage(image: Image, now: Date): void {
  const manifest = parsed(image)
  if (manifest) {
    orderLayers(image, manifest)
    if (!isComplete(image)) derive(image, manifest, now)
    if (manifest.kind === 'index') image.dockerImageManifests ??= platforms(image, manifest, now)
  }
  dropStored(image)
}

/** Restores what an update may not change, and keeps only content that belongs to the image. */
export function restoreImage(next: Image, old: Image, now: Date): void {
  for (const key of SERVER_OWNED) {
    if (old[key] === undefined) delete next[key]
    else Object.assign(next, { [key]: old[key] })
  }
  keepContent(next, old, 'dockerImageManifest', (manifest) => isManifestOf(next, manifest))
  keepContent(next, old, 'dockerImageConfig', (config) => isConfigOf(next, config))
  const manifest = parsed(next)
  if (manifest) {
    orderLayers(next, manifest)
    if (!isComplete(next)) derive(next, manifest, now)
  }
  dropStored(next)
}

const SERVER_OWNED = [
  'dockerImageMetadata',
  'dockerImageMetadataVersion',
  'dockerImageLayers',
  'dockerImageSignatures',
] as const

function keepContent(
  next: Image,
  old: Image,
  key: 'dockerImageManifest' | 'dockerImageConfig',
  fits: (content: string) => boolean,
): void {
  const given = next[key]
  if (!given || given === old[key] || fits(given)) return
  if (old[key] === undefined) delete next[key]
  else next[key] = old[key]
}

function isManifestOf(image: Image, content: string): boolean {
  const bytes = Buffer.from(content)
  const manifest = tryParse(content, image.dockerImageManifestMediaType)
  return manifest !== undefined && manifestDigest(manifest, bytes) === image.metadata.name
}

function isConfigOf(image: Image, content: string): boolean {
  const manifest = parsed(image)
  return manifest?.kind === 'image' && matchesDigest(Buffer.from(content), manifest.config.digest)
}

function parsed(image: Image): Manifest | undefined {
  return image.dockerImageManifest ? tryParse(image.dockerImageManifest, image.dockerImageManifestMediaType) : undefined
}

function tryParse(content: string, mediaType: string | undefined): Manifest | undefined {
  try {
    return parseManifest(Buffer.from(content), mediaType ?? '')
  } catch (error) {
    if (error instanceof ManifestError) return undefined
    throw error
  }
}

/** Layers, sizes and media type are all there: nothing needs to be derived. */
function isComplete(image: Image): boolean {
  const { dockerImageLayers: layers, dockerImageMetadata: metadata, dockerImageManifestMediaType: type } = image
  return Boolean(layers?.length && metadata?.Size && type)
}

/**
 * Puts layers into ascending order, base first. Without the annotation, schema 1 images are taken to be in order and others
 * to be reversed: clients of old wrote them so.
 */
function orderLayers(image: Image, manifest: Manifest): void {
  const layers = image.dockerImageLayers
  if (!layers?.length) return
  const annotations = image.metadata.annotations ?? {}
  const order = annotations[LAYERS_ORDER] ?? (manifest.kind === 'schema1' ? 'ascending' : 'descending')
  if (order === 'descending') image.dockerImageLayers = layers.toReversed()
  image.metadata.annotations = { ...annotations, [LAYERS_ORDER]: 'ascending' }
}

/** Fills metadata, layers and media type from manifest and configuration, as far as they can be read. */
function derive(image: Image, manifest: Manifest, now: Date): void {
  const made = tryMake(image, manifest, now)
  if (!made) return
  const { dockerImageMetadata, dockerImageLayers, dockerImageManifestMediaType } = made
  if (dockerImageMetadata) image.dockerImageMetadata = dockerImageMetadata
  if (dockerImageLayers) {
    image.dockerImageLayers = dockerImageLayers
    image.metadata.annotations = { ...image.metadata.annotations, [LAYERS_ORDER]: 'ascending' }
  }
  if (dockerImageManifestMediaType) image.dockerImageManifestMediaType = dockerImageManifestMediaType
}

function tryMake(image: Image, manifest: Manifest, now: Date): Image | undefined {
  const source = {
    digest: image.metadata.name ?? '',
    reference: image.dockerImageReference ?? '',
    bytes: Buffer.from(image.dockerImageManifest ?? ''),
  }
  try {
    if (manifest.kind === 'schema1') return imageOfSchema1(source, manifest)
    if (manifest.kind === 'index') return imageOfIndex(source, manifest, now)
    const config = Buffer.from(image.dockerImageConfig ?? '')
    return digestOf(config) === manifest.config.digest ? imageOf(source, manifest, config) : undefined
  } catch (error) {
    if (error instanceof ManifestError) return undefined
    throw error
  }
}

function platforms(image: Image, manifest: Manifest, now: Date): NonNullable<Image['dockerImageManifests']> {
  return tryMake(image, manifest, now)?.dockerImageManifests ?? []
}

function dropStored(image: Image): void {
  for (const signature of image.signatures ?? []) {
    const { annotations } = signature.metadata
    if (!annotations) continue
    delete annotations[MANAGED_SIGNATURE]
    if (Object.keys(annotations).length === 0) delete signature.metadata.annotations
  }
  if (!isSet(image.metadata.annotations, BLOB_STORED)) return
  delete image.dockerImageManifest
  delete image.dockerImageConfig
}
