// The port: TLS with HTTP/2 and HTTP/1.1 on it, or plain HTTP/1.1 for tests; limits, timeouts, an orderly end.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2Session,
  type ServerHttp2Session,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Log } from '../core/machinery/log.ts'
import type { Handler, PeerCertificate } from './handler.ts'
import type { Incoming } from './incoming.ts'
import type { Outgoing } from './outgoing.ts'
import { peerOf } from './peer.ts'
import { serve } from './serve.ts'
import { refuseUnreadable } from './unreadable.ts'

/** The server's key pair, and whose clients it trusts. */
export interface TlsOptions {
  /** PEM. */
  key: string
  cert: string
  /** PEM of the authority whose client certificates count; without it none is asked for. */
  clientCa?: string
}

/** Where to listen, and for whom. */
export interface ListenOptions {
  /** Default 127.0.0.1; `*`: every address, of both families where there are two. */
  host?: string
  /** 0 takes any free port. */
  port: number
  /** Without it plain HTTP/1.1 is spoken. */
  tls?: TlsOptions
  log: Log
  /** Milliseconds that close() waits for answers under way. Default 5,000. */
  grace?: number
  /** Milliseconds for headers, for bodies, and until an idle connection is closed; defaults below. */
  headersTimeout?: number
  bodyTimeout?: number
  idleTimeout?: number
}

/** A listener that is open. */
export interface Listener {
  readonly address: string
  readonly port: number
  /** New connections get this key pair, and are asked for certificates of these authorities. */
  setTls(tls: TlsOptions): void
  /** Stops accepting, aborts the signals of requests, waits, then cuts what is left. */
  close(): Promise<void>
}

/**
 * Room for long bearer tokens, chains of proxies, and hundreds of groups: an aggregator sends a header for each. Bytes. It learns this limit
 * and refuses itself what is beyond. Not more: a single value of 64 KiB would end the connection, and with it everybody's watches.
 */
const MAX_HEADER = 64 * 1024
/** Headers of a request. Node takes 128 of HTTP/2, where it resets streams with more, and 2,000 of HTTP/1.1, where it drops the rest. */
const MAX_HEADERS = 4_096
/** Requests at once on an HTTP/2 connection: Go clients open another connection beyond it. */
const MAX_STREAMS = 1_000
/**
 * Cancelled requests on a connection before it is closed, and per second after that. Node's defaults (1,000 and 33) are meant
 * against "rapid reset", but an aggregator multiplexes all users' watches on few connections, and each watch ends in a reset.
 */
const STREAM_RESET_BURST = 100_000
const STREAM_RESET_RATE = 10_000
/** Megabytes of queued data and state of a connection beyond which it gets no new requests (default 10). */
const MAX_SESSION_MEMORY = 64
const MAX_CONNECTIONS = 10_000

const DEFAULTS = { grace: 5_000, headersTimeout: 30_000, bodyTimeout: 60_000, idleTimeout: 120_000 }

