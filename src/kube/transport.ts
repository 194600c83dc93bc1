// HTTP to one Kubernetes API server: a keep-alive pool, TLS, credentials, time limits, errors that people understand.
import type { Readable } from 'node:stream'
import { EnvHttpProxyAgent, Pool, ProxyAgent, type Dispatcher } from 'undici'
import type { Cluster } from '@kubernetes/client-node/dist/config_types.js'
import { unmeasured, type Metrics } from '../core/machinery/metrics.ts'
import { ApiError } from '../core/machinery/status.ts'
import { pem, type CredentialSource, type Credentials } from './credentials.ts'
import { unlessAborted } from './backoff.ts'
import { failureOf } from './failure.ts'
import { KubeconfigError } from './access.ts'
import { RequestMeter } from './measure.ts'
import { Unreachable, unreachable } from './unreachable.ts'

/** Largest body that is read into memory, in bytes: a full list of a big cluster is some tens of megabytes. */
const MAX_BODY = 512 << 20
/** Bodies of failures are short; what is longer comes from a proxy and is cut. */
const MAX_FAILURE = 64 << 10
/** Milliseconds until a host that does not answer counts as unreachable. */
const CONNECT_TIMEOUT = 10_000
/** Milliseconds of silence before TCP probes: below the 60 s at which load balancers drop idle connections. */
const KEEP_ALIVE = 30_000
/** A server that asks to come back later is asked so often, and waited for so many seconds at most each time. */
const RETRIES = 5
const MAX_RETRY_AFTER = 10

/** Which cluster requests go to, as whom. */
export interface TransportOptions {
  cluster: Cluster
  credentials: CredentialSource
  userAgent?: string
  /** Milliseconds for a whole request, watches excluded; 0: no limit. */
  timeout?: number
  /** Called with each `Warning` of the server. */
  onWarning?(text: string): void
  metrics?: Metrics
  env?: Readonly<Record<string, string | undefined>>
}

/** One HTTP request. */
export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path and query, escaped. */
  path: string
  headers?: Record<string, string>
  body?: string | Uint8Array
  signal?: AbortSignal | undefined
  /** Milliseconds; beats the transport's. 0: no limit. */
  timeout?: number
  /** How often it is sent again to a server that asks to come back later. Default: some times. */
  retries?: number
}

/** Sends requests to one API server, over connections that are kept. */
export class Transport {
  readonly #options: TransportOptions
  readonly #base: URL
  readonly #host: string
  readonly #meter: RequestMeter
  #dispatcher: Dispatcher | undefined
  #identity: Credentials | undefined

  constructor(options: TransportOptions) {
    this.#options = options
    this.#base = parseServer(options.cluster.server)
    this.#host = this.#base.port ? this.#base.host : `${this.#base.host}:${this.#base.protocol === 'http:' ? 80 : 443}`
    this.#meter = new RequestMeter(options.metrics ?? unmeasured, this.#host)
  }

  /** Sends a request and reads the whole answer. Throws ApiError or Unreachable. */
  async text(call: Call): Promise<string> {
    const limit = call.timeout ?? this.#options.timeout ?? 0
    const timer = limit > 0 ? AbortSignal.timeout(limit) : undefined
    const signals = [call.signal, timer].filter((signal) => signal !== undefined)
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0]
    try {
      return await readAll(await this.open({ ...call, signal }), MAX_BODY)
    } catch (error) {
      if (error instanceof ApiError || error instanceof KubeconfigError) throw error
      if (call.signal?.aborted) throw call.signal.reason
      if (timer?.aborted)
        throw new Unreachable(
          `Unable to connect to the server ${this.#host}: no answer within ${limit / 1000}s (--request-timeout)`,
        )
      throw unreachable(this.#host, error)
    }
  }

