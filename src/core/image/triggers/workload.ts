// Workloads that triggers work on, and where their containers are.
import type { KubeObject, ResourceRef } from '../../machinery/object.ts'
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

/** What a URL names for each kind. */
export const WORKLOAD_RESOURCES: Readonly<Record<WorkloadKind, ResourceRef>> = {
  CronJob: { group: 'batch', version: 'v1', plural: 'cronjobs' },
  DaemonSet: { group: 'apps', version: 'v1', plural: 'daemonsets' },
  Deployment: { group: 'apps', version: 'v1', plural: 'deployments' },
  StatefulSet: { group: 'apps', version: 'v1', plural: 'statefulsets' },
}

/** The kind that a resource holds, if it is one that can carry the annotation. */
export function kindOfResource({ group, plural }: { group: string; plural: string }): WorkloadKind | undefined {
  const kinds = Object.keys(WORKLOAD_RESOURCES) as WorkloadKind[]
  return kinds.find((kind) => WORKLOAD_RESOURCES[kind].plural === plural && WORKLOAD_RESOURCES[kind].group === group)
}

/** All containers of a workload, init containers first: that is the order in which names are looked up. */
export function containersOf(kind: WorkloadKind, object: KubeObject): ContainerPlace[] {
  return containersAt(POD_SPEC_PATHS[kind], object)
}

/** JSON pointer of a field of a container. */
export function containerPointer(kind: WorkloadKind, place: ContainerPlace, field: string): string {
  return pointerAt(POD_SPEC_PATHS[kind], place, field)
}
