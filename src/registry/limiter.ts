// Runs at most so many at once, for several owners who take turns: the others wait in line.
import { Cache } from './cache.ts'
import { RegistryError } from './error.ts'
import { type Owner, Turns } from './turns.ts'

export interface Limits {
  /** Pieces of work at once. */
  total: number
  /** Of one owner at once. */
  each: number
}

/**
 * The owner of work that nobody waits for. It gets places that are left, and at least so many; for everybody else it is as if it were not
 * there, so that it holds up nobody.
 */
export const BACKGROUND = Object.freeze({})
/** Places that the background has in any case: others may keep all of theirs for half an hour. */
const LEAST_BACKGROUND = 2

/** A waiting piece of work: called when it is its turn. */
type Turn = () => void

/** Gives places to work. Who has much to do waits for itself: a place that is free goes to the group, and in it the owner, who had one longest ago. */
export class Limiter {
  readonly #limits: Limits
  readonly #running = new Map<Owner, number>()
  readonly #waiting = new Turns<Turn>()
  #total = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** Whether nobody works or waits. */
  get idle(): boolean {
    return this.#total === 0 && this.#waiting.isEmpty
  }

  /**
   * Runs work in its turn. Who aborts while it waits leaves the line; without a signal nobody does. Work must not wait for other work of
   * the same limiter.
   */
  async run<V>(owner: Owner, signal: AbortSignal | undefined, work: () => Promise<V>): Promise<V> {
    signal?.throwIfAborted()
    if (this.#isFree(owner)) this.#take(owner, 1)
    else await this.#turn(owner, signal)
    try {
      return await work()
    } finally {
      this.#take(owner, -1)
      this.#next()
    }
  }

  /** Whether an owner has a place at once. Nobody overtakes: whoever waits could not have used a place that is free. */
  #isFree(owner: Owner): boolean {
    const { total, each } = this.#limits
    const running = this.#running.get(owner) ?? 0
    if (running >= each) return false
    if (owner === BACKGROUND) return this.#total < total || running < LEAST_BACKGROUND
    return this.#total - (this.#running.get(BACKGROUND) ?? 0) < total
  }

  #take(owner: Owner, places: 1 | -1): void {
    this.#total += places
    const running = (this.#running.get(owner) ?? 0) + places
    if (running > 0) this.#running.set(owner, running)
    else this.#running.delete(owner)
  }

  /** Waits for a place, which is taken when this resolves. */
  #turn(owner: Owner, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(owner, turn)
        reject(signal!.reason as Error)
      }
      const turn = () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      this.#waiting.add(owner, turn)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  /** The place is handed on, so that nobody who comes later can take it first. */
  #next(): void {
    const next = this.#waiting.take((owner) => this.#isFree(owner))
    if (!next) return
    this.#take(next.owner, 1)
    next.turn()
  }
}

/** Limits of all hosts. */
export interface HostLimits {
  /** At each of them. */
  host: Limits
  /** At all of them together; the background has none of these. Half of them are for hosts that have not answered the last time. */
  all: Limits
}

/** Hosts that have answered which are remembered as such. */
const ANSWERED = 2_000

/**
 * A limiter for each host by itself, so that a slow one stops no other; forgotten when nobody asks there. And one for all of them, as there
 * may be any number that accept connections and stay silent: half of its places are kept for those that are known to answer.
 */
export class HostLimiters {
  readonly #limits: Limits
  readonly #hosts = new Map<string, Limiter>()
  readonly #all: Limiter
  readonly #unproven: Limiter
  readonly #answered = new Cache<true>({ entries: ANSWERED })

  constructor({ host, all }: HostLimits) {
    this.#limits = host
    this.#all = new Limiter(all)
    // Of one owner, too: its hosts that answer do not wait for its others.
    this.#unproven = new Limiter({ total: half(all.total), each: half(all.each) })
  }

  /** Hosts at which somebody works or waits. */
  get size(): number {
    return this.#hosts.size
  }

  async run<V>(host: string, owner: Owner, signal: AbortSignal, work: () => Promise<V>): Promise<V> {
    let limiter = this.#hosts.get(host)
    if (!limiter) this.#hosts.set(host, (limiter = new Limiter(this.#limits)))
    try {
      return await limiter.run(owner, signal, () =>
        owner === BACKGROUND ? this.#heed(host, work) : this.#amongAll(host, owner, signal, work),
      )
    } finally {
      if (limiter.idle) this.#hosts.delete(host)
    }
  }

  #amongAll<V>(host: string, owner: Owner, signal: AbortSignal, work: () => Promise<V>): Promise<V> {
    const run = (): Promise<V> => this.#all.run(owner, signal, () => this.#heed(host, work))
    return this.#answered.get(host) ? run() : this.#unproven.run(owner, signal, run)
  }

  /** Remembers whether the host has answered. */
  async #heed<V>(host: string, work: () => Promise<V>): Promise<V> {
    try {
      const value = await work()
      this.#answered.set(host, true)
      return value
    } catch (error) {
      if (isSilence(error)) this.#answered.delete(host)
      throw error
    }
  }
}

const half = (places: number): number => Math.max(1, Math.floor(places / 2))

const isSilence = (error: unknown): boolean =>
  error instanceof RegistryError && (error.problem === 'transport' || error.problem === 'timeout')

/** A limiter for one owner, whose work waits for as long as it takes. */
export function createLimiter(limit: number): <V>(work: () => Promise<V>) => Promise<V> {
  const limiter = new Limiter({ total: limit, each: limit })
  return (work) => limiter.run(limiter, undefined, work)
}
