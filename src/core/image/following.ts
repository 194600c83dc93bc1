// Tags that follow other tags of their own stream.
import { deepEqual } from '../machinery/json/equal.ts'
import { latestEvent } from './access.ts'
import { addEvent, isSameTarget } from './history.ts'
import { isSelf, tagSource } from './tagSource.ts'
import type { ImageStream, TagReference } from './types.ts'

/** The tag of the same stream that a spec tag follows, or undefined. */
export function followed(tag: TagReference, stream: ImageStream): string | undefined {
  if (!tag.from?.name) return undefined
  const source = tagSource(tag, stream)
  return source?.kind === 'ImageStreamTag' && isSelf(source, stream) ? source.tag : undefined
}

/** What a write has done to the newest events of tags. */
export interface Moves {
  /** Tags that point at something else. */
  moved: readonly string[]
  /** Tags that point at the same as of another generation. */
  renewed?: readonly string[]
}

/** Whose newest event differs from the old stream's. Without an old stream, every tag that has one. */
export function movesOf(next: ImageStream, old: ImageStream | undefined): Required<Moves> {
  const [moved, renewed]: [string[], string[]] = [[], []]
  for (const { tag, items } of next.status.tags ?? []) {
    const [now, was] = [items?.[0], old && latestEvent(old, tag)]
    if (!now || (was && deepEqual(now, was))) continue
    ;(was && isSameTarget(now, was) ? renewed : moved).push(tag)
  }
  return { moved, renewed }
}

/**
 * Hands the newest events of tags that moved to the tags that follow them, and on to their followers, each once: chains
 * settle in one pass. A mere new generation goes to those who point at the same: others have been moved on purpose. Circles
 * (a follows b follows a) are legal; what moves in one goes round it once. Tags in `copies` take over from the tag that they
 * follow in their own way, whether that moved or not, as soon as it is settled.
 */
export function follow(stream: ImageStream, moves: Moves, copies: ReadonlyMap<string, () => void> = new Map()): void {
  const { moved, renewed = [] } = moves
  const sources = sourcesOf(stream.spec.tags ?? [], stream)
  const followers = Map.groupBy(sources.keys(), (tag) => sources.get(tag)!)
  const changes = new Map<string, Change>([...renewed.map(asRenewed), ...moved.map(asMoved)])
  const given = new Set<string>()
  const visited = new Set<string>()
  const queue = sourcesFirst(sources)
  for (const tag of queue) {
    const before = latestEvent(stream, tag)
    const copy = visited.has(tag) ? undefined : copies.get(tag)
    visited.add(tag)
    if (copy) copy()
    else if (!given.has(tag)) give(stream, tag, sources.get(tag)!, changes)
    const after = latestEvent(stream, tag)
    if (after === before || !after) continue
    if (!copy) given.add(tag)
    if (!before || !isSameTarget(before, after)) changes.set(tag, 'moved')
    else if (!changes.has(tag)) changes.set(tag, 'renewed')
    // Only in a circle somebody who follows was looked at before.
    for (const follower of followers.get(tag) ?? []) if (visited.has(follower)) queue.push(follower)
  }
}

type Change = 'moved' | 'renewed'
const asMoved = (tag: string): [string, Change] => [tag, 'moved']
const asRenewed = (tag: string): [string, Change] => [tag, 'renewed']

function give(stream: ImageStream, tag: string, source: string, changes: ReadonlyMap<string, Change>): void {
  const event = changes.has(source) ? latestEvent(stream, source) : undefined
  const mine = latestEvent(stream, tag)
  if (!event || (changes.get(source) === 'renewed' && !(mine && isSameTarget(mine, event)))) return
  addEvent(stream, tag, event)
}

/** Of tags of a stream that follow others of it: which one each follows. */
export function sourcesOf(tags: readonly TagReference[], stream: ImageStream): Map<string, string> {
  const sources = new Map<string, string>()
  for (const tag of tags) {
    const source = followed(tag, stream)
    if (source !== undefined) sources.set(tag.name, source)
  }
  return sources
}

/** Tags in an order in which each comes after the one that it follows. A circle is cut open somewhere. */
function sourcesFirst(sources: ReadonlyMap<string, string>): string[] {
  const order = new Set<string>()
  for (const tag of sources.keys()) {
    const path = new Set<string>()
    for (let at = tag; sources.has(at) && !order.has(at) && !path.has(at); at = sources.get(at)!) path.add(at)
    for (const found of [...path].toReversed()) order.add(found)
  }
  return [...order]
}
