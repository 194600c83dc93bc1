// Which tags of a stream are checked on a schedule.
import { latestEvent } from '../image/access.ts'
import { isImportable } from '../image/importable.ts'
import type { ImageStream, TagReference } from '../image/types.ts'
import { isDigest } from '../oci/digest.ts'
import { freshnessOf, type Freshness } from './freshness.ts'
import { sourceOf, type Source } from './source.ts'

/** A tag with `importPolicy.scheduled`, and what is asked for it. */
export interface Tracked extends Freshness {
  tag: string
  source: Source
}

/** The scheduled tags of a stream. `fallback`: milliseconds, where neither tag nor stream says how fresh they are to be. */
export function trackedTags(stream: ImageStream, fallback: number): Tracked[] {
  if (stream.metadata.deletionTimestamp) return []
  return (stream.spec.tags ?? []).flatMap((tag) => {
    if (!isImportable(tag) || tag.importPolicy.scheduled !== true) return []
    const source = sourceOf(tag.from?.name ?? '', tag.importPolicy.insecure === true)
    return source && canChange(stream, tag, source)
      ? [{ tag: tag.name, source, ...freshnessOf(stream, tag, fallback) }]
      : []
  })
}

/** What is named by its digest is looked for until it has been found once. */
function canChange(stream: ImageStream, tag: TagReference, { reference }: Source): boolean {
  return !isDigest(reference) || latestEvent(stream, tag.name) === undefined
}
