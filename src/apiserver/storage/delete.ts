import { clone } from '../../core/machinery/json/clone.ts'
import { formatTime, type KubeObject } from '../../core/machinery/object.ts'
import type { Context, DeleteOptions, ListOptions } from '../../core/machinery/resource.ts'
import { conflict, forbidden, isReason, type Status, success } from '../../core/machinery/status.ts'
import type { Entry } from '../../store/store.ts'
import { type Definition, load, present, written } from './definition.ts'
import { list } from './list.ts'
import { swap } from './swap.ts'

const FOREGROUND = 'foregroundDeletion'
const ORPHAN = 'orphan'

/** Seconds: a century. Beyond some 250,000 years a deletionTimestamp could not be written at all. */
const MAX_GRACE = 100 * 365 * 86_400

/**
 * Deletes a name: at once, or, with finalizers or a grace period, by marking it. Answers a Status of success, or the marked
 * object. Errors: NotFound, Forbidden (undeletable), Conflict (preconditions).
 */
export function remove<T extends KubeObject>(
  d: Definition<T>,
  context: Context,
  name: string,
  options: DeleteOptions,
): Promise<T | Status> {
  return swap<T, T | Status>(d, context, name, async () => {
    const entry = await load(d, context.namespace, name)
    const protection = d.rules.undeletable?.(entry.object as T)
    if (protection) throw forbidden(d.subject, name, protection)
    checkPreconditions(d, name, entry, options)
    const marked = mark(d, context, entry.object as T, options)
    if (!marked) {
      const gone = context.dryRun ? entry : await d.store.delete(entry.key, entry.revision)
      return gone && deleted(d, entry)
    }
    const stored = context.dryRun
      ? { ...entry, object: marked }
      : await written(d.store.update(entry.key, marked, entry.revision))
    return stored && present(d, stored)
  })
}

function checkPreconditions<T extends KubeObject>(
  d: Definition<T>,
  name: string,
  entry: Entry,
  o: DeleteOptions,
): void {
  const { uid, resourceVersion } = entry.object.metadata
  const differs = (what: string, given: string, real = ''): void => {
    throw conflict(
      { group: d.group, plural: d.kind },
      name,
      `the ${what} in the precondition (${given}) does not match the ${what} in record (${real}). The object might have been ${what === 'UID' ? 'deleted and then recreated' : 'modified'}`,
    )
  }
  if (o.uid && o.uid !== uid) differs('UID', o.uid, uid)
  if (o.resourceVersion && o.resourceVersion !== resourceVersion)
    differs('ResourceVersion', o.resourceVersion, resourceVersion)
}

/** The object with its deletion mark, or undefined when it can go at once. */
function mark<T extends KubeObject>(d: Definition<T>, context: Context, old: T, options: DeleteOptions): T | undefined {
  const object = clone(old)
  const meta = object.metadata
  const finalizers = new Set(meta.finalizers)
  if (options.propagationPolicy) {
    finalizers.delete(FOREGROUND)
    finalizers.delete(ORPHAN)
    if (options.propagationPolicy === 'Foreground') finalizers.add(FOREGROUND)
    if (options.propagationPolicy === 'Orphan') finalizers.add(ORPHAN)
  }
  const asked = options.gracePeriodSeconds ?? d.rules.gracePeriodSeconds?.(old) ?? 0
  const period = Math.min(Math.max(0, asked), MAX_GRACE)
  const grace = d.rules.gracePeriodSeconds?.(old) ? period : 0
  if (finalizers.size === 0 && grace === 0) return undefined
  if (finalizers.size > 0) meta.finalizers = [...finalizers]
  else delete meta.finalizers
  const running = meta.deletionGracePeriodSeconds
  if (meta.deletionTimestamp !== undefined && (running ?? 0) <= grace) return object
  meta.deletionTimestamp = formatTime(new Date(context.now().getTime() + grace * 1000))
  meta.deletionGracePeriodSeconds = grace
  if (meta.generation) meta.generation++
  return object
}

function deleted<T extends KubeObject>(d: Definition<T>, entry: Entry): Status {
  const { name, uid } = entry.object.metadata
  return {
    ...success(),
    details: { name: name!, ...(d.group && { group: d.group }), kind: d.plural, uid: uid! },
  }
}

/** Deletes everything that a list with these options shows, and answers that list. */
export async function removeAll<T extends KubeObject>(
  d: Definition<T>,
  context: Context,
  options: ListOptions,
  how: DeleteOptions,
): Promise<Awaited<ReturnType<typeof list<T>>>> {
  const found = await list(d, context, options)
  for (const object of found.items) {
    await remove(d, context, object.metadata.name!, how).catch((error: unknown) => {
      if (!isReason(error, 'NotFound')) throw error
    })
  }
  return found
}
