// What a server follows in the cluster all the time, so that requests find it in memory.
import { QUOTAS } from '../../admission/quota.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { Metrics } from '../../core/machinery/metrics.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Quota } from '../../core/quota/quota.ts'
import { Reflector } from '../../kube/reflector.ts'
import { LIMIT_RANGES, limitRanges, type StoredLimitRange } from '../limitRanges.ts'
import { cachedList, mayHave } from './cachedLists.ts'
import { cachedNamespaces, NAMESPACES } from './namespaces.ts'
import { ClusterTrust } from './trust.ts'

/** Through what it is followed, and until when. */
export interface ClusterCacheOptions {
  client: ObjectClient
  /** For what users ask for, and is in no cache. */
  asking: Pick<ObjectClient, 'get' | 'list'>
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

/** The caches. `run` keeps them current; what they give may be used from the beginning on. */
export function clusterCaches(options: ClusterCacheOptions) {
  const { asking } = options
  const trust = new ClusterTrust(options)
  const namespaces = new Reflector<KubeObject>({ ...options, resource: NAMESPACES })
  // Optional: where they may not be watched they are asked for.
  const limits = new Reflector<StoredLimitRange>({ ...options, resource: LIMIT_RANGES, optional: true })
  const quotas = new Reflector<Quota>({ ...options, resource: QUOTAS, optional: true })
  const asked = limitRanges(() => asking)
  return {
    trust,
    namespaces: cachedNamespaces(asking, namespaces),
    limitRanges: cachedList(limits, asked),
    quotas,
    mayHaveQuotas: mayHave(quotas),
    /** Resolve when what requests cannot do without is known. */
    known: { trust: trust.known, namespaces: namespaces.synced },
    async run(): Promise<void> {
      await Promise.all([trust, namespaces, limits, quotas].map((part) => part.run()))
    },
  }
}
