// Outbound connections: pooled, bounded, and only to addresses that are allowed.
import { lookup as lookupName } from 'node:dns'
import { isIP } from 'node:net'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { buildConnector, errors, Pool, type Dispatcher } from 'undici'
import { allowedLookup, AddressRefused, type Lookup } from './allowedLookup.ts'
import { type Counted, type PoolLimits, Pools } from './pools.ts'
import { proxyAgent, proxyError } from './proxied.ts'
import type { Route, Router, TlsMaterial } from './route.ts'
import { literalGuard, targetGuard, type TargetGuard } from './targetGuard.ts'

/** Where connections may go, and whom they trust. */
export interface OutboundOptions {
  /** Asked for every address after name resolution; false refuses the connection. Default: everything is allowed. */
  allowAddress?: ((ip: string) => boolean) | undefined
  /** Resolves names. Default: as the system does. */
  lookup?: Lookup | undefined
  /** Certificates (PEM) that are trusted beside the system's. */
  ca?: readonly string[] | undefined
  /** How an origin is reached; asked for each request. Default: directly. */
  route?: Router | undefined
  /** Connections to one origin. Default 24: those of imports, and of checks beside them. */
  connections?: number | undefined
  /** Connections to all origins, and origins with connections. Default POOLS. */
  pools?: PoolLimits | undefined
  /** Milliseconds to connect, TLS included. Default 10,000. */
  connectTimeout?: number | undefined
}

/** Sends requests. */
export interface Requester {
  request(options: Dispatcher.RequestOptions & { origin: string }): Promise<Dispatcher.ResponseData>
}

/** The way out to registries. */
export interface Outbound {
  /** `verify` false accepts any certificate. */
  dispatcher(verify: boolean): Requester
  /** Ends all connections, for good. */
  close(): Promise<void>
}

/** Milliseconds that an idle connection is kept: registries close theirs after a minute or so. */
const KEEP_ALIVE = 30_000
/** Ways that are kept: hosts with their own certificates or proxies. */
const WAYS = 64
/** A connection with TLS takes a quarter of a megabyte. Imports and checks send at most 256 requests at a time. */
const POOLS: PoolLimits = { pools: 256, kept: 256, most: 512 }

/** Makes the pool for an origin. */
type Way = (origin: string, counted: Counted) => Dispatcher

const DIRECT: Route = {}

/** A pool of connections to any number of origins. */
export function createOutbound(options: OutboundOptions = {}): Outbound {
  const { allowAddress, lookup = lookupName, route = () => DIRECT } = options
  // The least recently used first.
  const ways = new Map<string, Way>()
  const pools = new Pools(options.pools ?? POOLS)
  const names = identities()
  const guards = allowAddress && {
    looking: targetGuard({ allowAddress, lookup }),
    literal: literalGuard(allowAddress),
  }
  let closed = false

  function poolOf(verify: boolean, route: Route, origin: string): Dispatcher {
    const key = `${verify} ${route.trusted ?? false} ${names(route.tls)} ${route.proxy ?? ''}`
    const way = ways.get(key) ?? createWay(verify, route, options)
    ways.delete(key)
    ways.set(key, way)
    const [oldest] = ways.keys()
    if (ways.size > WAYS) ways.delete(oldest!)
    return pools.get(`${key} ${origin}`, (counted) => way(origin, counted))
  }

  async function viaProxy(verify: boolean, way: Route, request: Dispatcher.RequestOptions, origin: URL) {
    const guard: TargetGuard | undefined = way.resolvesNames ? guards?.literal : guards?.looking
    if (!way.trusted) await guard?.(bare(origin.hostname))
    return await poolOf(verify, way, origin.origin)
      .request(request)
      .catch((error: unknown) => {
        throw proxyError(error)
      })
  }

  return {
    dispatcher: (verify) => ({
      async request(request) {
        if (closed) throw new errors.ClientDestroyedError()
        const origin = new URL(request.origin)
        const way = route(origin)
        if (way.proxy === undefined) return await poolOf(verify, way, origin.origin).request(request)
        return await viaProxy(verify, way, request, origin)
      },
    }),
    async close() {
      closed = true
      await pools.destroy()
    },
  }
}

function createWay(verify: boolean, { tls, proxy, trusted }: Route, options: OutboundOptions): Way {
  const { allowAddress, lookup = lookupName, connections = 24, connectTimeout = 10_000 } = options
  const secureContext = secureContextOf(tls, options.ca)
  if (proxy !== undefined)
    return (_, counted) =>
      proxyAgent({ proxy, verify, secureContext, connections, connectTimeout, keepAliveTimeout: KEEP_ALIVE, counted })
  const allowed = trusted ? undefined : allowAddress
  const connect = buildConnector({
    rejectUnauthorized: verify,
    timeout: connectTimeout,
    ...(secureContext && { secureContext }),
    lookup: allowedLookup(allowed ?? (() => true), lookup),
    // Requests wait for a free connection; on one shared HTTP/2 connection a slow registry would stop all of them.
    allowH2: false,
  })
  const guarded: buildConnector.connector = (target, done) => {
    const ip = bare(target.hostname)
    // Addresses written as such are never looked up.
    if (allowed && isIP(ip) !== 0 && !allowed(ip)) return done(new AddressRefused(ip), null)
    return connect(target, done)
  }
  return (origin, counted) =>
    new Pool(origin, { connections, keepAliveTimeout: KEEP_ALIVE, allowH2: false, connect: counted(guarded) })
}

/** Made once for all connections: it takes some milliseconds to read all that the system trusts. */
function secureContextOf(tls: TlsMaterial | undefined, more: readonly string[] = []): SecureContext | undefined {
  const own = [...more, ...(tls?.ca === undefined ? [] : [tls.ca])]
  if (own.length === 0 && !tls?.client) return undefined
  return createSecureContext({
    ...(own.length > 0 && { ca: [...getCACertificates('default'), ...own] }),
    ...tls?.client,
  })
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')

/** Numbers objects. */
function identities(): (object: object | undefined) => number {
  const known = new WeakMap<object, number>()
  let last = 0
  return (object) => {
    if (!object) return 0
    const id = known.get(object) ?? ++last
    known.set(object, id)
    return id
  }
}
