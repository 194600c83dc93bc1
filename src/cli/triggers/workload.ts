// The workloads whose triggers live in an annotation.
import { valueAt } from '../../core/image/podSpec.ts'
import { kindOfResource, POD_SPEC, WORKLOAD_KINDS, type WorkloadKind } from '../../core/image/workloads.ts'
import { customProblem } from '../../core/image/workloads/parse.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Selected } from '../resource/select.ts'

/** An object that may have triggers. */
export interface Workload extends KubeObject {
  spec?: { paused?: boolean; [field: string]: unknown }
}

/**
 * The kind of what triggers can change; undefined for everything else. Of a custom resource with a pod template at the usual
 * place that is assumed: whether the server was told of its kind, only the server knows.
 */
export function workloadKind({ kind, object }: Selected): WorkloadKind | undefined {
  const known = kindOfResource(WORKLOAD_KINDS, kind)
  if (known) return known.changes === 'always' ? known : undefined
  const isCustom = customProblem(kind) === undefined && valueAt(POD_SPEC, object) !== undefined
  return isCustom ? { kind: kind.kind, resource: kind, podSpec: POD_SPEC, changes: 'always' } : undefined
}

/** Why triggers cannot be set, where there is more to say. */
export function advice({ kind, object }: Selected): string {
  if (kindOfResource(WORKLOAD_KINDS, kind))
    return `: a ${kind.kind} keeps the images that it is created with; write the annotation into its manifest`
  if (customProblem(kind) === undefined && valueAt(POD_SPEC, object) === undefined)
    return `: there is no pod template at ${POD_SPEC}; if it is elsewhere, write the annotation with kubectl annotate`
  return ''
}
