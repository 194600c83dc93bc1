// dockerImageMetadata: a raw extension in the schema, but always in one fixed shape in what the server keeps and shows.
import { decode } from '../machinery/decode/decode.ts'
import { DockerImage } from './types.ts'

/** The version of the shape; the only one that is written. */
export const METADATA_VERSION = '1.0'
/** The spelling of Docker before 0.12, with lower-case keys. It is understood, and written as 1.0. */
const OLD_VERSION = 'pre012'

const KIND = 'DockerImage'
const API_VERSION = 'image.openshift.io/1.0'

/** A metadata version that no one knows. */
export class UnknownMetadataVersion extends Error {
  override name = 'UnknownMetadataVersion'
  constructor(version: string) {
    super(`no kind "DockerImage" is registered for version ${JSON.stringify(version)} of dockerImageMetadata`)
  }
}

/** The metadata of an image of which nothing is known. */
export const NO_METADATA: Readonly<DockerImage> = Object.freeze(canonical({}))

/** Raw metadata in the fixed shape: unknown keys dropped, kind and apiVersion set. Throws UnknownMetadataVersion, DecodeError. */
export function normaliseMetadata(raw: unknown, version: string | undefined): DockerImage {
  if (version && version !== METADATA_VERSION && version !== OLD_VERSION) throw new UnknownMetadataVersion(version)
  return canonical(version === OLD_VERSION ? respell(raw) : raw)
}

function canonical(raw: unknown): DockerImage {
  const { object } = decode(DockerImage, raw)
  return { ...object, kind: KIND, apiVersion: API_VERSION }
}

const SPELLING = new Map(Object.keys(DockerImage.properties).map((key) => [key.toLowerCase(), key]))

/** Old top-level keys (`id`, `container_config`) in today's spelling; what lies inside `config` never changed. */
function respell(raw: unknown): unknown {
  if (raw === null || typeof raw !== 'object') return raw
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [SPELLING.get(key.replaceAll('_', '').toLowerCase()) ?? key, value]),
  )
}
