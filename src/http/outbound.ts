// Outbound connections: pooled, bounded, and only to addresses that are allowed.
import { lookup as lookupName } from 'node:dns'
import { isIP } from 'node:net'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { Agent, buildConnector, errors, type Dispatcher } from 'undici'
import { allowedLookup, AddressRefused, type Lookup } from './allowedLookup.ts'
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
/** Ways that are kept, each with connections of its own: hosts with their own certificates or proxies. */
const WAYS = 64

const DIRECT: Route = {}

/** A pool of connections to any number of origins. */
export function createOutbound(options: OutboundOptions = {}): Outbound {
  const { allowAddress, lookup = lookupName, route = () => DIRECT } = options
  // The least recently used first.
  const agents = new Map<string, Dispatcher>()
  const names = identities()
  const guards = allowAddress && {
    looking: targetGuard({ allowAddress, lookup }),
    literal: literalGuard(allowAddress),
  }
  let closed = false

  function agentOf(verify: boolean, way: Route): Dispatcher {
    const key = `${verify} ${way.trusted ?? false} ${names(way.tls)} ${way.proxy ?? ''}`
    const agent = agents.get(key) ?? createAgent(verify, way, options)
    agents.delete(key)
    agents.set(key, agent)
    if (agents.size > WAYS) {
      const [oldest, unused] = agents.entries().next().value!
      agents.delete(oldest)
      // Requests that are under way are finished.
      void unused.close()
    }
    return agent
  }

  async function viaProxy(verify: boolean, way: Route, request: Dispatcher.RequestOptions, hostname: string) {
    const guard: TargetGuard | undefined = way.resolvesNames ? guards?.literal : guards?.looking
    if (!way.trusted) await guard?.(hostname)
    return await agentOf(verify, way)
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
        if (way.proxy === undefined) return await agentOf(verify, way).request(request)
        return await viaProxy(verify, way, request, bare(origin.hostname))
      },
    }),
    async close() {
      closed = true
      await Promise.all([...agents.values()].map((agent) => agent.destroy()))
      agents.clear()
    },
  }
}

function createAgent(verify: boolean, { tls, proxy, trusted }: Route, options: OutboundOptions): Dispatcher {
  const { allowAddress, lookup = lookupName, connections = 24, connectTimeout = 10_000 } = options
  const secureContext = secureContextOf(tls, options.ca)
  if (proxy !== undefined)
    return proxyAgent({ proxy, verify, secureContext, connections, connectTimeout, keepAliveTimeout: KEEP_ALIVE })
  const allowed = trusted ? undefined : allowAddress
  const connect = buildConnector({
    rejectUnauthorized: verify,
    timeout: connectTimeout,
    ...(secureContext && { secureContext }),
    lookup: allowedLookup(allowed ?? (() => true), lookup),
    // Requests wait for a free connection; on one shared HTTP/2 connection a slow registry would stop all of them.
    allowH2: false,
  })
  return new Agent({
    connections,
    keepAliveTimeout: KEEP_ALIVE,
    allowH2: false,
    connect(target, done) {
      const ip = bare(target.hostname)
      // Addresses written as such are never looked up.
      if (allowed && isIP(ip) !== 0 && !allowed(ip)) return done(new AddressRefused(ip), null)
      return connect(target, done)
    },
  })
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
