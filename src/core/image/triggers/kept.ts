// What an update must leave of an object whose pod spec never changes again: the images that its triggers have set when it was
// created. Whoever applies its manifest again asks for the images that stand there, and would be refused.
import type { KubeObject } from '../../machinery/object.ts'
import { containerPointer, containersOf, type WorkloadKind } from '../workloads.ts'
import { parseTriggers, TRIGGERS_ANNOTATION } from './annotation.ts'
import { parseFieldPath, select } from './fieldPath.ts'
import type { PatchOperation } from './patch.ts'

/** The operations that give containers with triggers the images back that they have in `old`. */
export function keptImages(kind: WorkloadKind, object: KubeObject, old: KubeObject): PatchOperation[] {
  const { triggers } = parseTriggers(object.metadata.annotations?.[TRIGGERS_ANNOTATION])
  const [now, before] = [containersOf(kind, object), containersOf(kind, old)]
  return triggers.flatMap(({ fieldPath, paused }) => {
    const path = parseFieldPath(kind, fieldPath)
    if (paused || path.is !== 'path') return []
    const place = select(now, path.selector)
    const image = select(before, path.selector)?.image
    if (!place || image === undefined || image === place.image) return []
    return [{ op: 'replace', path: containerPointer(kind, place, 'image'), value: image } as const]
  })
}
