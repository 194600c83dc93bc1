// Workloads: one cache per kind that triggers work on, and what names each in a queue.
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import { apiVersionOf, type KubeObject, type ResourceRef } from '../../core/machinery/object.ts'
import { followedStreams, WORKLOAD_RESOURCES, type WorkloadKind } from '../../core/image/triggers.ts'
import { Reflector } from '../../kube/reflector.ts'

/** The workloads of one kind. */
export interface WorkloadCache {
  kind: WorkloadKind
  apiVersion: string
  resource: ResourceRef
  reflector: Reflector<KubeObject>
  /** Those that follow a stream, given as "namespace/name". */
  following: (stream: string) => KubeObject[]
}

/** A cache for every kind; each has to be run. Kinds that the cluster does not serve stay empty until it does. */
export function workloadCaches(options: { client: ObjectClient; log: Log; signal: AbortSignal }): WorkloadCache[] {
  return (Object.keys(WORKLOAD_RESOURCES) as WorkloadKind[]).map((kind) => {
    const resource = WORKLOAD_RESOURCES[kind]
    // Believing that there are no workloads does no harm: none is changed.
    const reflector = new Reflector<KubeObject>({ ...options, resource, optional: true })
    const following = reflector.index(followedStreams)
    return { kind, apiVersion: apiVersionOf(resource), resource, reflector, following }
  })
}

/** What names a workload in a queue. */
export const workloadKey = (kind: WorkloadKind, { metadata }: KubeObject): string =>
  `${kind}/${metadata.namespace ?? ''}/${metadata.name ?? ''}`
