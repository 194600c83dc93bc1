// Fetches one image: manifest, configuration and, for several platforms, the one that is wanted or all of them.
import { imageOf, imageOfIndex, imageOfSchema1, schema1Layers, type Source } from '../core/image/fromManifest.ts'
import type { Image } from '../core/image/types.ts'
import { withDigest } from '../core/oci/forms.ts'
import { type IndexManifest, ManifestError } from '../core/oci/manifest.ts'
import { choosePlatform, type Platform } from '../core/oci/platform.ts'
import { exact, type Reference } from '../core/oci/reference.ts'
import type { Schema1Manifest } from '../core/oci/schema1.ts'
import type { FetchedManifest, RegistryReader, Repository } from './reader.ts'

/** Which image to fetch, and what to make of it. */
export interface FetchOptions {
  reader: RegistryReader
  repository: Repository
  /** As the user wrote it: the image's pull spec keeps that spelling. */
  spelling: Reference
  /** Keep a multi-platform image whole, instead of taking one platform. */
  preserve: boolean
  platform: Platform
  now: Date
  signal: AbortSignal
}

/** An image as an API object. */
export interface FetchedImage {
  image: Image
  /** The platforms of a multi-platform image that is kept whole. */
  manifests?: Image[]
}

/** Indexes may list indexes; nobody nests them deeper. */
const DEPTH = 3

/** Fetches by tag or digest. Throws RegistryError or ManifestError. */
export async function fetchImage(options: FetchOptions, reference: string): Promise<FetchedImage> {
  const { reader, repository, preserve, signal } = options
  const fetched = await reader.manifest(repository, reference, signal)
  const { manifest } = fetched
  if (manifest.kind !== 'index' || !preserve) return { image: await single(options, fetched, DEPTH) }
  const manifests = await Promise.all(
    manifest.manifests.map(async ({ digest }) => {
      return await single(options, await reader.manifest(repository, digest, signal), DEPTH)
    }),
  )
  return { image: imageOfIndex(sourceOf(options, fetched), manifest, options.now), manifests }
}

async function single(options: FetchOptions, fetched: FetchedManifest, depth: number): Promise<Image> {
  const { reader, repository, signal } = options
  const { manifest } = fetched
  if (manifest.kind === 'schema1') {
    return imageOfSchema1(sourceOf(options, fetched), manifest, await layerSizes(options, manifest))
  }
  if (manifest.kind === 'image') {
    const config = await reader.blob(repository, manifest.config.digest, signal)
    return imageOf(sourceOf(options, fetched), manifest, config)
  }
  if (depth === 0) throw new ManifestError('unsupported', 'manifest lists are nested too deeply')
  const chosen = await reader.manifest(repository, choose(manifest, options.platform), signal)
  return await single(options, chosen, depth - 1)
}

function choose(manifest: IndexManifest, platform: Platform): string {
  const entry = choosePlatform(manifest.manifests, platform)
  if (!entry) throw new ManifestError('unsupported', 'no manifests in manifest list')
  return entry.digest
}

/** Schema 1 need not tell sizes; then the registry is asked for each. */
async function layerSizes(
  { reader, repository, signal }: FetchOptions,
  manifest: Schema1Manifest,
): Promise<Map<string, number>> {
  const layers = schema1Layers(manifest)
  if (layers.some((layer) => layer.size > 0)) return new Map()
  const digests = [...new Set(layers.map((layer) => layer.name))]
  return new Map(
    await Promise.all(
      digests.map(async (digest) => [digest, await reader.blobSize(repository, digest, signal)] as const),
    ),
  )
}

function sourceOf({ spelling }: FetchOptions, { digest, bytes }: FetchedManifest): Source {
  return { digest, bytes, reference: exact(withDigest(spelling, digest)) }
}
