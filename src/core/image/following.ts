// Tags that follow other tags of their own stream.
import { deepEqual } from '../machinery/json/equal.ts'
import { latestEvent } from './access.ts'
import { addEvent } from './history.ts'
import { isSelf, tagSource } from './tagSource.ts'
import type { ImageStream, TagReference } from './types.ts'

/** The tag of the same stream that a spec tag follows, or undefined. */
export function followed(tag: TagReference, stream: ImageStream): string | undefined {
  if (!tag.from?.name) return undefined
  const source = tagSource(tag, stream)
  return source?.kind === 'ImageStreamTag' && isSelf(source, stream) ? source.tag : undefined
}

/** Whose newest event differs from the old stream's. Without an old stream, every tag that has one. */
export function movedTags(next: ImageStream, old: ImageStream | undefined): string[] {
  return (next.status.tags ?? [])
    .filter(({ tag, items }) => items?.[0] && !deepEqual(items[0], old && latestEvent(old, tag)))
    .map(({ tag }) => tag)
}

/**
 * Hands the newest events of `moved` tags to the tags that follow them, and on to their followers. Tags are served in the
 * order of their distance from the tag that they follow in the end, each once: chains settle in one pass, and circles
 * (a follows b follows a), which are legal and mean nothing, end.
 */
export function follow(stream: ImageStream, moved: readonly string[]): void {
  const sources = new Map<string, string>()
  for (const tag of stream.spec.tags ?? []) {
    const source = followed(tag, stream)
    if (source !== undefined) sources.set(tag.name, source)
  }
  const changed = new Set(moved)
  const order = [...sources.keys()].map((tag) => ({ tag, distance: distance(tag, sources) }))
  for (const { tag } of order.toSorted((a, b) => a.distance - b.distance)) {
    const source = sources.get(tag)!
    const event = changed.has(source) ? latestEvent(stream, source) : undefined
    if (event && addEvent(stream, tag, event)) changed.add(tag)
  }
}

/** How many steps it takes from a tag to one that follows none; in a circle, the length of the walk until it repeats. */
function distance(tag: string, sources: ReadonlyMap<string, string>): number {
  const seen = new Set<string>()
  for (let at: string | undefined = tag; at !== undefined && !seen.has(at); at = sources.get(at)) seen.add(at)
  return seen.size
}
