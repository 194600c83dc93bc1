// Annotations by which Deployments and their ReplicaSets keep count of revisions; kubectl reads them.
import type { ObjectMeta } from '../../core/machinery/object.ts'

export const REVISION = 'deployment.kubernetes.io/revision'
const HISTORY = 'deployment.kubernetes.io/revision-history'
const DESIRED = 'deployment.kubernetes.io/desired-replicas'
const MAX = 'deployment.kubernetes.io/max-replicas'
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const DEPRECATED_ROLLBACK = 'deprecated.deployment.rollback.to'

/** These belong to one object and are not passed on. */
const OWN = new Set([REVISION, HISTORY, DESIRED, MAX, LAST_APPLIED, DEPRECATED_ROLLBACK])

type Annotations = Readonly<Record<string, string>>
interface Annotated {
  metadata: ObjectMeta
}

/** The revision of a ReplicaSet or Deployment; 0 when it has none. */
export function revisionOf({ metadata }: Annotated): number {
  const revision = Number(metadata.annotations?.[REVISION] ?? 0)
  return Number.isSafeInteger(revision) && revision > 0 ? revision : 0
}

/** How many replicas the Deployment wanted when it last scaled this ReplicaSet; undefined when it never did. */
export function desiredOf({ metadata }: Annotated): number | undefined {
  const text = metadata.annotations?.[DESIRED]
  return text === undefined ? undefined : Number(text)
}

/** Annotations that say for how many replicas a ReplicaSet was scaled. */
export const replicaAnnotations = (replicas: number, surge: number): Annotations => ({
  [DESIRED]: String(replicas),
  [MAX]: String(replicas + surge),
})

/** What the newest ReplicaSet carries: the Deployment's annotations, its revision, and former revisions of the same template. */
export function newSetAnnotations(deployment: Annotated, current: Annotations, revision: number): Annotations {
  const passed = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !OWN.has(key))
  const next: Record<string, string> = { ...current, ...Object.fromEntries(passed), [REVISION]: String(revision) }
  const before = current[REVISION]
  if (before !== undefined && before !== String(revision)) {
    next[HISTORY] = current[HISTORY] ? `${current[HISTORY]},${before}` : before
  }
  return next
}
