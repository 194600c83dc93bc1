// A registry in this process that can be made to misbehave: every request first goes to `intercept`.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { RegistryContent } from './registryContent.ts'

export interface FakeOptions {
  content?: RegistryContent
  /** What is asked for before anything is served. Default: nothing. */
  auth?: 'basic' | 'bearer'
  /** Passwords by name. Bearer gives tokens to anyone when there are none. */
  users?: Record<string, string>
  /** May answer itself: then it returns true. */
  intercept?(request: IncomingMessage, response: ServerResponse): boolean | void
  /** Tags of one page. Default: all. */
  pageSize?: number
  /** Default: any free one. */
  port?: number
  /** Serves HTTPS. */
  tls?: { key: string; cert: string }
}

export interface FakeRegistry {
  host: string
  origin: string
  content: RegistryContent
  /** "GET /v2/", one line a request. */
  requests: string[]
  /** Authorization headers as they came, '' for none. */
  authorizations: string[]
  /** What each connection began with: TLS or HTTP. */
  greetings: ('TLS' | 'HTTP')[]
  /** Makes all tokens invalid. */
  revoke(): void
  close(): Promise<void>
}

/** The first byte of a connection that speaks TLS: https://datatracker.ietf.org/doc/html/rfc8446#section-5.1 */
const TLS_HANDSHAKE = 0x16

export async function startFakeRegistry(options: FakeOptions = {}): Promise<FakeRegistry> {
  const content = options.content ?? new RegistryContent()
  const requests: string[] = []
  const authorizations: string[] = []
  const greetings: FakeRegistry['greetings'] = []
  const tokens = new Set<string>()
  let origin = ''
  const listener: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`)
    authorizations.push(request.headers.authorization ?? '')
    if (options.intercept?.(request, response)) return
    const url = new URL(request.url ?? '/', origin)
    if (url.pathname === '/token') return giveToken(request, response)
    if (!isAuthorized(request)) return challenge(response)
    serve(content, options.pageSize, url, request, response)
  }
  const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener)
  server.on('connection', (socket) => {
    socket.once('data', (data: Buffer) => greetings.push(data[0] === TLS_HANDSHAKE ? 'TLS' : 'HTTP'))
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  origin = `${options.tls ? 'https' : 'http'}://${host}`

  function isAuthorized(request: IncomingMessage): boolean {
    if (options.auth === 'basic') return isUser(request)
    return options.auth !== 'bearer' || tokens.has(request.headers.authorization ?? '')
  }
  function isUser({ headers }: IncomingMessage): boolean {
    const [, encoded = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? []
    const [name = '', password] = Buffer.from(encoded, 'base64').toString().split(':')
    return password !== undefined && options.users?.[name] === password
  }
  function giveToken(request: IncomingMessage, response: ServerResponse): void {
    if (options.users && !isUser(request)) return reply(response, 401, { details: 'incorrect username or password' })
    const token = `token-${tokens.size}-${Math.random()}`
    tokens.add(`Bearer ${token}`)
    reply(response, 200, { token, expires_in: 300 })
  }
  function challenge(response: ServerResponse): void {
    const bearer = `Bearer realm="${origin}/token",service="fake"`
    response.setHeader('www-authenticate', options.auth === 'basic' ? 'Basic realm="fake"' : bearer)
    replyError(response, 401, 'UNAUTHORIZED', 'authentication required')
  }
  return {
    host,
    origin,
    content,
    requests,
    authorizations,
    greetings,
    revoke: () => tokens.clear(),
    async close() {
      server.closeAllConnections()
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
  }
}

/** Answers with JSON. */
export function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Answers with a registry's error list. */
export function replyError(response: ServerResponse, status: number, code: string, message: string): void {
  reply(response, status, { errors: [{ code, message }] })
}

function serve(
  content: RegistryContent,
  pageSize: number | undefined,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.setHeader('docker-distribution-api-version', 'registry/2.0')
  if (url.pathname === '/v2/') return reply(response, 200, {})
  const [, name = '', kind, reference = ''] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(url.pathname) ?? []
  if (kind === 'tags') return serveTags(content.tags.get(name), pageSize, url, response)
  const manifest = kind === 'manifests' ? content.manifests.get(`${name} ${reference}`) : undefined
  const blob = kind === 'blobs' ? content.blobs.get(`${name} ${reference}`) : undefined
  const bytes = manifest?.bytes ?? blob
  if (!bytes) {
    return kind === 'manifests'
      ? replyError(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown')
      : replyError(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry')
  }
  if (manifest) {
    const tag = `"${manifest.digest}"`
    response.setHeader('docker-content-digest', manifest.digest).setHeader('etag', tag)
    if (request.headers['if-none-match'] === tag) return void response.writeHead(304).end()
  }
  response.writeHead(200, {
    'content-type': manifest?.mediaType ?? 'application/octet-stream',
    'content-length': bytes.length,
  })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

function serveTags(all: string[] | undefined, pageSize: number | undefined, url: URL, response: ServerResponse): void {
  if (!all) return replyError(response, 404, 'NAME_UNKNOWN', 'repository name not known to registry')
  const start = Number(url.searchParams.get('start') ?? 0)
  const tags = pageSize === undefined ? all : all.slice(start, start + pageSize)
  if (start + tags.length < all.length) {
    response.setHeader('link', `<${url.pathname}?start=${start + tags.length}>; rel="next"`)
  }
  reply(response, 200, { tags })
}
