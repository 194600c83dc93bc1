import { apiVersionOf, type KubeObject, type ObjectList } from '../core/machinery/object.ts'
import { ApiError, internal, type Status } from '../core/machinery/status.ts'
import { partialListHead, partialMetadata, tableHead, tableRow } from '../core/machinery/meta/table.ts'
import type { Reply } from '../http/handler.ts'
import { Unreachable } from '../kube/unreachable.ts'
import { type Call, columnsOf, spokenBy } from './call.ts'
import { encodeObject, encodeSequence, type Sequence, sequenceOf } from './encode.ts'
import type { Exchange } from './exchange.ts'
import type { Accepted, Representation } from './negotiate.ts'
import { inPieces } from './pieces.ts'
import { toYaml, yamlSequence } from './writeYaml.ts'

/** Representations that a call can be answered in, beside the object. Tables only where there are columns. */
export function representationsOf(call: Call): Representation[] {
  const partial: Representation[] = call.name
    ? ['PartialObjectMetadata']
    : ['PartialObjectMetadataList', 'PartialObjectMetadata']
  return columnsOf(call) ? ['Table', ...partial] : partial
}

/**
 * The object, list or Status of a verb as a reply in the representation that the client asked for. What can have many elements is
 * made while it is sent, if it is long.
 */
export function respond(exchange: Exchange, status: number, value: KubeObject | ObjectList | Status): Reply {
  const { accepted, warnings } = exchange
  const shown = represent(exchange, value)
  if (typeof shown === 'string') return textReply(status, shown, accepted.format, warnings)
  const texts = accepted.format === 'yaml' ? yamlSequence(shown) : jsonLine(shown)
  return { status, headers: headersOf(accepted.format, warnings), body: inPieces(texts) }
}

function* jsonLine(sequence: Sequence): Generator<string, undefined> {
  yield* encodeSequence(sequence)
  yield '\n'
}

/** The JSON of what is shown, or the sequence that it is. */
function represent(exchange: Exchange, value: KubeObject | ObjectList | Status): string | Sequence {
  const { accepted, call } = exchange
  if (isStatus(value)) return JSON.stringify(value)
  if (accepted.as === 'Table') return tableOf(exchange, value)
  const { as, version } = accepted
  if (!isList(value))
    return as === 'object' ? encodeObject(value, spokenBy(call)) : JSON.stringify(partialMetadata(value, version))
  if (as === 'object') return sequenceOf(value, spokenBy(call))
  const elements = value.items.values().map((item) => JSON.stringify(partialMetadata(item, version)))
  return { head: partialListHead(value, version), array: 'items', elements }
}

/** A Table of one object or of a list. */
export function tableOf(exchange: Exchange, value: KubeObject | ObjectList, headless = false): Sequence {
  const { accepted, call, request } = exchange
  const list = isList(value)
  const include = request.query.get('includeObject')
  const includeObject = include === 'None' || include === 'Object' ? include : 'Metadata'
  const spoken = spokenBy(call)
  const as = { kind: spoken.kind, apiVersion: apiVersionOf(spoken) }
  const columns = columnsOf(call) ?? []
  const options = {
    includeObject,
    now: call.context.now(),
    version: accepted.version,
    metadata: list ? value.metadata : { resourceVersion: value.metadata.resourceVersion ?? '' },
    headless,
  } as const
  const row = (object: KubeObject): string =>
    JSON.stringify(tableRow(columns, includeObject === 'Object' ? { ...as, ...object } : object, options))
  const objects = list ? value.items : [value]
  return { head: tableHead(columns, options), array: 'rows', elements: objects.values().map(row) }
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
    body: format === 'yaml' ? toYaml(json) : `${json}\n`,
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
