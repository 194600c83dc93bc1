// The configuration of an image, as registries keep it, turned into dockerImageMetadata. Readers written in Go take keys in
// any case, so both spellings are found in registries.
// https://github.com/opencontainers/image-spec/blob/main/config.md
import { isObject } from '../machinery/json/jsonObject.ts'
import { formatTime } from '../machinery/object.ts'
import type { TSchema } from '../machinery/schema.ts'
import { invalidCharacter, ManifestError } from '../oci/malformed.ts'
import { DockerConfig, type DockerImage } from './types.ts'

type Fields = Readonly<Record<string, unknown>>

/** What schemas look like at run time. */
interface FieldSchema {
  type?: string
  additionalProperties?: FieldSchema
}

/** The schema of each field of a container's configuration. */
const FIELDS: Readonly<Record<string, FieldSchema>> = DockerConfig.properties as Readonly<Record<string, TSchema>>

/** What the caller knows better than the configuration. `size` in bytes; 0 leaves it out. */
export interface Known {
  id: string
  size: number
}

/** Parses a configuration blob. Throws ManifestError. */
export function parseConfig(bytes: Uint8Array): Fields {
  const text = Buffer.from(bytes).toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ManifestError('malformed', `image configuration: ${invalidCharacter(text)}`)
  }
  if (isObject(value)) return value
  throw new ManifestError('malformed', 'image configuration: not a JSON object')
}

/** The metadata of an image whose configuration (or, in schema 1, newest history entry) is given. */
export function metadataOf(config: Fields, known: Known): DockerImage {
  const get = caseInsensitive(config)
  const string = (key: string): string => text(get(key), key)
  const run = get('config')
  const optional = {
    Parent: string('parent'),
    Comment: string('comment'),
    Container: string('container'),
    DockerVersion: string('docker_version'),
    Author: string('author'),
    Architecture: string('architecture'),
  }
  const given = <K extends keyof typeof optional>(key: K) => (optional[key] === '' ? {} : { [key]: optional[key] })
  return {
    ...emptyMetadata(known.id, created(get('created'))),
    ...given('Parent'),
    ...given('Comment'),
    ...given('Container'),
    ContainerConfig: dockerConfig(get('container_config') ?? {}),
    ...given('DockerVersion'),
    ...given('Author'),
    ...(isObject(run) && { Config: dockerConfig(run) }),
    ...given('Architecture'),
    ...(known.size > 0 && { Size: known.size }),
  }
}

/** Metadata of which nothing but id and time is known. */
export function emptyMetadata(id: string, created: string | null): DockerImage {
  return { kind: 'DockerImage', apiVersion: 'image.openshift.io/1.0', Id: id, Created: created, ContainerConfig: {} }
}

/** Looks fields up in any case; the exact one wins. */
export function caseInsensitive(fields: Fields): (key: string) => unknown {
  const lower = new Map(Object.entries(fields).map(([key, value]) => [key.toLowerCase(), value]))
  return (key) => (Object.hasOwn(fields, key) ? fields[key] : lower.get(key.toLowerCase()))
}

/** Go's zero time means "unknown"; reproducible builds write it. */
function created(value: unknown): string | null {
  if (typeof value !== 'string' || value.startsWith('0001-01-01T00:00:00')) return null
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(value)) return null
  const time = new Date(value)
  return Number.isNaN(time.getTime()) ? null : formatTime(time)
}

/** Only what the type declares is kept; what is empty is left out. */
function dockerConfig(value: unknown): DockerConfig {
  if (!isObject(value)) throw wrong('config')
  const get = caseInsensitive(value)
  const kept = Object.entries(FIELDS).flatMap(([key, schema]) => {
    const field = coerce(get(key), schema, key)
    return field === undefined ? [] : [[key, field] as const]
  })
  return Object.fromEntries(kept)
}

/** A value of the declared type, undefined when it is empty; other types are errors, as in Go. */
function coerce(value: unknown, schema: FieldSchema, key: string): unknown {
  if (value === undefined || value === null) return undefined
  switch (schema.type) {
    case 'string':
      return text(value, key) || undefined
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong(key)
      return value || undefined
    case 'integer':
      if (!Number.isSafeInteger(value)) throw wrong(key)
      return value || undefined
    case 'array':
      if (!Array.isArray(value)) throw wrong(key)
      return value.length === 0 ? undefined : value.map((item) => text(item ?? '', key))
    default:
      return mapping(value, schema, key)
  }
}

function mapping(value: unknown, schema: FieldSchema, key: string): unknown {
  if (!isObject(value)) throw wrong(key)
  const ofStrings = schema.additionalProperties?.type === 'string'
  const entries = Object.entries(value)
  if (entries.length === 0) return undefined
  return Object.fromEntries(entries.map(([name, item]) => [name, ofStrings ? text(item ?? '', key) : {}]))
}

function text(value: unknown, key: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') throw wrong(key)
  return value
}

const wrong = (key: string) => new ManifestError('malformed', `image configuration: field ${key} has the wrong type`)
