// Pools of connections, each to one origin: bounded in number, and so are the connections of all of them. Users name the origins.
import type { buildConnector, Dispatcher } from 'undici'

export interface PoolLimits {
  /** Pools that are kept; those that were used longest ago are closed first. */
  pools: number
  /** Connections that pools are kept with, idle or not; beyond that the pools that were used longest ago are closed. */
  kept: number
  /** Connections in all, those included that are being opened and those of closed pools that finish their requests; beyond that none is opened. */
  most: number
}

/** No connection is opened: there are as many as may be. */
export class TooManyConnections extends Error {
  override name = 'TooManyConnections'
  readonly code = 'TOO_MANY_CONNECTIONS'
  constructor() {
    super('too many connections are open')
  }
}

/** A connector whose connections count. */
export type Counted = (connect: buildConnector.connector) => buildConnector.connector

interface Held {
  pool: Dispatcher
  connections: number
}

/** See above. */
export class Pools {
  readonly #limits: PoolLimits
  /** The least recently used first. */
  readonly #held = new Map<string, Held>()
  /** Connections of those. */
  #kept = 0
  #open = 0

  constructor(limits: PoolLimits) {
    this.#limits = limits
  }

  /** Connections that are open or being opened. */
  get open(): number {
    return this.#open
  }

  /** The pool of that name. */
  get(name: string, create: (counted: Counted) => Dispatcher): Dispatcher {
    const held = this.#held.get(name) ?? this.#create(name, create)
    this.#held.delete(name)
    this.#held.set(name, held)
    const [oldest] = this.#held.keys()
    if (this.#held.size > this.#limits.pools) this.#drop(oldest!)
    return held.pool
  }

  /** Ends all connections. */
  async destroy(): Promise<void> {
    const pools = Array.from(this.#held.values(), ({ pool }) => pool)
    this.#held.clear()
    await Promise.all(pools.map((pool) => pool.destroy()))
  }

  #create(name: string, create: (counted: Counted) => Dispatcher): Held {
    const count = (places: 1 | -1): void => {
      this.#open += places
      held.connections += places
      if (this.#held.get(name) === held) this.#kept += places
    }
    const counted: Counted = (connect) => (target, done) => {
      if (this.#open >= this.#limits.most) return done(new TooManyConnections(), null)
      count(1)
      this.#shed()
      connect(target, (...result) => {
        const [, socket] = result
        if (socket && !socket.destroyed) socket.once('close', () => count(-1))
        else count(-1)
        done(...result)
      })
    }
    const held: Held = { pool: create(counted), connections: 0 }
    return held
  }

  #shed(): void {
    for (const [name, { connections }] of this.#held) {
      if (this.#kept <= this.#limits.kept) return
      if (connections > 0) this.#drop(name)
    }
  }

  /** Requests that are under way are finished. */
  #drop(name: string): void {
    const { pool, connections } = this.#held.get(name)!
    this.#held.delete(name)
    this.#kept -= connections
    void pool.close()
  }
}
