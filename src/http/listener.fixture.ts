// A listener with its certificates, and clients of both protocols: what the tests of the listener share.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { connect, type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2'
import { Agent, request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before } from 'node:test'
import { silent } from '../core/machinery/log.ts'
import { loadOrCreate, type Certificates } from './certificates.ts'
import type { Handler, Reply } from './handler.ts'
import { listen, type Listener, type ListenOptions } from './listener.ts'

export interface Answer {
  status: number
  headers: Record<string, unknown>
  body: Buffer
}

export interface Ask {
  method?: string
  path?: string
  headers?: Record<string, string | string[]>
  body?: string | Buffer
  /** Shown to the server; default: none. */
  certificate?: { cert: string; key: string }
}

export type Client = (port: number, ask: Ask) => Promise<Answer>

let directory: string
let certificates: Certificates
const cleanups: (() => unknown)[] = []
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-listener-'))
  certificates = await loadOrCreate(directory)
})
after(() => rm(directory, { recursive: true }))
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

/** Runs at the end of the test. */
export const cleanUp = (cleanup: () => unknown): void => void cleanups.push(cleanup)

/** The certificates of the listeners that start() starts. */
export const pki = (): Certificates => certificates

/** Starts a listener with TLS on a free port, for one test. */
export async function start(handler: Handler, options: Partial<ListenOptions> = {}): Promise<Listener> {
  const { serving, ca } = certificates
  const tls = { ...serving, clientCa: ca }
  const listener = await listen(handler, { port: 0, tls, log: silent, grace: 300, ...options })
  cleanUp(() => listener.close())
  return listener
}

/** Starts a listener without TLS. */
export async function startPlain(handler: Handler, options: Partial<ListenOptions> = {}): Promise<Listener> {
  const listener = await listen(handler, { port: 0, log: silent, grace: 300, ...options })
  cleanUp(() => listener.close())
  return listener
}

export async function read(incoming: IncomingMessage): Promise<Answer> {
  const pieces: Buffer[] = []
  for await (const piece of incoming) pieces.push(piece as Buffer)
  return { status: incoming.statusCode!, headers: incoming.headers, body: Buffer.concat(pieces) }
}

export const overHttp1: Client = async (port, { method = 'GET', path = '/', headers, body, certificate }) => {
  const agent = new Agent({ keepAlive: true })
  cleanUp(() => agent.destroy())
  const request = httpsRequest({ port, agent, method, path, headers, ca: certificates.ca, ...certificate })
  request.end(body)
  const [incoming] = (await once(request, 'response')) as [IncomingMessage]
  return read(incoming)
}

/** An HTTP/2 connection for one test. */
export function session(port: number, certificate?: Ask['certificate']): ClientHttp2Session {
  const session = connect(`https://127.0.0.1:${port}`, { ca: certificates.ca, ...certificate })
  cleanUp(() => session.destroy())
  return session
}

export const overHttp2: Client = async (port, { method = 'GET', path = '/', headers, body, certificate }) => {
  const pseudo: OutgoingHttpHeaders = { ':method': method, ':path': path }
  const stream = session(port, certificate).request({ ...pseudo, ...headers })
  stream.end(body)
  // A connection that is cut closes the stream without any error.
  const closed = new AbortController()
  stream.once('close', () => closed.abort())
  const [answer] = (await once(stream, 'response', { signal: closed.signal })) as [Record<string, unknown>]
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece as Buffer)
  return { status: Number(answer[':status']), headers: answer, body: Buffer.concat(pieces) }
}

export const json = (value: unknown): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})
