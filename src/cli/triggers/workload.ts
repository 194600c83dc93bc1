// The workloads whose triggers live in an annotation.
import { kindOfResource, WORKLOAD_KINDS, type WorkloadKind } from '../../core/image/workloads.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Selected } from '../resource/select.ts'

/** An object that may have triggers. */
export interface Workload extends KubeObject {
  spec?: { paused?: boolean; [field: string]: unknown }
}

/** The kind of what triggers can change; undefined for everything else. */
export function workloadKind({ kind }: Selected): WorkloadKind | undefined {
  const known = kindOfResource(WORKLOAD_KINDS, kind)
  return known?.changes === 'always' ? known : undefined
}
