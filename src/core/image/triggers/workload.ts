// Workloads that triggers work on, and where their containers are.
import type { KubeObject } from '../../machinery/object.ts'

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

export type ContainerList = 'containers' | 'initContainers'

/** A container and its place in the pod spec. `image` is undefined where the field is missing. */
export interface ContainerPlace {
  list: ContainerList
  index: number
  name: string
  image: string | undefined
}

/** All containers of a workload, init containers first: that is the order in which names are looked up. */
export function containersOf(kind: WorkloadKind, object: KubeObject): ContainerPlace[] {
  let spec: unknown = object
  for (const key of POD_SPEC_PATHS[kind].split('.')) spec = property(spec, key)
  return [...places(spec, 'initContainers'), ...places(spec, 'containers')]
}

/** JSON pointer of a field of a container. */
export function containerPointer(kind: WorkloadKind, { list, index }: ContainerPlace, field: string): string {
  return `/${POD_SPEC_PATHS[kind].replaceAll('.', '/')}/${list}/${index}/${field}`
}

function places(spec: unknown, list: ContainerList): ContainerPlace[] {
  const containers = property(spec, list)
  if (!Array.isArray(containers)) return []
  return containers.map((container: unknown, index) => {
    const name = property(container, 'name')
    const image = property(container, 'image')
    return {
      list,
      index,
      name: typeof name === 'string' ? name : '',
      image: typeof image === 'string' ? image : undefined,
    }
  })
}

function property(value: unknown, key: string): unknown {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}
