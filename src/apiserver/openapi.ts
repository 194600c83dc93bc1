// The endpoints of OpenAPI: /openapi/v2, /openapi/v3 and below. Documents are made when first asked for.
import { createHash } from 'node:crypto'
import type { GroupVersion } from '../core/machinery/discovery.ts'
import { openApiV2, openApiV3, rootOf } from '../core/machinery/openapi/document.ts'
import { encodeOpenApiV2 } from '../core/machinery/openapi/protobuf.ts'
import { ApiError } from '../core/machinery/status.ts'
import type { Handler, Reply, Request } from '../http/handler.ts'

interface Document {
  body: string
  etag: string
  /** Version 2 only: the form that kubectl asks for, made when first asked for. */
  protobuf?: Buffer
}

/** That form is asked for with `@`, but answered with a dot: Go refuses to parse a content type with `@`. */
const PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
const ASKS_PROTOBUF = /application\/com\.github\.proto-openapi\.spec\.v2[@.]v1\.0\+protobuf/

/** Answers OpenAPI paths; undefined for any other path. */
export function openApiHandler(versions: readonly GroupVersion[]): (...args: Parameters<Handler>) => Reply | undefined {
  const makers = new Map<string, () => object>([['/openapi/v2', () => openApiV2(versions)]])
  for (const version of versions) makers.set(`/openapi/v3${rootOf(version)}`, () => openApiV3(version))
  const made = new Map<string, Document>()
  const document = (path: string): Document | undefined => {
    const known = made.get(path)
    const make = makers.get(path)
    if (known || !make) return known
    const body = JSON.stringify(make())
    const fresh = { body, etag: createHash('sha256').update(body).digest('hex').slice(0, 32).toUpperCase() }
    made.set(path, fresh)
    return fresh
  }
  makers.set('/openapi/v3', () => ({
    paths: Object.fromEntries(
      versions.map((v) => {
        const path = `/openapi/v3${rootOf(v)}`
        return [rootOf(v).slice(1), { serverRelativeURL: `${path}?hash=${document(path)!.etag}` }]
      }),
    ),
  }))

  return (request) => {
    if (!request.path.startsWith('/openapi/')) return undefined
    const found = document(request.path.replace(/\/$/, ''))
    if (!found) return undefined
    const v2 = request.path.startsWith('/openapi/v2')
    return (v2 && replyProtobuf(request, found)) || reply(request, found)
  }
}

function replyProtobuf(request: Request, document: Document): Reply | undefined {
  if (!ASKS_PROTOBUF.test(String(request.headers.accept ?? ''))) return undefined
  document.protobuf ??= Buffer.from(encodeOpenApiV2(JSON.parse(document.body) as object))
  const etag = `"${document.etag}.protobuf"`
  const headers = { etag, vary: 'accept', 'content-type': PROTOBUF }
  if (request.headers['if-none-match'] === etag) return { status: 304, headers }
  return { status: 200, headers, body: document.protobuf }
}

function reply(request: Request, { body, etag }: Document): Reply {
  const quoted = `"${etag}"`
  // Kubernetes calls the index of version 3 plain text; the documents are JSON.
  const index = request.path.replace(/\/$/, '') === '/openapi/v3'
  const headers = {
    etag: quoted,
    vary: 'accept',
    'content-type': index ? 'text/plain; charset=utf-8' : 'application/json',
  }
  const accept = String(request.headers.accept ?? '*/*')
  if (!/json|\*\/\*/.test(accept))
    throw new ApiError(406, 'NotAcceptable', 'OpenAPI documents are served as application/json only', {})
  if (request.headers['if-none-match'] === quoted) return { status: 304, headers }
  const { query } = request
  // A document named by its hash never changes.
  const forever = query.get('hash') === etag ? { 'cache-control': 'public, immutable, max-age=31536000' } : {}
  return { status: 200, headers: { ...headers, ...forever }, body }
}
