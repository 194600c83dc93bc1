// The workloads whose triggers live in an annotation.
import { isWorkloadKind, type WorkloadKind } from '../../core/image/triggers.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { CommandError } from '../failure.ts'

/** An object that may have triggers. */
export interface Workload extends KubeObject {
  spec?: { paused?: boolean; [field: string]: unknown }
}

/** The kind of a workload; undefined for what cannot be triggered. */
export function workloadKind({ apiVersion = '', kind = '' }: KubeObject): WorkloadKind | undefined {
  if (!isWorkloadKind(kind)) return undefined
  const groups = kind === 'CronJob' ? ['batch'] : ['apps', 'extensions']
  return groups.some((group) => apiVersion.startsWith(`${group}/`)) ? kind : undefined
}

/** The same. Throws CommandError for what cannot be triggered. */
export function requireWorkloadKind(object: KubeObject): WorkloadKind {
  const kind = workloadKind(object)
  if (!kind) throw new CommandError('does not support triggers')
  return kind
}
