// Workloads that triggers work on, and where their containers are.
import type { KubeObject } from '../../machinery/object.ts'
import { containersAt, pointerAt, type ContainerPlace } from '../podSpec.ts'

/** Kinds that can carry the annotation, each with the path of its pod spec. Jobs cannot: their template never changes. */
export const POD_SPEC_PATHS = {
  CronJob: 'spec.jobTemplate.spec.template.spec',
  DaemonSet: 'spec.template.spec',
  Deployment: 'spec.template.spec',
  StatefulSet: 'spec.template.spec',
} as const

export type WorkloadKind = keyof typeof POD_SPEC_PATHS

/** Whether a kind can carry the annotation. */
export const isWorkloadKind = (kind: string): kind is WorkloadKind => Object.hasOwn(POD_SPEC_PATHS, kind)

/** Kinds by `group/plural`. */
const KINDS: ReadonlyMap<string, WorkloadKind> = new Map([
  ['apps/daemonsets', 'DaemonSet'],
  ['apps/deployments', 'Deployment'],
  ['apps/statefulsets', 'StatefulSet'],
  ['batch/cronjobs', 'CronJob'],
])

/** The kind that a resource holds, if it is one that can carry the annotation. */
export function kindOfResource({ group, plural }: { group: string; plural: string }): WorkloadKind | undefined {
  return KINDS.get(`${group}/${plural}`)
}

/** All containers of a workload, init containers first: that is the order in which names are looked up. */
export function containersOf(kind: WorkloadKind, object: KubeObject): ContainerPlace[] {
  return containersAt(POD_SPEC_PATHS[kind], object)
}

/** JSON pointer of a field of a container. */
export function containerPointer(kind: WorkloadKind, place: ContainerPlace, field: string): string {
  return pointerAt(POD_SPEC_PATHS[kind], place, field)
}
