// The annotation in the wrong place: on the pod template, where nobody reads it.
import type { KubeObject } from '../../machinery/object.ts'
import { metadataPath, valueAt } from '../podSpec.ts'
import { isControlled, kindName, type WorkloadKind } from '../workloads.ts'
import { TRIGGERS_ANNOTATION } from './annotation.ts'

/**
 * What to tell the writer of an object whose pod template bears the annotation. Nothing where the object bears the same itself, as
 * tools leave it that annotate both, nor where a controller made the object: what that was made from is where to tell.
 */
export function misplacedTriggers(kind: WorkloadKind, object: KubeObject): string | undefined {
  const path = metadataPath(kind.podSpec)
  const annotations = Object.entries(valueAt(`${path}.annotations`, object) ?? {})
  const found = annotations.find(([name]) => name === TRIGGERS_ANNOTATION)
  if (!found || found[1] === object.metadata.annotations?.[TRIGGERS_ANNOTATION] || isControlled(object))
    return undefined
  const where = `the annotation ${TRIGGERS_ANNOTATION} is on the pod template (${path})`
  return `${where}: triggers are read from the metadata of the ${kindName(kind, object)} itself`
}
