// Quality of service classes. https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
import type { PodSpec } from './types/pod.ts'

const MEASURED = ['cpu', 'memory']

/** Guaranteed, Burstable or BestEffort. */
export function qosClassOf(spec: PodSpec): string {
  const all = [...(spec.initContainers ?? []), ...spec.containers].map(({ resources }) => resources)
  const names = (map: Record<string, string> | undefined): string[] =>
    Object.keys(map ?? {}).filter((name) => MEASURED.includes(name))
  if (all.every((r) => names(r.limits).length + names(r.requests).length === 0)) return 'BestEffort'
  const guaranteed = all.every(({ limits, requests }) =>
    MEASURED.every((name) => limits?.[name] !== undefined && limits[name] === (requests?.[name] ?? limits[name])),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}
