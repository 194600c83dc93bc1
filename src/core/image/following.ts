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
 * Hands the newest events of `moved` tags to the tags that follow them, and on to their followers, until all agree. A circle
 * (a follows b follows a) is legal: the event of the first of its tags that moved goes once around. Everything else is
 * served in the order of its distance from where it comes from in the end, each tag once.
 */
export function follow(stream: ImageStream, moved: readonly string[]): void {
  const sources = new Map<string, string>()
  for (const tag of stream.spec.tags ?? []) {
    const source = followed(tag, stream)
    if (source !== undefined) sources.set(tag.name, source)
  }
  const changed = new Set(moved)
  const serve = (tag: string): void => {
    const source = sources.get(tag)!
    const event = changed.has(source) ? latestEvent(stream, source) : undefined
    if (event && addEvent(stream, tag, event)) changed.add(tag)
  }
  const around = new Set<string>()
  for (const tag of moved) {
    const walk = walkFrom(tag, sources)
    if (sources.get(walk.at(-1)!) !== tag || around.has(tag)) continue
    for (const member of walk) around.add(member)
    for (const member of walk.slice(1).toReversed()) serve(member)
  }
  const order = [...sources.keys()].map((tag) => ({ tag, distance: walkFrom(tag, sources).length }))
  for (const { tag } of order.toSorted((a, b) => a.distance - b.distance)) serve(tag)
}

/** A tag, the tag that it follows, and so on: to one that follows none, or would come again. */
function walkFrom(tag: string, sources: ReadonlyMap<string, string>): string[] {
  const seen = new Set<string>()
  for (let at: string | undefined = tag; at !== undefined && !seen.has(at); at = sources.get(at)) seen.add(at)
  return [...seen]
}
