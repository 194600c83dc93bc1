// Revisions of StatefulSets and DaemonSets: their templates over time, kept as ControllerRevisions.
import { deepEqual } from '../../core/machinery/json/equal.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { isReason } from '../../core/machinery/status.ts'
import type { PodTemplateSpec } from '../types/pod.ts'
import type { ControllerRevision } from '../types/statefulSet.ts'
import { hashOf } from './templateHash.ts'
import type { View } from './view.ts'
import type { World } from './world.ts'

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

interface Templated extends KubeObject {
  spec: { template: PodTemplateSpec; revisionHistoryLimit?: number }
}

/** What a revision stores: a patch that brings the template back. */
const dataOf = (template: PodTemplateSpec): object => ({ spec: { template: { ...template, $patch: 'replace' } } })

/** The template that a revision stores. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec | undefined {
  const stored = (data as { spec?: { template?: PodTemplateSpec & { $patch?: string } } } | null)?.spec?.template
  if (!stored) return undefined
  const { $patch: _patch, ...template } = stored
  return template
}

const byRevision = (a: ControllerRevision, b: ControllerRevision): number => a.revision - b.revision

/** The revisions of an object, oldest first. */
export function revisionsOf(world: World, object: KubeObject): ControllerRevision[] {
  return world.revisions.controlled(object.metadata.uid ?? '').toSorted(byRevision)
}

/**
 * The revision of the object's current template: the newest one if it says the same, an older one made the newest again
 * (a rollback), or a new one. `labels` gives further labels for a hash.
 */
export async function ensureRevision<T extends Templated>(
  world: World,
  view: View<T>,
  object: T,
  labels: (hash: string) => Record<string, string>,
): Promise<ControllerRevision> {
  const all = revisionsOf(world, object)
  const data = dataOf(object.spec.template)
  const last = all.at(-1)
  const same = all.findLast((revision) => deepEqual(revision.data, data))
  const number = (last?.revision ?? 0) + 1
  if (same) {
    const annotations = passedOn(object)
    const old = same.metadata.annotations ?? {}
    const current = same === last ? same.revision : number
    if (same === last && deepEqual(annotations, old)) return same
    const removed = Object.fromEntries(Object.keys(old).map((key) => [key, null]))
    return world.revisions.patch(same, { metadata: { annotations: { ...removed, ...annotations } }, revision: current })
  }
  const { name = '', namespace = '' } = object.metadata
  for (let collisions = 0; ; collisions++) {
    const hash = hashOf(data, collisions)
    try {
      return await world.revisions.create(namespace, {
        metadata: {
          name: `${name}-${hash}`,
          labels: { ...object.spec.template.metadata.labels, ...labels(hash) },
          annotations: passedOn(object),
          ownerReferences: [view.ownedBy(object)],
        },
        data,
        revision: number,
      })
    } catch (error) {
      const known = world.revisions.get(namespace, `${name}-${hash}`)
      // Taken by somebody else: another name. Our own that the cache does not show yet: another look.
      if (
        !isReason(error, 'AlreadyExists') ||
        !known ||
        known.metadata.ownerReferences?.[0]?.uid === object.metadata.uid
      )
        throw error
    }
  }
}

function passedOn({ metadata }: KubeObject): Record<string, string> {
  const { [LAST_APPLIED]: _applied, ...annotations } = metadata.annotations ?? {}
  return annotations
}

/** Deletes the oldest revisions that no pod uses, beyond the limit. */
export async function trimHistory(world: World, object: Templated, used: ReadonlySet<string>): Promise<void> {
  const idle = revisionsOf(world, object).filter(({ metadata }) => !used.has(metadata.name ?? ''))
  const surplus = idle.length - (object.spec.revisionHistoryLimit ?? idle.length)
  for (const revision of idle.slice(0, Math.max(0, surplus))) await world.revisions.delete(revision)
}
