// Generations: of the stream (its spec changed) and of each spec tag (its source changed, or an import was asked for).
import { deepEqual } from '../machinery/json/equal.ts'
import { latestEvent, specTag } from './access.ts'
import { isSameTarget, setEventGeneration } from './history.ts'
import type { ImageStream, TagReference } from './types.ts'

/** Where a tag comes from, for comparisons. */
function source(tag: TagReference, namespace: string): unknown[] {
  const { from, reference, importPolicy } = tag
  return [
    from?.kind ?? '',
    from?.namespace || namespace,
    from?.name ?? '',
    reference ?? false,
    importPolicy.importMode ?? '',
  ]
}

/**
 * Whether a spec tag points somewhere else than before, or asks for a new import by a generation of 0. Insecure, scheduled,
 * referencePolicy and annotations do not count, nor does losing `from`.
 */
export function referenceChanged(next: TagReference, old: TagReference, namespace: string): boolean {
  if (!next.from?.kind && !next.from?.name) return false
  if (!deepEqual(source(next, namespace), source(old, namespace))) return true
  return next.generation === 0 && old.generation !== null && old.generation !== 0
}

/** A new stream: it and all its tags are of generation 1, whatever the client says. */
export function startGenerations(stream: ImageStream): void {
  stream.metadata.generation = 1
  for (const tag of stream.spec.tags ?? []) tag.generation = 1
}

/**
 * An update. Clients can only ask for a reset, with a tag generation of 0; any other number is replaced by the old one. The
 * stream's generation rises by one when the spec differs, and tags that are new, moved or reset take it over.
 */
export function updateGenerations(next: ImageStream, old: ImageStream): void {
  const namespace = next.metadata.namespace ?? ''
  const before = old.metadata.generation ?? 0
  for (const tag of next.spec.tags ?? []) {
    const was = specTag(old, tag.name)
    if (tag.generation !== 0 && was) tag.generation = was.generation
  }
  const generation = before === 0 || !deepEqual(next.spec, old.spec) ? before + 1 : before
  next.metadata.generation = generation
  for (const tag of next.spec.tags ?? []) {
    const was = specTag(old, tag.name)
    if (!tag.generation || !was || referenceChanged(tag, was, namespace)) tag.generation = generation
  }
}

/** The status path: newest events without a generation get one; nothing else moves. */
export function fillEventGenerations(next: ImageStream, old: ImageStream): void {
  const generation = next.metadata.generation ?? 0
  for (const { tag, items } of next.status.tags ?? []) {
    const event = items?.[0]
    if (!event || event.generation !== 0) continue
    const was = latestEvent(old, tag)
    const wanted = specTag(next, tag)?.generation
    const untouched = was && isSameTarget(was, event) && was.generation <= event.generation
    setEventGeneration(next, tag, !was || untouched || wanted == null ? generation : wanted)
  }
}
