// Whether a tag moves: what has changed lately or often will change again, sooner than the rest.
import { statusTag } from '../image/access.ts'
import type { ImageStream } from '../image/types.ts'

/** Milliseconds in which a change loses half of its weight: a week. */
const HALF_LIFE = 7 * 24 * 3_600_000
/** A tag moves when its changes weigh more: one of two weeks ago, or sixteen of six weeks ago. */
const THRESHOLD = 1 / 4
/** Latest changes that are looked at. */
const MOST = 32

/** Whether the history of a tag says that it moves. `now`: milliseconds since 1970. */
export function moves(stream: Pick<ImageStream, 'status'>, tag: string, now: number): boolean {
  const items = statusTag(stream, tag)?.items ?? []
  // The oldest is where it began, not a change.
  const changes = items.slice(0, Math.min(items.length - 1, MOST))
  const weights = changes.map(({ created }) => {
    const age = Math.max(0, now - Date.parse(created ?? ''))
    return Number.isNaN(age) ? 0 : 2 ** -(age / HALF_LIFE)
  })
  return weights.reduce((sum, weight) => sum + weight, 0) >= THRESHOLD
}
