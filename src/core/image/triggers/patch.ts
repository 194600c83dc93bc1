// The patch of a plan: one image per container and the cause of the change, nothing else. It tests what the plan was made
// from, so that an edit of the same fields in the meantime makes it fail instead of being lost; an edit of others is no matter.
import type { KubeObject } from '../../machinery/object.ts'
import { TRIGGERS_ANNOTATION } from './annotation.ts'
import { changeCause, type ImageChange } from './change.ts'
import type { ContainerPlace } from '../podSpec.ts'
import { containerPointer, type WorkloadKind } from '../workloads.ts'

/** Shown by `kubectl rollout history`, which copies it from the workload to each of its revisions. */
export const CHANGE_CAUSE_ANNOTATION = 'kubernetes.io/change-cause'

/** The operations of RFC 6902 that are used. */
export interface PatchOperation {
  op: 'add' | 'replace' | 'test'
  path: string
  value: string
}

/** See above. The object has annotations: its triggers came from there. */
export function imagePatch(
  kind: WorkloadKind,
  object: KubeObject,
  changes: readonly (readonly [ContainerPlace, ImageChange])[],
): PatchOperation[] {
  const annotations = object.metadata.annotations ?? {}
  const triggers = annotations[TRIGGERS_ANNOTATION] ?? ''
  const operations: PatchOperation[] = [{ op: 'test', path: annotationPointer(TRIGGERS_ANNOTATION), value: triggers }]
  for (const [place, change] of changes) {
    const image = containerPointer(kind, place, 'image')
    // Some custom resources have containers without names; they stay where they are.
    if (place.name) operations.push({ op: 'test', path: containerPointer(kind, place, 'name'), value: place.name })
    if (place.image === undefined) operations.push({ op: 'add', path: image, value: change.to })
    else
      operations.push({ op: 'test', path: image, value: place.image }, { op: 'replace', path: image, value: change.to })
  }
  const cause = changeCause(changes.map(([, change]) => change))
  operations.push({ op: 'add', path: annotationPointer(CHANGE_CAUSE_ANNOTATION), value: cause })
  return operations
}

function annotationPointer(name: string): string {
  return `/metadata/annotations/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}
