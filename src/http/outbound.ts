// Outbound connections: pooled, bounded, and only to addresses that are allowed.
import { lookup as lookupName, type LookupAddress, type LookupAllOptions, type LookupOptions } from 'node:dns'
import { isIP } from 'node:net'
import { Agent, buildConnector, type Dispatcher } from 'undici'

/** Where connections may go, and whom they trust. */
export interface OutboundOptions {
  /** Asked for every address after name resolution; false refuses the connection. Default: everything is allowed. */
  allowAddress?: ((ip: string) => boolean) | undefined
  /** Resolves names. Default: as the system does. */
  lookup?: Lookup | undefined
  /** Certificates (PEM) that are trusted beside the system's. */
  ca?: readonly string[] | undefined
  /** Connections to one origin. Default 24: those of imports, and of checks beside them. */
  connections?: number | undefined
  /** Milliseconds to connect, TLS included. Default 10,000. */
  connectTimeout?: number | undefined
}

/** Finds all addresses of a name, as `lookup` of node:dns does. */
export type Lookup = (
  hostname: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** Sends requests. */
export interface Requester {
  request(options: Dispatcher.RequestOptions & { origin: string }): Promise<Dispatcher.ResponseData>
}

/** The way out to registries. */
export interface Outbound {
  /** `verify` false accepts any certificate. */
  dispatcher(verify: boolean): Requester
  /** Ends all connections. */
  close(): Promise<void>
}

/** No address of a host is allowed. */
export class AddressRefused extends Error {
  override name = 'AddressRefused'
  readonly code = 'ADDRESS_REFUSED'
  constructor(hostname: string) {
    super(`connections to ${hostname} are not allowed`)
  }
}

/** Milliseconds that an idle connection is kept: registries close theirs after a minute or so. */
const KEEP_ALIVE = 30_000

/** A pool of connections to any number of origins. */
export function createOutbound(options: OutboundOptions = {}): Outbound {
  const agents = new Map<boolean, Agent>()
  return {
    dispatcher(verify) {
      let agent = agents.get(verify)
      if (!agent) agents.set(verify, (agent = createAgent(verify, options)))
      return agent
    },
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()))
      agents.clear()
    },
  }
}

function createAgent(verify: boolean, options: OutboundOptions): Agent {
  const { allowAddress, lookup = lookupName } = options
  const connect = buildConnector({
    rejectUnauthorized: verify,
    timeout: options.connectTimeout ?? 10_000,
    ...(options.ca && { ca: [...options.ca] }),
    ...(allowAddress && { lookup: allowedLookup(allowAddress, lookup) }),
    // Requests wait for a free connection; on one shared HTTP/2 connection a slow registry would stop all of them.
    allowH2: false,
  })
  return new Agent({
    connections: options.connections ?? 24,
    keepAliveTimeout: KEEP_ALIVE,
    allowH2: false,
    connect(target, done) {
      const ip = target.hostname.replace(/^\[|\]$/g, '')
      // Addresses written as such are never looked up.
      if (allowAddress && isIP(ip) !== 0 && !allowAddress(ip)) return done(new AddressRefused(ip), null)
      return connect(target, done)
    },
  })
}

type Found = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

/**
 * Resolves a name and drops what is not allowed. The connection goes to what this gives, and asks nobody again: a name cannot be
 * pointed elsewhere in between.
 */
function allowedLookup(allowed: (ip: string) => boolean, lookup: Lookup) {
  return (hostname: string, options: LookupOptions, done: Found): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, [])
      const usable = addresses.filter(({ address }) => allowed(address))
      const first = usable[0]
      if (!first) return done(new AddressRefused(hostname), [])
      return options.all ? done(null, usable) : done(null, first.address, first.family)
    })
  }
}
