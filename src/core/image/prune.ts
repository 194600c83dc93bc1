// Pruning: which entries of histories and which images nobody needs any more. Pure: what is used, and how old is too young,
// are arguments; the caller deletes.
import { isSet, MANAGED } from './annotations.ts'
import { isUsedImage, type ImageUsage } from './prune/usage.ts'
import type { Image, ImageStream, NamedTagEventList, TagEvent } from './types.ts'

export { collectUsage, type ImageUsage, type InvalidReference, type Referrer } from './prune/usage.ts'

/** What stays although nobody uses it. */
export interface PruneRules {
  /** What came later than this (milliseconds since 1970) stays. Does not count with `tooLarge`. */
  youngerThan: number
  /** So many of the newest entries of each tag stay. Does not count with `tooLarge`. */
  revisions: number
  /** Also images that were not pushed to the integrated registry. */
  all: boolean
  /** Pruning by size: of the histories, only images that are too large for the namespace go. */
  tooLarge?: (namespace: string, image: Image) => boolean
}

/** What there is and what is used. */
export interface PruneState {
  images: ReadonlyMap<string, Image>
  usage: ImageUsage
}

/** A stream without the entries that nobody needs; tags that lose their last entry go. `dropped`: how many entries went. */
export function pruneHistories(
  stream: ImageStream,
  state: PruneState,
  rules: PruneRules,
): { stream: ImageStream; dropped: number } {
  if (!rules.tooLarge && isYounger(stream.metadata.creationTimestamp, rules)) return { stream, dropped: 0 }
  let dropped = 0
  const tags = (stream.status.tags ?? []).flatMap((history): NamedTagEventList[] => {
    const items = history.items ?? []
    const kept = items.filter((event, revision) => staysInHistory(stream, history.tag, event, revision, state, rules))
    dropped += items.length - kept.length
    if (kept.length === items.length) return [history]
    return kept.length > 0 ? [{ ...history, items: kept }] : []
  })
  if (dropped === 0) return { stream, dropped }
  const { tags: _, ...status } = stream.status
  return { stream: { ...stream, status: { ...status, ...(tags.length > 0 && { tags }) } }, dropped }
}

function staysInHistory(
  { metadata: { namespace = '', name = '' } }: ImageStream,
  tag: string,
  event: TagEvent,
  revision: number,
  { images, usage }: PruneState,
  rules: PruneRules,
): boolean {
  if (!rules.tooLarge && isYounger(event.created, rules)) return true
  if (revision === 0 && usage.tags.has(`${namespace}/${name}:${tag}`)) return true
  if (event.image !== '') {
    const image = images.get(event.image)
    if (!image) return false
    if (isUsedImage(usage, namespace, name, event.image)) return true
    if (rules.tooLarge) return !rules.tooLarge(namespace, image)
  }
  // Entries without image are plain references: they have no size, only a place in the history.
  return rules.tooLarge !== undefined || revision < rules.revisions
}

/** Images that no history of the streams holds, that nobody uses and that are old enough, in their order. */
export function unusedImages(
  streams: readonly ImageStream[],
  { images, usage }: PruneState,
  rules: PruneRules,
): Image[] {
  const kept = new Set(usage.digests)
  for (const { status } of streams) {
    for (const { items } of status.tags ?? []) for (const { image } of items ?? []) kept.add(image)
  }
  // A multi-platform image needs the images of its platforms.
  for (const name of kept) {
    for (const { digest } of images.get(name)?.dockerImageManifests ?? []) kept.add(digest)
  }
  return [...images.values()].filter(({ metadata: { name = '', annotations, creationTimestamp } }) => {
    if (kept.has(name)) return false
    if (!rules.all && !isSet(annotations, MANAGED)) return false
    return rules.tooLarge !== undefined || !isYounger(creationTimestamp, rules)
  })
}

/** Whether a time lies after the threshold; no time at all lies before everything. */
function isYounger(time: string | null | undefined, { youngerThan }: PruneRules): boolean {
  return Boolean(time) && Date.parse(time!) > youngerThan
}
