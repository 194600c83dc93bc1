// What a stream keeps of its history: everything, until it becomes too large to be stored.
import { cutHistories } from './history.ts'
import type { ImageStream } from './types.ts'

/** Bytes of JSON that a stream may have. A store takes 1.5 MB; the rest is for what a later write adds beside the history. */
export const MAX_STREAM = 1_400_000

/** Newest events that every tag keeps, however large its stream is: as many as `oc adm prune images` keeps by default. */
export const KEPT = 3

/** Streams with fewer events are not measured: it is not their history that makes them too large. */
const MEASURED = 1_000

/**
 * Forgets the oldest events of the tags with the longest histories until `stream` (a private copy) is small enough, or has no
 * more to give. Answers how many.
 */
export function retain(stream: ImageStream): number {
  const lists = (stream.status.tags ?? []).map(({ items }) => items ?? [])
  if (lists.reduce((sum, items) => sum + items.length, 0) < MEASURED) return 0
  let excess = Buffer.byteLength(JSON.stringify(stream)) - MAX_STREAM
  if (excess <= 0) return 0
  const saved = sizesByAge(lists)
  let keep = saved.length
  while (keep > KEPT && excess > 0) excess -= saved[--keep]!
  return cutHistories(stream, keep)
}

/** Characters of all events that are the n-th newest of their tag. JSON puts a comma between two. */
function sizesByAge(lists: readonly (readonly unknown[])[]): number[] {
  const sizes: number[] = []
  for (const items of lists) {
    for (const [age, event] of items.entries()) sizes[age] = (sizes[age] ?? 0) + JSON.stringify(event).length + 1
  }
  return sizes
}