/** Starts to listen. Rejects with Node's error (EADDRINUSE, EACCES …) when the port cannot be had. */
export async function listen(handler: Handler, options: ListenOptions): Promise<Listener> {
  const { log } = options
  const limits = { ...DEFAULTS, ...options }
  const underWay = new Set<AbortController>()
  let closing = false
  const sockets = new Set<Socket>()
  const sessions = new Set<Http2Session>()
  const server = options.tls ? secureServer(options.tls, limits) : plainServer(limits)
  server.maxConnections = MAX_CONNECTIONS
  ;(server as Server).maxHeadersCount = MAX_HEADERS
  // Connections that clients break: nothing that anyone must look into.
  const complain = (error: Error): void => log.debug({ err: error }, 'connection failed')

  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', complain).once('close', () => sockets.delete(socket))
  })
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session)
    session.on('error', complain).once('close', () => sessions.delete(session))
    closeWhenIdle(session, limits.idleTimeout)
  })
  server.on('tlsClientError', complain).on('sessionError', complain)
  ;(server as Server).on('clientError', refuseUnreadable)

  const onRequest = (incoming: Incoming, outgoing: Outgoing): void => {
    const connection = 'stream' in incoming ? incoming.stream.session?.socket : incoming.socket
    const peer = options.tls?.clientCa && connection ? cachedPeer(incoming, connection) : undefined
    const context = { handler, log, underWay, peer, bodyTimeout: limits.bodyTimeout }
    outgoing.once('close', () => {
      // After an answer of HTTP/1.1 the connection would wait for the next request.
      if (closing && !('stream' in incoming)) incoming.socket.end()
    })
    void serve(incoming, outgoing, context)
    if (closing) abortAll(underWay)
  }
  ;(server as Server).on('request', onRequest)

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    const { host = '127.0.0.1' } = options
    server.listen({ port: options.port, ...(host !== '*' && { host }) }, () => {
      server.off('error', reject)
      server.on('error', complain)
      resolve()
    })
  })
  const { address, port } = server.address() as AddressInfo

  let closed: Promise<void> | undefined
  const close = async (): Promise<void> => {
    const end = new Promise<void>((resolve) => server.close(() => resolve()))
    closing = true
    abortAll(underWay)
    for (const session of sessions) session.close()
    if ('closeIdleConnections' in server) server.closeIdleConnections()
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy()
    }, limits.grace)
    await end
    clearTimeout(timer)
  }
  const setTls = (tls: TlsOptions): void => {
    if ('setSecureContext' in server) server.setSecureContext(contextOf(tls))
  }
  return { address, port, setTls, close: () => (closed ??= close()) }
}

function abortAll(controllers: Iterable<AbortController>): void {
  const reason = new DOMException('the server stops', 'AbortError')
  for (const controller of controllers) controller.abort(reason)
}

type Limits = typeof DEFAULTS

/** What of TLS can be changed while the server runs. */
function contextOf({ key, cert, clientCa }: TlsOptions) {
  return { key, cert, minVersion: 'TLSv1.2' as const, ...(clientCa !== undefined && { ca: clientCa }) }
}

function secureServer(tls: TlsOptions, limits: Limits): Http2SecureServer {
  return createSecureServer({
    ...contextOf(tls),
    allowHTTP1: true,
    // Asked for, not required: who shows none may have a token, or wants /healthz. What counts is decided in peer.ts.
    ...(tls.clientCa !== undefined && { requestCert: true, rejectUnauthorized: false }),
    handshakeTimeout: 10_000,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    streamResetBurst: STREAM_RESET_BURST,
    streamResetRate: STREAM_RESET_RATE,
    maxSessionMemory: MAX_SESSION_MEMORY,
    maxHeaderListPairs: MAX_HEADERS,
    settings: { maxConcurrentStreams: MAX_STREAMS, maxHeaderListSize: MAX_HEADER },
    http1Options: http1(limits),
  })
}

function plainServer(limits: Limits): Server {
  return createServer({ ...http1(limits), noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 })
}

/** Timeouts of HTTP/1.1. None of them runs while an answer is under way: watches and imports take their time. */
function http1(limits: Limits) {
  return {
    maxHeaderSize: MAX_HEADER,
    headersTimeout: limits.headersTimeout,
    requestTimeout: limits.headersTimeout + limits.bodyTimeout,
    keepAliveTimeout: limits.idleTimeout,
    // How often the two above are looked at.
    connectionsCheckingInterval: Math.min(limits.headersTimeout, 5_000),
  }
}

/** Closes a connection that has had no request for a while. Node's own timeout would also hit watches that have no news. */
function closeWhenIdle(session: ServerHttp2Session, timeout: number): void {
  let open = 0
  const close = (): void => void (open === 0 && session.close())
  let timer = setTimeout(close, timeout)
  session.on('stream', (stream) => {
    open++
    clearTimeout(timer)
    stream.once('close', () => {
      if (--open === 0 && !session.closed) timer = setTimeout(close, timeout)
    })
  })
  session.once('close', () => clearTimeout(timer))
}

const peers = new WeakMap<object, { peer: PeerCertificate | undefined }>()

/** A connection's certificate never changes: it is read once. */
function cachedPeer(incoming: IncomingMessage | Http2ServerRequest, socket: unknown): PeerCertificate | undefined {
  const connection = 'stream' in incoming ? (incoming.stream.session ?? incoming) : incoming.socket
  const known = peers.get(connection) ?? { peer: peerOf(socket as TLSSocket) }
  peers.set(connection, known)
  return known.peer
}
