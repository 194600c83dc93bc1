// What an update must leave of an object whose pod spec never changes again: the images that its triggers have set when it was
// created. Whoever applies its manifest again asks for the images that stand there, and would be refused.
import type { KubeObject } from '../../machinery/object.ts'
import { containerPointer, containersOf, type WorkloadKind } from '../workloads.ts'
import { parseTriggers, TRIGGERS_ANNOTATION, type Trigger } from './annotation.ts'
import { parseFieldPath, select } from './fieldPath.ts'
import type { PatchOperation } from './patch.ts'

/**
 * The operations that give containers the images back that they have in `old`: those with a trigger that counts now, or counted
 * then. Pausing or removing a trigger does not give back the image of the manifest.
 */
export function keptImages(kind: WorkloadKind, object: KubeObject, old: KubeObject): PatchOperation[] {
  const [now, before] = [containersOf(kind, object), containersOf(kind, old)]
  const operations = new Map<string, PatchOperation>()
  for (const { fieldPath, paused } of [...triggersOf(old), ...triggersOf(object)]) {
    const path = parseFieldPath(kind, fieldPath)
    if (paused || path.is !== 'path') continue
    const place = select(now, path.selector)
    const image = select(before, path.selector)?.image
    if (!place || image === undefined || image === place.image) continue
    const pointer = containerPointer(kind, place, 'image')
    operations.set(pointer, { op: 'replace', path: pointer, value: image })
  }
  return [...operations.values()]
}

const triggersOf = ({ metadata }: KubeObject): readonly Trigger[] =>
  parseTriggers(metadata.annotations?.[TRIGGERS_ANNOTATION]).triggers
