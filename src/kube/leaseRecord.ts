// What a replica knows of a Lease: its state, and since when. https://kubernetes.io/docs/concepts/architecture/leases/
import type { ObjectClient } from '../core/machinery/client.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { ifFound } from '../core/machinery/status.ts'
import type { CacheChange } from './cache.ts'
import { compareVersions } from './version.ts'

export const LEASES = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' }

/** Annotation of a Lease: where its holder is asked, as HOST:PORT. */
const ADDRESS = 'millrace.dev/address'

/** Lease of coordination.k8s.io/v1, as far as elections use it. */
export interface Lease extends KubeObject {
  spec?: LeaseSpec
}

interface LeaseSpec {
  holderIdentity?: string
  leaseDurationSeconds?: number
  acquireTime?: string
  renewTime?: string
  leaseTransitions?: number
}

/** Which Lease, and whose clock. */
export interface LeaseRecordOptions {
  client: ObjectClient
  namespace: string
  name: string
  /** Milliseconds for which a Lease counts that does not say it itself. */
  duration: number
  /** Where others can ask this replica, HOST:PORT: stands in the Lease while it holds it. */
  address?: string | undefined
  /** Milliseconds since some moment; monotonic. */
  now: () => number
  /** The time of day, for what people read in the Lease. */
  date: () => Date
}

/** See above. */
export class LeaseRecord {
  readonly #options: LeaseRecordOptions
  #lease: Lease | undefined
  /** When this state of the Lease was first seen; undefined: the Lease has not been looked at yet. */
  #since: number | undefined
  #isUnheard = false

  constructor(options: LeaseRecordOptions) {
    this.#options = options
  }

  /** Who has it; '' for nobody. */
  get holder(): string {
    return this.#lease?.spec?.holderIdentity ?? ''
  }

  /** Where the holder is asked, HOST:PORT; undefined where there is none, or it does not say. */
  get address(): string | undefined {
    return this.holder ? this.#lease?.metadata.annotations?.[ADDRESS] : undefined
  }

  get isKnown(): boolean {
    return this.#since !== undefined
  }

  /** It was read, or written by us, and the watch has not told of that yet. */
  get isUnheard(): boolean {
    return this.#isUnheard
  }

  /**
   * Milliseconds until somebody else may take it, 0 for now: nobody has it, or whoever has it has not changed it for as long as
   * it says, by our own clock. Clocks of others are not trusted.
   */
  get freeIn(): number {
    if (this.#since === undefined || !this.holder) return 0
    return Math.max(0, this.#since + this.duration - this.#options.now())
  }

  /** Milliseconds for which it counts after each change. */
  get duration(): number {
    const seconds = this.#lease?.spec?.leaseDurationSeconds
    return seconds === undefined ? this.#options.duration : seconds * 1000
  }

  /** What a watch tells; true when it was news. What is older than what we know was on its way while we wrote. */
  hear({ type, object }: CacheChange<Lease>): boolean {
    const order = compareVersions(object.metadata.resourceVersion, this.#lease?.metadata.resourceVersion)
    if (order < 0) return false
    const isNews = order > 0 || type === 'deleted'
    if (isNews) this.#know(type === 'deleted' ? undefined : object)
    this.#isUnheard = false
    return isNews
  }

  /** Reads it. Errors: those of the API. */
  async look(signal: AbortSignal): Promise<void> {
    const { client, namespace, name } = this.#options
    this.#know(await ifFound(client.get<Lease>({ resource: LEASES, namespace, name }, { signal })))
  }

  /**
   * Makes it `identity`'s, or renews it. Error: Conflict, AlreadyExists or NotFound when it is not as known any more.
   * The order matters, see Election: whoever sees this state does so after the request has been sent.
   */
  async hold(identity: string, signal: AbortSignal): Promise<void> {
    const { duration } = this.#options
    const time = this.#time()
    const old = this.#lease?.spec
    const isRenewal = this.holder === identity
    await this.#write(
      {
        holderIdentity: identity,
        leaseDurationSeconds: Math.ceil(duration / 1000),
        acquireTime: isRenewal ? (old?.acquireTime ?? time) : time,
        renewTime: time,
        leaseTransitions: (old?.leaseTransitions ?? 0) + (isRenewal || !old ? 0 : 1),
      },
      signal,
    )
  }

  /** Gives it back, so that the next one need not wait. */
  async release(signal: AbortSignal): Promise<void> {
    await this.#write(
      { ...this.#lease?.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: this.#time() },
      signal,
    )
  }

  async #write(spec: LeaseSpec, signal: AbortSignal): Promise<void> {
    const { client, namespace, name, address } = this.#options
    const { annotations, ...metadata } = this.#lease?.metadata ?? { name, namespace }
    // What the one before has said is no longer true, whatever we say.
    const { [ADDRESS]: _, ...others } = annotations ?? {}
    const body: Lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        ...metadata,
        annotations: { ...others, ...(address && spec.holderIdentity && { [ADDRESS]: address }) },
      },
      spec,
    }
    const target = { resource: LEASES, namespace }
    const stored = this.#lease
      ? await client.update<Lease>({ ...target, name }, body, { signal })
      : await client.create<Lease>(target, body, { signal })
    this.#know(stored)
  }

  #know(lease: Lease | undefined): void {
    const isNews = lease?.metadata.resourceVersion !== this.#lease?.metadata.resourceVersion
    if (isNews || this.#since === undefined) this.#since = this.#options.now()
    if (isNews) this.#isUnheard = true
    this.#lease = lease
  }

  /** MicroTime of meta/v1. */
  #time(): string {
    return this.#options.date().toISOString().replace('Z', '000Z')
  }
}
