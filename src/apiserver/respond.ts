import { stringify } from 'yaml'
import { apiVersionOf, type KubeObject, type ObjectList } from '../core/machinery/object.ts'
import { ApiError, internal, type Status } from '../core/machinery/status.ts'
import { partialMetadata, partialMetadataList, toTable } from '../core/machinery/meta/table.ts'
import type { Reply } from '../http/handler.ts'
import { Unreachable } from '../kube/unreachable.ts'
import { type Call, columnsOf, spokenBy } from './call.ts'
import { encodeList, encodeObject } from './encode.ts'
import type { Exchange } from './exchange.ts'
import type { Accepted, Representation } from './negotiate.ts'

/** Representations that a call can be answered in, beside the object. Tables only where there are columns. */
export function representationsOf(call: Call): Representation[] {
  const partial: Representation[] = call.name
    ? ['PartialObjectMetadata']
    : ['PartialObjectMetadataList', 'PartialObjectMetadata']
  return columnsOf(call) ? ['Table', ...partial] : partial
}

/** The object, list or Status of a verb as a reply in the representation that the client asked for. */
export function respond(exchange: Exchange, status: number, value: KubeObject | ObjectList | Status): Reply {
  const { accepted, warnings } = exchange
  const body = represent(exchange, value)
  if (typeof body === 'string') return textReply(status, body, accepted.format, warnings)
  if (accepted.format === 'yaml') {
    const json = Buffer.isBuffer(body) ? body : Buffer.concat([...body])
    return textReply(status, json.toString(), 'yaml', warnings)
  }
  return { status, headers: headersOf('json', warnings), body }
}

function represent(exchange: Exchange, value: KubeObject | ObjectList | Status): string | Buffer | Iterable<Buffer> {
  const { accepted, call } = exchange
  if (isStatus(value)) return JSON.stringify(value)
  if (accepted.as === 'Table') return JSON.stringify(asTable(exchange, value))
  const list = isList(value)
  if (accepted.as !== 'object')
    return JSON.stringify(
      list ? partialMetadataList(value, accepted.version) : partialMetadata(value, accepted.version),
    )
  return list ? encodeList(value, spokenBy(call)) : encodeObject(value, spokenBy(call))
}

/** A Table of one object or of a list. */
export function asTable(exchange: Exchange, value: KubeObject | ObjectList, headless = false): object {
  const { accepted, call, request } = exchange
  const list = isList(value)
  const include = request.query.get('includeObject')
  const spoken = spokenBy(call)
  const as = { kind: spoken.kind, apiVersion: apiVersionOf(spoken) }
  const objects = list ? value.items : [value]
  const includeObject = include === 'None' || include === 'Object' ? include : 'Metadata'
  return toTable(columnsOf(call) ?? [], includeObject === 'Object' ? objects.map((o) => ({ ...as, ...o })) : objects, {
    includeObject,
    now: call.context.now(),
    version: accepted.version,
    metadata: list ? value.metadata : { resourceVersion: value.metadata.resourceVersion ?? '' },
    headless,
  })
}

/** JSON as a reply in the format that the client accepts. */
export function textReply(
  status: number,
  json: string,
  format: Accepted['format'],
  warnings: readonly string[] = [],
): Reply {
  return {
    status,
    headers: headersOf(format, warnings),
    body: format === 'yaml' ? stringify(JSON.parse(json)) : `${json}\n`,
  }
}

function headersOf(format: Accepted['format'], warnings: readonly string[]): Record<string, string | string[]> {
  return {
    'content-type': format === 'yaml' ? 'application/yaml' : 'application/json',
    'cache-control': 'no-cache, private',
    ...(warnings.length > 0 && { warning: warningHeaders(warnings) }),
  }
}

/** Characters of all warnings of an answer, and of each when they are more: kube-apiserver's bounds. Clients refuse long headers. */
const MAX_WARNINGS = 4096
const MAX_WARNING = 256

function warningHeaders(warnings: readonly string[]): string[] {
  const total = warnings.reduce((sum, text) => sum + text.length, 0)
  const cut = total <= MAX_WARNINGS ? warnings : warnings.map((text) => text.slice(0, MAX_WARNING))
  let left = MAX_WARNINGS
  return cut
    .filter((text) => (left -= text.length) >= 0)
    .map((text) => `299 - ${JSON.stringify(text.replace(/[^\x20-\x7e]/g, '?'))}`)
}

/** Any error as a reply. What is not an ApiError is ours: the client learns no details. */
export function errorReply(error: unknown, format: Accepted['format'] = 'json'): Reply {
  const { status } = error instanceof ApiError ? error : error instanceof Unreachable ? cutOff() : failed()
  const reply = textReply(status.code ?? 500, JSON.stringify(status), format)
  const retryAfter = status.details?.retryAfterSeconds
  if (retryAfter) reply.headers!['retry-after'] = String(retryAfter)
  return reply
}

const failed = (): ApiError => internal('the server failed to process this request; its log says why')

/** The cluster that holds our state does not answer. What was sent to it may have arrived: nobody repeats it unasked. */
const cutOff = (): ApiError =>
  new ApiError(
    503,
    'ServiceUnavailable',
    'the cluster that keeps the image streams does not answer this server at the moment; a write may have been done or not',
  )

function isStatus(value: KubeObject | ObjectList | Status): value is Status {
  return value.kind === 'Status'
}

function isList(value: KubeObject | ObjectList): value is ObjectList {
  return Array.isArray((value as ObjectList).items) && !('uid' in value.metadata)
}
