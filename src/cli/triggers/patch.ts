// From a workload and an action to the patch that is sent, and the object as it will be.
import { TRIGGERS_ANNOTATION } from '../../core/image/triggers.ts'
import type { WorkloadKind } from '../../core/image/workloads.ts'
import { editTriggers } from './edit.ts'
import { readTriggers, writeTriggers } from './annotation.ts'
import type { TriggerAction } from './flags.ts'
import type { Workload } from './workload.ts'

/** A merge patch of either type; empty when nothing changes. */
export interface TriggerPatch {
  metadata?: { annotations: Record<string, string> }
  spec?: { paused: boolean | null }
}

/** A patch, and the object after it. */
export interface TriggerChange {
  patch: TriggerPatch
  changed: Workload
}

/** Edits the triggers of a workload. Throws CommandError. */
export function changeTriggers(kind: WorkloadKind, workload: Workload, action: TriggerAction): TriggerChange {
  const definition = editTriggers(readTriggers(kind, workload), action)
  const value = writeTriggers(kind, workload, definition)
  const annotations = { ...workload.metadata.annotations, [TRIGGERS_ANNOTATION]: value }
  const changed: Workload = { ...workload, metadata: { ...workload.metadata, annotations } }
  const patch: TriggerPatch = {}
  if (workload.metadata.annotations?.[TRIGGERS_ANNOTATION] !== value)
    patch.metadata = { annotations: { [TRIGGERS_ANNOTATION]: value } }
  // A Deployment's pause is its missing config trigger; others cannot be paused.
  const paused = workload.spec?.paused === true
  if (kind.kind === 'Deployment' && paused === definition.config) {
    patch.spec = { paused: definition.config ? null : true }
    const { paused: _, ...spec } = workload.spec ?? {}
    changed.spec = definition.config ? spec : { ...spec, paused: true }
  }
  return { patch, changed }
}
