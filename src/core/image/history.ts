// The only place where status.tags changes: events, conditions, generations, removal.
import { statusTag } from './access.ts'
import { withoutTag, withTag } from './tagLists.ts'
import type { ImageStream, NamedTagEventList, TagEvent, TagEventCondition } from './types.ts'

/** The only type of condition that a tag has. Success is told by its absence. */
export const IMPORT_SUCCESS = 'ImportSuccess'

/** Whether two events point at the same: the same image in the same place. */
export function isSameTarget(
  a: Pick<TagEvent, 'image' | 'dockerImageReference'>,
  b: Pick<TagEvent, 'image' | 'dockerImageReference'>,
): boolean {
  return a.image === b.image && a.dockerImageReference === b.dockerImageReference
}

/**
 * Records that a tag points at an image. Only the newest event is compared: one of the same image, reference and generation
 * changes nothing; one that shares image or reference is corrected in place and keeps its time; one that shares neither goes
 * on top. Every change clears the tag's conditions. False: nothing changed.
 */
export function addEvent(stream: ImageStream, tag: string, event: TagEvent): boolean {
  const list = statusTag(stream, tag)
  const newest = list?.items?.[0]
  if (!list || !newest) {
    replace(stream, { tag, items: [{ ...event }] })
    return true
  }
  const sameImage = newest.image === event.image
  const sameReference = newest.dockerImageReference === event.dockerImageReference
  if (isSameTarget(newest, event) && newest.generation === event.generation) return false
  const items = list.items!.slice(1)
  const { image, dockerImageReference, generation } = event
  if (sameImage || sameReference) items.unshift({ ...newest, image, dockerImageReference, generation })
  else items.unshift({ ...event }, newest)
  replace(stream, { tag, items })
  return true
}

/** Records why a tag could not be imported, in place of all its conditions. False: the same is already recorded. */
export function addFailure(
  stream: ImageStream,
  tag: string,
  failure: Omit<TagEventCondition, 'type' | 'status'>,
): boolean {
  const list = statusTag(stream, tag)
  const same = list?.conditions?.some(
    (c) =>
      c.type === IMPORT_SUCCESS &&
      c.status === 'False' &&
      (c.reason ?? '') === (failure.reason ?? '') &&
      (c.message ?? '') === (failure.message ?? ''),
  )
  if (same) return false
  const { lastTransitionTime, reason, message, generation } = failure
  const condition: TagEventCondition = {
    type: IMPORT_SUCCESS,
    status: 'False',
    lastTransitionTime,
    ...(reason && { reason }),
    ...(message && { message }),
    generation,
  }
  replace(stream, { tag, items: list?.items ?? null, conditions: [condition] })
  return true
}

/** Forgets what stood in the way of a tag. */
export function clearConditions(stream: ImageStream, tag: string): void {
  delete statusTag(stream, tag)?.conditions
}

/** Sets the generation of the newest event of a tag. */
export function setEventGeneration(stream: ImageStream, tag: string, generation: number): void {
  const list = statusTag(stream, tag)
  const [newest, ...older] = list?.items ?? []
  if (list && newest) list.items = [{ ...newest, generation }, ...older]
}

/** Removes a tag with its whole history; false when there is none. */
export function removeHistory(stream: ImageStream, tag: string): boolean {
  const before = stream.status.tags ?? []
  setAll(stream, [...withoutTag(before, tag)])
  return (stream.status.tags?.length ?? 0) < before.length
}

/** Leaves every tag its newest `keep` events; how many were forgotten. */
export function cutHistories(stream: ImageStream, keep: number): number {
  let forgotten = 0
  for (const list of stream.status.tags ?? []) {
    if (!list.items || list.items.length <= keep) continue
    forgotten += list.items.length - keep
    list.items = list.items.slice(0, keep)
  }
  return forgotten
}

/** Removes tags that have neither events nor conditions. */
export function dropEmpty(stream: ImageStream): void {
  setAll(
    stream,
    (stream.status.tags ?? []).filter((t) => t.items?.length || t.conditions?.length),
  )
}

function replace(stream: ImageStream, list: NamedTagEventList): void {
  stream.status.tags = withTag(stream.status.tags, list)
}

function setAll(stream: ImageStream, tags: NamedTagEventList[]): void {
  if (tags.length > 0) stream.status.tags = tags
  else delete stream.status.tags
}
