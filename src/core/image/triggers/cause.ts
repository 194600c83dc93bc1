// The cause of an update. A manifest that is applied again asks for the images that stand in it, and gets those back that it has: what
// triggers do to the request is then no news, and rolls nothing out.
import { deepEqual } from '../../machinery/json/equal.ts'
import type { KubeObject } from '../../machinery/object.ts'
import { templatePath, valueAt } from '../podSpec.ts'
import { containersOf, type WorkloadKind } from '../workloads.ts'
import { changeCause, imageBefore, type ImageChange } from './change.ts'
import { CHANGE_CAUSE_ANNOTATION } from './patch.ts'

/** An update of a workload on its way. */
export interface Update {
  /** The cause that it was asked for with. */
  said: string | undefined
  /** As it is to be stored, with the images that its triggers want. */
  object: KubeObject
  /** As it is stored. */
  old: KubeObject
}

/**
 * What is to be told as the cause of an update whose triggers made these changes to what was asked for: the images that are new. Where
 * none is, it is whatever is told already, unless the pods change in another way: then the writer may say why.
 */
export function updateCause(
  kind: WorkloadKind,
  { said, object, old }: Update,
  changes: readonly ImageChange[],
): string | undefined {
  const containers = containersOf(kind, old)
  const news = changes.filter((change) => imageBefore(containers, change) !== change.to)
  if (news.length > 0) return changeCause(news)
  const told = old.metadata.annotations?.[CHANGE_CAUSE_ANNOTATION]
  const path = templatePath(kind.podSpec) || kind.podSpec
  return deepEqual(valueAt(path, object), valueAt(path, old)) ? (told ?? said) : (said ?? told)
}
