// Workloads: one cache per kind that triggers work on, and what names each in a queue.
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { Metrics } from '../../core/machinery/metrics.ts'
import { qualified, type KubeObject } from '../../core/machinery/object.ts'
import { followedStreams } from '../../core/image/triggers.ts'
import { isCustom, type WorkloadKind } from '../../core/image/workloads.ts'
import { Reflector } from '../../kube/reflector.ts'
import { whileServed } from '../../kube/whileServed.ts'

/** The workloads of one kind. */
export interface WorkloadCache {
  kind: WorkloadKind
  reflector: Reflector<KubeObject>
  /** Those that follow a stream, given as "namespace/name". */
  following: (stream: string) => KubeObject[]
  /** Keeps it current until the signal aborts. */
  run: () => Promise<void>
}

/** What caches are made of. */
export interface CacheOptions {
  client: ObjectClient
  kinds: readonly WorkloadKind[]
  log: Log
  metrics?: Metrics
  signal: AbortSignal
}

/**
 * A cache for every kind whose objects can be changed; each has to be run. Custom kinds that the cluster does not
 * serve stay empty until it does.
 */
export function workloadCaches({ kinds, ...options }: CacheOptions): WorkloadCache[] {
  return kinds.flatMap((kind) => {
    if (kind.changes !== 'always') return []
    // Believing that there are no workloads does no harm: none is changed.
    const reflector = new Reflector<KubeObject>({ ...options, resource: kind.resource, optional: true })
    const run = isCustom(kind) ? () => runWhileServed(reflector, kind, options) : () => reflector.run()
    return [{ kind, reflector, following: reflector.index(followedStreams), run }]
  })
}

async function runWhileServed(
  reflector: Reflector<KubeObject>,
  { resource }: WorkloadKind,
  options: Omit<CacheOptions, 'kinds'>,
): Promise<void> {
  await whileServed(
    { ...options, resource },
    { present: (until) => reflector.run(until), absent: () => reflector.absent() },
  )
  // It may never have been run: now, after the end, whoever waits for it learns of that.
  await reflector.run()
}

/** What names a workload in a queue: "deployments.apps/namespace/name". */
export const workloadKey = ({ resource }: WorkloadKind, { metadata }: KubeObject): string =>
  `${qualified(resource, resource.plural)}/${metadata.namespace ?? ''}/${metadata.name ?? ''}`

/** The workload that a key names; undefined when it is gone. */
export function findWorkload(
  caches: readonly WorkloadCache[],
  key: string,
): { kind: WorkloadKind; object: KubeObject } | undefined {
  const [word, namespace = '', name = ''] = key.split('/')
  const cache = caches.find(({ kind: { resource } }) => qualified(resource, resource.plural) === word)
  const object = cache?.reflector.get(namespace, name)
  return cache && object && { kind: cache.kind, object }
}
