// The workloads whose triggers live in an annotation, and where their containers are.
import type { KubeObject } from '../../core/machinery/object.ts'

export interface Container {
  name: string
  image?: string
}

interface PodSpec {
  containers?: Container[] | null
  initContainers?: Container[] | null
}

export interface Workload extends KubeObject {
  spec?: {
    paused?: boolean
    template?: { spec?: PodSpec }
    jobTemplate?: { spec?: { template?: { spec?: PodSpec } } }
  }
}

/** Annotation that carries the triggers. */
export const TRIGGERS = 'image.openshift.io/triggers'

/** Path of the pod spec by kind and group; undefined for what cannot be triggered. */
export function podSpecPath(object: KubeObject): string | undefined {
  const group = object.apiVersion?.split('/')[0]
  if (group === 'batch') return object.kind === 'CronJob' ? 'spec.jobTemplate.spec.template.spec' : undefined
  const isApps = group === 'apps' || group === 'extensions'
  return isApps && ['Deployment', 'DaemonSet', 'StatefulSet'].includes(object.kind ?? '')
    ? 'spec.template.spec'
    : undefined
}

/** Containers of a workload, and its init containers. */
export function containersOf(workload: Workload): { containers: Container[]; initContainers: Container[] } {
  const template = workload.kind === 'CronJob' ? workload.spec?.jobTemplate?.spec?.template : workload.spec?.template
  const { containers, initContainers } = template?.spec ?? {}
  return { containers: containers ?? [], initContainers: initContainers ?? [] }
}