  /** Sends a request and returns the body of a success, unread. Throws ApiError, Unreachable, or the signal's reason. */
  async open(call: Call): Promise<Readable> {
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#meter.of(call.method, () => this.#send(call))
      if (answer.statusCode >= 200 && answer.statusCode < 300) {
        this.#warn(answer.headers['warning'])
        return answer.body
      }
      const contentType = String(answer.headers['content-type'] ?? '')
      const body = await readAll(answer.body, MAX_FAILURE, true)
      const seconds = Number(answer.headers['retry-after'])
      const again =
        (answer.statusCode === 429 || answer.statusCode === 503) && seconds >= 0 && attempt < (call.retries ?? RETRIES)
      if (!again) throw failureOf(answer.statusCode, contentType, body)
      await pause(Math.min(seconds, MAX_RETRY_AFTER) * 1000, call.signal)
    }
  }

  async close(): Promise<void> {
    await this.#dispatcher?.destroy()
    this.#dispatcher = undefined
  }

  async #send(call: Call): Promise<Dispatcher.ResponseData> {
    const credentials = await this.#options.credentials()
    const { path, method } = call
    const request: Dispatcher.RequestOptions = {
      method,
      path: `${this.#base.pathname.replace(/\/$/, '')}${path}`,
      origin: this.#base.origin,
      headers: {
        accept: 'application/json',
        'user-agent': this.#options.userAgent ?? 'millrace',
        ...(call.body !== undefined && { 'content-type': 'application/json' }),
        ...credentials.headers,
        ...call.headers,
      },
      // Time limits are the caller's: imports and watches may be silent for long.
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(call.body !== undefined && { body: call.body }),
      ...(call.signal && { signal: call.signal }),
    }
    try {
      return await heeded(this.#connect(credentials).request(request), call.signal)
    } catch (error) {
      if (call.signal?.aborted || error instanceof KubeconfigError) throw error
      // A kept connection that the server closed meanwhile: reading again is harmless.
      if (method === 'GET' && isBroken(error)) {
        const again = this.#connect(credentials).request(request)
        return await heeded(again, call.signal).catch((e: unknown) => this.#fail(e))
      }
      return this.#fail(error)
    }
  }

  #fail(error: unknown): never {
    throw unreachable(this.#host, error, this.#options.cluster.proxyUrl)
  }

  #connect(credentials: Credentials): Dispatcher {
    const same = this.#identity?.cert === credentials.cert && this.#identity?.key === credentials.key
    if (this.#dispatcher && same) return this.#dispatcher
    // New certificates of a plugin need new connections; what runs on the old ones may finish.
    this.#dispatcher?.close().catch(() => undefined)
    this.#identity = credentials
    this.#dispatcher = dispatcherOf(this.#options, this.#base, credentials)
    return this.#dispatcher
  }

  #warn(header: string | string[] | undefined): void {
    if (header === undefined || !this.#options.onWarning) return
    for (const line of [header].flat()) {
      for (const [, text] of line.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)) {
        this.#options.onWarning(text!.replaceAll(/\\(.)/g, '$1'))
      }
    }
  }
}

function parseServer(server: string): URL {
  const url = URL.canParse(server) ? new URL(server) : undefined
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url
  throw new KubeconfigError(`the cluster's server "${server}" is not an http(s) URL`)
}

function dispatcherOf(options: TransportOptions, base: URL, credentials: Credentials): Dispatcher {
  const { cluster, env = {} } = options
  const ca = pem(cluster.caFile, cluster.caData, 'certificate authority')
  const tls = {
    ...(ca && { ca }),
    ...(credentials.cert && { cert: credentials.cert }),
    ...(credentials.key && { key: credentials.key }),
    ...(cluster.tlsServerName && { servername: cluster.tlsServerName }),
    ...(cluster.skipTLSVerify && { rejectUnauthorized: false }),
  }
  const connect = { ...tls, timeout: CONNECT_TIMEOUT, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE }
  // HTTP/1.1: each watch has a connection of its own, and none can starve the others.
  const common = { connect, allowH2: false } as const
  if (cluster.proxyUrl?.startsWith('socks')) throw new KubeconfigError('SOCKS proxies (proxy-url) are not supported')
  if (cluster.proxyUrl) return new ProxyAgent({ uri: cluster.proxyUrl, requestTls: tls, allowH2: false })
  const proxied = env['HTTPS_PROXY'] ?? env['https_proxy'] ?? env['HTTP_PROXY'] ?? env['http_proxy']
  if (proxied) return new EnvHttpProxyAgent({ ...common, requestTls: tls })
  return new Pool(base.origin, common)
}

/** By itself undici hears of an abort only once it is connected, and a host that is silent takes long to be given up. */
const heeded = <T>(sent: Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
  signal ? unlessAborted(sent, signal) : sent

function isBroken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE'
}

async function readAll(body: Readable, limit: number, cut = false): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size <= limit) continue
    if (cut) break
    throw new Unreachable(`the server's answer is larger than ${limit} bytes`)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(() => {
    signal?.removeEventListener('abort', aborted)
    resolve()
  }, milliseconds)
  const aborted = (): void => {
    clearTimeout(timer)
    reject(signal?.reason as Error)
  }
  signal?.addEventListener('abort', aborted, { once: true })
  return promise
}
