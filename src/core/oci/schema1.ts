// Docker's image manifest schema 1, long deprecated but still served by old registries.
// https://distribution.github.io/distribution/spec/deprecated-schema-v1/
import { isObject } from '../machinery/json/jsonObject.ts'
import { isDigest } from './digest.ts'
import { ManifestError } from './malformed.ts'
import { SCHEMA1 } from './mediaType.ts'

/** A manifest of schema 1, as far as it is used. */
export interface Schema1Manifest {
  kind: 'schema1'
  mediaType: string
  /** Digests, newest layer first, one for each history entry. */
  layers: string[]
  /** `v1Compatibility` documents, newest first. */
  history: Readonly<Record<string, unknown>>[]
  /** The document without its signatures: what the digest is computed over. */
  payload: Uint8Array
}

type Fields = Readonly<Record<string, unknown>>

/** Parses the document; `bytes` are the same, as served. Throws ManifestError. */
export function parseSchema1(bytes: Uint8Array, document: Fields, mediaType: string): Schema1Manifest {
  const { fsLayers, history } = document
  if (!Array.isArray(fsLayers) || !Array.isArray(history)) {
    throw new ManifestError('malformed', 'schema 1 manifest has no layers or no history')
  }
  if (history.length === 0) throw new ManifestError('malformed', 'schema 1 manifest has no history')
  if (history.length !== fsLayers.length) {
    throw new ManifestError('malformed', `length of history not equal to number of layers`)
  }
  return {
    kind: 'schema1',
    mediaType: mediaType || SCHEMA1,
    layers: fsLayers.map((layer: Fields | null, i) => {
      const digest = layer?.['blobSum']
      if (typeof digest === 'string' && isDigest(digest)) return digest
      throw new ManifestError('malformed', `fsLayers[${i}] has no valid digest`)
    }),
    history: history.map((entry: Fields | null, i) => compatibility(entry?.['v1Compatibility'], i)),
    payload: signedPayload(bytes, document),
  }
}

function compatibility(text: unknown, i: number): Fields {
  try {
    const value: unknown = JSON.parse(typeof text === 'string' ? text : '')
    if (isObject(value)) return value
  } catch {
    // Reported below, without quoting the document.
  }
  throw new ManifestError('malformed', `history[${i}].v1Compatibility is not a JSON object`)
}

/** A signature's protected header says how many leading bytes are signed and what closes them. */
function signedPayload(bytes: Uint8Array, document: Fields): Uint8Array {
  const signatures = document['signatures']
  if (!Array.isArray(signatures) || signatures.length === 0) return bytes
  const header = protectedHeader(signatures[0])
  const length = header['formatLength']
  const tail = header['formatTail']
  if (typeof length !== 'number' || !Number.isInteger(length) || length < 0 || length > bytes.length) {
    throw new ManifestError('malformed', 'signature of schema 1 manifest has no valid formatLength')
  }
  if (typeof tail !== 'string') throw new ManifestError('malformed', 'signature of schema 1 manifest has no formatTail')
  return Buffer.concat([bytes.subarray(0, length), Buffer.from(tail, 'base64url')])
}

function protectedHeader(signature: Fields | null): Fields {
  try {
    const text = signature?.['protected']
    const value: unknown = JSON.parse(Buffer.from(typeof text === 'string' ? text : '', 'base64url').toString('utf8'))
    if (isObject(value)) return value
  } catch {
    // Reported below.
  }
  throw new ManifestError('malformed', 'signature of schema 1 manifest has no protected header')
}
