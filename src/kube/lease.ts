// Leader election: of several replicas that want to do the same, one does. https://kubernetes.io/docs/concepts/architecture/leases/
// As in client-go: who holds a Lease renews it; who wants it waits until it has not been renewed for a whole duration, by its own clock.
import type { ObjectClient } from '../core/machinery/client.ts'
import type { Log } from '../core/machinery/log.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { ifFound, isReason } from '../core/machinery/status.ts'
import { pause } from './backoff.ts'

/** Lease of coordination.k8s.io/v1, as far as elections use it. */
interface Lease extends KubeObject {
  spec?: {
    holderIdentity?: string
    leaseDurationSeconds?: number
    acquireTime?: string
    renewTime?: string
    leaseTransitions?: number
  }
}

const LEASES = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' }

/** Where the Lease lies, and how fast the election is. */
export interface ElectionOptions {
  client: ObjectClient
  namespace: string
  name: string
  /** Who this replica is; different for each. */
  identity: string
  log: Log
  signal: AbortSignal
  /** Milliseconds after which others may take a Lease that is not renewed. Default 10,000. */
  duration?: number
  /** Milliseconds between two looks, and between renewals. Default 2,000. */
  period?: number
  /** Milliseconds since some moment; monotonic. */
  now?: () => number
  /** The time of day, for what people read in the Lease. */
  date?: () => Date
}

const DURATION = 10_000
const PERIOD = 2_000
/**
 * Of the duration: a leader that could not renew for so long stops. With a period and a request on top of it, it has stopped
 * before anybody may follow it.
 */
const RENEW_DEADLINE = 0.5

/** One replica's part in an election. */
export class Election {
  readonly #options: Required<ElectionOptions>
  /** What the Lease said when it last changed, and when that was seen. */
  #seen: { version: string; at: number } | undefined
  #lease: Lease | undefined

  constructor(options: ElectionOptions) {
    this.#options = {
      duration: DURATION,
      period: PERIOD,
      now: () => performance.now(),
      date: () => new Date(),
      ...options,
    }
  }

  /**
   * Waits for the Lease, runs `work` while it is held, and so on until the signal aborts; then gives the Lease back. The signal
   * that `work` gets aborts when the Lease is lost: what it does must have ended before somebody else may begin.
   */
  async run(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal, period, log, identity } = this.#options
    while (!signal.aborted) {
      if (await this.#attempt()) {
        log.info({ identity }, 'leading')
        await this.#lead(work)
        log.info({ identity }, 'leading no more')
      }
      await pause(period, signal)
    }
  }

  async #lead(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal, duration, period, now } = this.#options
    const lost = new AbortController()
    const working = work(AbortSignal.any([signal, lost.signal]))
    const isOver = working.then(
      () => true,
      () => true,
    )
    let renewed = now()
    while (!signal.aborted) {
      const over = await Promise.race([pause(period, signal).then(() => false), isOver])
      if (over || signal.aborted) break
      if (await this.#attempt()) renewed = now()
      else if (this.#holder() !== this.#options.identity || now() - renewed > duration * RENEW_DEADLINE) break
    }
    lost.abort()
    await working.catch((error: unknown) => this.#options.log.error({ err: error }, 'the work of the leader failed'))
    if (this.#holder() === this.#options.identity) await this.#release()
  }

  #holder(): string | undefined {
    return this.#lease?.spec?.holderIdentity
  }

  /** Takes or renews the Lease; false when it is somebody else's, or cannot be written. */
  async #attempt(): Promise<boolean> {
    const { client, identity, log } = this.#options
    try {
      await this.#look()
      if (this.#holder() !== identity && !this.#isFree()) return false
      const next = this.#next()
      const { namespace, name } = this.#options
      const target = { resource: LEASES, namespace }
      const stored = this.#lease
        ? await client.update<Lease>({ ...target, name }, next, this.#patience())
        : await client.create<Lease>(target, next, this.#patience())
      this.#remember(stored)
      return true
    } catch (error) {
      // Two that want the same at once: one is late.
      const late = isReason(error, 'Conflict') || isReason(error, 'AlreadyExists')
      log[late ? 'debug' : 'warn']({ err: error, identity }, 'the lease could not be taken')
      return false
    }
  }

  async #look(): Promise<void> {
    const { client, namespace, name } = this.#options
    const found = await ifFound(client.get<Lease>({ resource: LEASES, namespace, name }, this.#patience()))
    if (found) return this.#remember(found)
    this.#lease = undefined
    this.#seen = undefined
  }

  #remember(lease: Lease): void {
    const version = lease.metadata.resourceVersion ?? ''
    if (this.#seen?.version !== version) this.#seen = { version, at: this.#options.now() }
    this.#lease = lease
  }

  /** Nobody has it, or whoever has it has not renewed it for as long as it says. Clocks of others are not trusted. */
  #isFree(): boolean {
    if (!this.#lease || !this.#seen || !this.#holder()) return true
    const seconds = this.#lease.spec?.leaseDurationSeconds
    const duration = seconds === undefined ? this.#options.duration : seconds * 1000
    return this.#options.now() - this.#seen.at >= duration
  }

  #next(): Lease {
    const { identity, name, namespace, duration } = this.#options
    const time = this.#time()
    const old = this.#lease
    const renewing = this.#holder() === identity
    const acquireTime = renewing ? (old?.spec?.acquireTime ?? time) : time
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: old ? old.metadata : { name, namespace },
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: Math.ceil(duration / 1000),
        acquireTime,
        renewTime: time,
        leaseTransitions: (old?.spec?.leaseTransitions ?? 0) + (renewing || !old ? 0 : 1),
      },
    }
  }

  /** So that the next one need not wait. */
  async #release(): Promise<void> {
    const { client, namespace, name, log } = this.#options
    const { metadata, spec } = this.#next()
    const released = { ...spec, holderIdentity: '', leaseDurationSeconds: 1 }
    const body: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: released }
    try {
      await client.update({ resource: LEASES, namespace, name }, body, this.#patience())
    } catch (error) {
      log.debug({ err: error }, 'the lease could not be given back')
    }
  }

  /** No request lasts longer than a period. */
  #patience(): { signal: AbortSignal } {
    return { signal: AbortSignal.timeout(this.#options.period) }
  }

  /** MicroTime of meta/v1. */
  #time(): string {
    return this.#options.date().toISOString().replace('Z', '000Z')
  }
}
