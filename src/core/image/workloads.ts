// Workloads: objects that make pods from a template. A kind of them is a plain record. Whatever works on workloads (the trigger
// controller, admission, rules of webhooks, the command line) is given a list of these, and knows no kind by itself.
import type { KubeObject, ResourceRef } from '../machinery/object.ts'
import { containersAt, pointerAt, type ContainerPlace } from './podSpec.ts'

/** A kind of objects that have a pod spec somewhere. */
export interface WorkloadKind {
  /** What its objects call themselves. Absent where each of them says it: custom resources do, also in lists. */
  kind?: string
  /** What URLs name. */
  resource: ResourceRef
  /** Names joined by dots: `spec.template.spec`. */
  podSpec: string
  /** When the pod spec of an object may change: at any time, or never again once the object is there. */
  changes: 'always' | 'atCreation'
}

/** Where most kinds have their pod spec. */
export const POD_SPEC = 'spec.template.spec'

const builtIn = (group: string, kind: string, more: Partial<WorkloadKind> = {}): WorkloadKind => ({
  kind,
  resource: { group, version: 'v1', plural: `${kind.toLowerCase()}s` },
  podSpec: POD_SPEC,
  changes: 'always',
  ...more,
})

/** The kinds of Kubernetes that triggers work on. */
export const WORKLOAD_KINDS: readonly WorkloadKind[] = [
  builtIn('batch', 'CronJob', { podSpec: 'spec.jobTemplate.spec.template.spec' }),
  builtIn('apps', 'DaemonSet'),
  builtIn('apps', 'Deployment'),
  builtIn('batch', 'Job', { changes: 'atCreation' }),
  builtIn('apps', 'StatefulSet'),
]

/** Kinds whose objects are mostly made from others, by their controllers. Triggers leave them to those others. */
export const DERIVED_KINDS: readonly WorkloadKind[] = [
  builtIn('', 'Pod', { podSpec: 'spec' }),
  builtIn('apps', 'ReplicaSet'),
  builtIn('', 'ReplicationController'),
]

/** The kind that a resource holds, if it is one of these. Its version does not matter. */
export function kindOfResource(
  kinds: readonly WorkloadKind[],
  { group, plural }: Pick<ResourceRef, 'group' | 'plural'>,
): WorkloadKind | undefined {
  return kinds.find(({ resource }) => resource.plural === plural && resource.group === group)
}

/** Whether the kind is that of custom resources, which are there only while a definition of them is. */
export const isCustom = ({ resource }: WorkloadKind): boolean =>
  kindOfResource([...WORKLOAD_KINDS, ...DERIVED_KINDS], resource) === undefined

/** Whether a controller made the object from another one, and keeps it as that says. */
export const isControlled = ({ metadata }: KubeObject): boolean =>
  metadata.ownerReferences?.some(({ controller }) => controller) ?? false

/** What people call the object's kind. Lists of Kubernetes' own kinds hold objects that do not say it. */
export const kindName = ({ kind, resource }: WorkloadKind, object: KubeObject): string =>
  object.kind ?? kind ?? resource.plural

/** All containers of a workload, init containers first: that is the order in which names are looked up. */
export function containersOf({ podSpec }: WorkloadKind, object: KubeObject): ContainerPlace[] {
  return containersAt(podSpec, object)
}

/** JSON pointer of a field of a container. */
export function containerPointer({ podSpec }: WorkloadKind, place: ContainerPlace, field: string): string {
  return pointerAt(podSpec, place, field)
}
