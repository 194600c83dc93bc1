// Stream quotas: keeps `status.used["openshift.io/imagestreams"]` of ResourceQuotas in line with the streams that there are.
// That one number and nothing else: `status.hard` and the names `count/…` are the cluster's own quota controller's, which
// leaves numbers alone that it does not know. So the two never write the same field.
import type { ImageStream } from '../core/image/types.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import type { Log } from '../core/machinery/log.ts'
import type { Metrics } from '../core/machinery/metrics.ts'
import { Ledgers } from '../core/quota/ledgers.ts'
import { isScoped, type Quota, STREAMS } from '../core/quota/quota.ts'
import { type Backoff, exponential } from '../kube/backoff.ts'
import type { Reflector } from '../kube/reflector.ts'
import { type Again, ControlLoop } from './loop.ts'

const QUOTAS = { group: '', version: 'v1', plural: 'resourcequotas' }
/** Quotas written at the same time. */
const CONCURRENCY = 10
/** A lost compare-and-swap waits for the news of what was faster: milliseconds. */
const BACKOFF = exponential({ base: 50, cap: 60_000 })
/** Milliseconds after which it is worth another look whether streams can be counted. */
const UNKNOWN_MS = 5_000

/** What the controller works on. */
export interface StreamQuotasOptions {
  client: Pick<ObjectClient, 'update'>
  /** Both are run by the caller, and may go on when this has ended. */
  streams: Reflector<ImageStream>
  quotas: Reflector<Quota>
  log: Log
  metrics?: Metrics
  signal: AbortSignal
  backoff?: Backoff
  /** Milliseconds that a promise without a stream holds. */
  lifetime?: number
}

/** See above. `run` ends when the signal aborts. */
export class StreamQuotas {
  readonly #options: StreamQuotasOptions
  readonly #loop: ControlLoop
  readonly #ledgers: Ledgers
  /** End what it is told. */
  readonly #leave: readonly (() => void)[]

  constructor(options: StreamQuotasOptions) {
    this.#options = options
    this.#ledgers = new Ledgers(options.lifetime)
    const { streams, quotas, log, metrics, signal, backoff = BACKOFF } = options
    const reconcile = (key: string) => this.#reconcile(key)
    const measured = metrics && { metrics }
    const how = { name: 'stream-quotas', concurrency: CONCURRENCY, reconcile, backoff, log, signal, ...measured }
    this.#loop = new ControlLoop(how)
    const leaveQuotas = quotas.on((change) => {
      this.#ledgers.saw(change, performance.now())
      if (isLimited(change.object)) this.#loop.add(keyOf(change.object))
    })
    const leaveStreams = streams.on(({ type, object }) => {
      if (type === 'updated') return
      for (const quota of quotas.list(object.metadata.namespace ?? '')) {
        if (!isLimited(quota)) continue
        if (type === 'deleted' && !isScoped(quota)) this.#ledgers.get(quota)?.freed(STREAMS)
        this.#loop.add(keyOf(quota))
      }
    })
    this.#leave = [leaveQuotas, leaveStreams]
  }

  async run(): Promise<void> {
    const { streams, signal } = this.#options
    await streams.synced.catch(() => undefined)
    if (!signal.aborted) await this.#loop.run()
    for (const leave of this.#leave) leave()
  }

  /** Resolves when there is nothing to do for now. */
  idle(): Promise<void> {
    return this.#loop.idle()
  }

  async #reconcile(key: string): Promise<Again | undefined> {
    const { client, streams, quotas, signal } = this.#options
    const [namespace = '', name = ''] = key.split('/')
    const quota = quotas.get(namespace, name)
    const ledger = quota && this.#ledgers.get(quota)
    if (!ledger || !isLimited(quota)) return undefined
    // What cannot be listed is not "none": that would give everything away once more.
    if (!streams.isListed) return { after: UNKNOWN_MS }
    const count = isScoped(quota) ? 0 : streams.list(namespace).length
    const look = ledger.look(quota, { [STREAMS]: count }, performance.now())
    if (look.used[STREAMS] !== undefined) {
      const status = { ...quota.status, used: { ...quota.status?.used, ...look.used } }
      const target = { resource: QUOTAS, namespace, name, subresource: 'status' }
      await client.update(target, { ...quota, status } as Quota, { signal })
    }
    ledger.done(look)
    return look.wait === undefined ? undefined : { after: look.wait }
  }
}

/**
 * Whether the quota counts streams. Going by the spec, the number is there before the limit is in force: otherwise every
 * stream would be refused in between, because nobody knows how many there are.
 */
function isLimited({ spec }: Quota): boolean {
  return spec.hard?.[STREAMS] !== undefined
}

const keyOf = ({ metadata }: Quota): string => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
