// Of which index the image of a tag was taken. Its digest is nowhere in a stream of OpenShift, and without it each start would have to
// find out what has not changed by fetching it.
import { latestEvent, statusTag } from '../image/access.ts'
import { ORIGINS } from '../image/annotations.ts'
import type { ImageStream } from '../image/types.ts'
import { hash } from '../machinery/hash.ts'

/** Tags of a stream whose index is known; of the rest it is found out anew. */
const MOST = 500
/** Characters of a fingerprint, in hexadecimal: who makes two indexes with the same deceives himself. */
const LENGTH = 16

type Seen = Pick<ImageStream, 'metadata' | 'status'>

/** Whether the newest image of a tag was made of what has this digest. */
export function isMadeOf(stream: Seen, tag: string, digest: string): boolean {
  const known = originsOf(stream).get(tag)
  return known !== undefined && known === fingerprint(stream, tag, digest)
}

/**
 * The value of the annotation when the newest images of these tags were made of these digests; undefined: it stays as it is. Images that have
 * the digest themselves need no entry. It looks like `latest:0123456789abcdef,v1:...`.
 */
export function withOrigins(stream: Seen, made: ReadonlyMap<string, string>): string | undefined {
  const origins = originsOf(stream)
  for (const tag of origins.keys()) if (!statusTag(stream, tag)) origins.delete(tag)
  for (const [tag, digest] of made) {
    const own = latestEvent(stream, tag)?.image
    if (own === undefined || own === digest) origins.delete(tag)
    else origins.set(tag, fingerprint(stream, tag, digest))
  }
  const text = [...origins]
    .slice(-MOST)
    .map(([tag, print]) => `${tag}:${print}`)
    .join(',')
  return text === (stream.metadata.annotations?.[ORIGINS] ?? '') ? undefined : text
}

/** Users can write annotations: what makes no sense is left out. */
function originsOf({ metadata }: Seen): Map<string, string> {
  const entries = (metadata.annotations?.[ORIGINS] ?? '').split(',', MOST).map((entry) => entry.split(':'))
  return new Map(
    entries.flatMap(([tag = '', print = '']) => (tag && print.length === LENGTH ? [[tag, print] as const] : [])),
  )
}

/** Of both, so that it means nothing any more when somebody has moved the tag. */
function fingerprint(stream: Seen, tag: string, digest: string): string {
  const image = latestEvent(stream, tag)?.image ?? ''
  return hash('sha256', `${digest} ${image}`).toString('hex', 0, LENGTH / 2)
}
