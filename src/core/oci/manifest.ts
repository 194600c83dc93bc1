// Manifests, parsed into one of three shapes.
// https://github.com/opencontainers/image-spec/blob/main/manifest.md and image-index.md, https://distribution.github.io/distribution/spec/
import { isObject } from '../machinery/json/jsonObject.ts'
import { digestOf, isDigest } from './digest.ts'
import { bareMediaType, manifestKind, OCI_INDEX, OCI_MANIFEST, SCHEMA1_SIGNED } from './mediaType.ts'
import type { ManifestKind } from './mediaType.ts'
import { invalidCharacter, ManifestError } from './malformed.ts'
import type { Platform } from './platform.ts'
import { parseSchema1, type Schema1Manifest } from './schema1.ts'

export { ManifestError } from './malformed.ts'

/** A pointer to content. `size` is in bytes. */
export interface Descriptor {
  mediaType: string
  digest: string
  size: number
}

/** An entry of an index. The platform's words are '' where the index does not say. */
export interface IndexEntry extends Descriptor {
  platform: Platform
}

/** One platform: a configuration and layers, base first. */
export interface ImageManifest {
  kind: 'image'
  mediaType: string
  config: Descriptor
  layers: Descriptor[]
}

/** Several platforms. */
export interface IndexManifest {
  kind: 'index'
  mediaType: string
  manifests: IndexEntry[]
}

export type Manifest = ImageManifest | IndexManifest | Schema1Manifest

/** Most entries of an index that are looked at. */
export const INDEX_LIMIT = 1000

type Fields = Readonly<Record<string, unknown>>

/**
 * Parses a manifest as its Content-Type says; where that names no manifest, as the document itself says.
 * Throws ManifestError.
 */
export function parseManifest(bytes: Uint8Array, contentType: string): Manifest {
  const document = parseDocument(bytes)
  const served = bareMediaType(contentType)
  const declared = typeof document['mediaType'] === 'string' ? document['mediaType'] : ''
  const type = manifestKind(served) ? served : guessType(document, declared)
  const kind = manifestKind(type)
  if (!kind)
    throw new ManifestError('unsupported', `unsupported manifest media type ${JSON.stringify(declared || served)}`)
  if (kind === 'schema1') return parseSchema1(bytes, document, type)
  if (declared !== '' && declared !== type) {
    throw new ManifestError('malformed', `mediaType in manifest should be '${type}' not '${declared}'`)
  }
  refuseMixture(document, kind)
  return kind === 'index'
    ? { kind, mediaType: type, manifests: entries(document['manifests']) }
    : { kind, mediaType: type, config: descriptor(document['config'], 'config'), layers: layers(document['layers']) }
}

/** The digest by which a registry knows the manifest: of schema 1, signatures do not count. */
export function manifestDigest(manifest: Manifest, bytes: Uint8Array): string {
  return digestOf(manifest.kind === 'schema1' ? manifest.payload : bytes)
}

function parseDocument(bytes: Uint8Array): Fields {
  const text = Buffer.from(bytes).toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ManifestError('malformed', invalidCharacter(text))
  }
  if (!isObject(value)) throw new ManifestError('malformed', 'the manifest is not a JSON object')
  return value
}

/** Some registries and static file servers send a general Content-Type. */
function guessType(document: Fields, declared: string): string {
  if (declared !== '') return declared
  if (document['manifests'] !== undefined) return OCI_INDEX
  if (document['layers'] !== undefined) return OCI_MANIFEST
  return document['fsLayers'] === undefined ? '' : SCHEMA1_SIGNED
}

/** A document that could be read as both kinds may mean different images to different clients (CVE-2021-41190). */
function refuseMixture(document: Fields, kind: ManifestKind): void {
  const foreign = kind === 'index' ? ['config', 'layers'] : ['manifests']
  const found = foreign.find((key) => document[key] !== undefined)
  if (found) throw new ManifestError('malformed', `${kind} manifest contains unexpected field ${found}`)
}

function entries(value: unknown): IndexEntry[] {
  if (!Array.isArray(value)) throw new ManifestError('malformed', 'index manifest has no manifests')
  if (value.length > INDEX_LIMIT) throw new ManifestError('malformed', `index has more than ${INDEX_LIMIT} manifests`)
  return value.map((entry: unknown, i) => {
    const platform = (isObject(entry) && isObject(entry['platform']) && entry['platform']) || {}
    const variant = word(platform['variant'])
    return {
      ...descriptor(entry, `manifests[${i}]`),
      platform: { architecture: word(platform['architecture']), os: word(platform['os']), ...(variant && { variant }) },
    }
  })
}

function layers(value: unknown): Descriptor[] {
  if (!Array.isArray(value)) throw new ManifestError('malformed', 'image manifest has no layers')
  return value.map((layer: unknown, i) => descriptor(layer, `layers[${i}]`))
}

function descriptor(value: unknown, where: string): Descriptor {
  if (!isObject(value)) throw new ManifestError('malformed', `${where} is not a descriptor`)
  const digest = word(value['digest'])
  const size = value['size'] ?? 0
  if (!isDigest(digest)) throw new ManifestError('malformed', `${where} has no valid digest`)
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw new ManifestError('malformed', `${where} has no valid size`)
  }
  return { mediaType: word(value['mediaType']), digest, size }
}

const word = (value: unknown): string => (typeof value === 'string' ? value : '')
