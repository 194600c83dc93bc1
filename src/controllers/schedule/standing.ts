// What the checks of a source have come to, which says which places they may take: see Lanes.
import { latestEvent, specTag } from '../../core/image/access.ts'
import { isPending } from '../../core/image/pending.ts'
import type { ImageStream } from '../../core/image/types.ts'
import { importFailure } from '../../core/schedule/verdict.ts'
import type { Entry, Follower } from './book.ts'
import type { Standing } from './lanes.ts'

/** As far as this process knows, or the streams of those who follow it say. */
export function standingOf(
  { failures, followers, checkedAt }: Entry,
  streamOf: (follower: Follower) => ImageStream | undefined,
): Standing {
  const [first] = followers
  const says = (what: (stream: ImageStream, tag: string) => boolean) => (follower: Follower) => {
    const stream = streamOf(follower)
    return stream !== undefined && what(stream, follower.tag)
  }
  const hasFailed = failures > 0 || followers.values().every(says((stream, tag) => !!importFailure(stream, tag)))
  const isKnown = checkedAt !== undefined || followers.values().some(says(isImported))
  const record = hasFailed ? 'failed' : isKnown ? undefined : 'new'
  return { record, owner: first?.namespace ?? '' }
}

/** The stream has what its spec names now: the registry has answered. */
function isImported(stream: ImageStream, name: string): boolean {
  const tag = specTag(stream, name)
  return !!tag && latestEvent(stream, name) !== undefined && !isPending(stream, tag)
}
