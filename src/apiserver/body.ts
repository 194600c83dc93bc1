import { isUtf8 } from 'node:buffer'
import { findDuplicateKeys } from '../core/machinery/json/duplicates.ts'
import { withoutSurrogates } from '../core/machinery/json/surrogates.ts'
import { decodeMessage, type NumberTables, openEnvelope } from '../core/machinery/protobuf/decode.ts'
import { ProtobufError } from '../core/machinery/protobuf/reader.ts'
import { ApiError, badRequest } from '../core/machinery/status.ts'
import { BodyTooLarge, type Reading, type Request } from '../http/handler.ts'
import type { Spoken } from './call.ts'
import { readYaml, TooMuchYaml } from './yaml.ts'

/** What a kube-apiserver reads at most: 3 MiB. */
const MAX_BODY = 3 * 1024 * 1024

export interface Body {
  value: unknown
  /** `duplicate field "a.b"` for each key that stands twice in its object. */
  complaints: string[]
}

/**
 * The request's body, raw, of so many bytes at most. Errors: RequestEntityTooLarge (413), UnsupportedMediaType (415) for one that is
 * compressed.
 */
export async function readBody(request: Request, limit = MAX_BODY, reading?: Reading): Promise<Buffer> {
  const encoding = String(request.headers['content-encoding'] ?? 'identity')
  // Nobody compresses what they send to an API server; and a small body could become one of any size.
  if (encoding.toLowerCase() !== 'identity')
    throw unsupported(`the body is encoded as ${JSON.stringify(encoding.slice(0, 100))}: send it as it is`)
  try {
    return await request.body(limit, reading)
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error
    throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`, {})
  }
}

/** The media type of the body, without parameters; '' when there is none. */
export function mediaType(request: Request): string {
  return String(request.headers['content-type'] ?? '')
    .split(';')[0]!
    .trim()
    .toLowerCase()
}

/** The body of a request for an object of this kind. Errors: UnsupportedMediaType, RequestEntityTooLarge, BadRequest. */
export async function parseBody(request: Request, spoken: Spoken): Promise<Body> {
  const type = mediaType(request)
  const raw = await readBody(request)
  if (type === PROTOBUF && spoken.protobuf) return parseProtobuf(raw, spoken, spoken.protobuf)
  if (type.endsWith('+json') || type.endsWith('+yaml')) throw unsupported(UNKNOWN_FORMAT)
  return parseText(raw, type, spoken.kind)
}

const UNKNOWN_FORMAT =
  'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml'

const unsupported = (message: string): ApiError => new ApiError(415, 'UnsupportedMediaType', message, {})

const PROTOBUF = 'application/vnd.kubernetes.protobuf'

function parseProtobuf(raw: Buffer, spoken: Spoken, tables: NumberTables): Body {
  try {
    const { apiVersion, kind, raw: message } = openEnvelope(raw)
    return { value: { ...decodeMessage(spoken.schema, tables, message), apiVersion, kind }, complaints: [] }
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error
    throw badRequest(`the object provided is unrecognized (must be of type ${spoken.kind}): ${error.message}`)
  }
}

/** What a JSON or YAML body says. Errors: UnsupportedMediaType, BadRequest. */
export function parseText(raw: Buffer, type: string, kind: string): Body {
  const yaml = type === 'application/yaml' || type === 'application/apply-patch+yaml'
  // curl's default is tolerated, as by Kubernetes: the text decides.
  const json = type === '' || type === '*/*' || type === 'application/json' || type.endsWith('+json')
  if (!yaml && !json) throw unsupported(UNKNOWN_FORMAT)
  if (!isUtf8(raw)) throw badRequest('the body is not in UTF-8')
  const text = raw.toString('utf8')
  if (text.trim() === '') throw badRequest(`the body is empty: send an object of kind ${kind}`)
  // JSON is YAML, and what kubectl applies is JSON: its parser takes a hundredth of the other's time.
  if (yaml && text.trimStart().startsWith('{')) return tryJson(text) ?? parseYaml(text)
  return yaml ? parseYaml(text) : parseJson(text, kind)
}

function tryJson(text: string): Body | undefined {
  try {
    return jsonBody(text)
  } catch {
    return undefined
  }
}

function jsonBody(text: string): Body {
  const value: unknown = JSON.parse(withoutSurrogates(text))
  return { value, complaints: findDuplicateKeys(text).map((path) => `duplicate field ${JSON.stringify(path)}`) }
}

function parseJson(text: string, kind: string): Body {
  try {
    return jsonBody(text)
  } catch (error) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${(error as Error).message}`,
    )
  }
}

function parseYaml(text: string): Body {
  try {
    return { value: readYaml(text), complaints: [] }
  } catch (error) {
    if (error instanceof TooMuchYaml)
      throw new ApiError(413, 'RequestEntityTooLarge', `the body is YAML: ${error.message}`, {})
    const why = error instanceof RangeError ? 'it is nested too deep' : (error as Error).message
    throw badRequest(`error parsing YAML: ${why}`)
  }
}
