// What is wrong with the freshness that a stream asks for.
import { REFRESH } from '../image/annotations.ts'
import { isImportable } from '../image/importable.ts'
import type { ImageStream } from '../image/types.ts'
import { DEFAULT_REFRESH, freshnessOf } from './freshness.ts'

/** Reason of the Event that tells of one. */
export const REFRESH_INVALID = 'RefreshInvalid'

/** Problems of one stream that are told. */
const TOLD = 10

/** In words for its author, each once: an annotation of the stream may be that of many tags. Those that no scheduled tag uses count for nothing. */
export function freshnessProblems(stream: ImageStream): string[] {
  const problems = new Set<string>()
  for (const tag of stream.spec.tags ?? []) {
    if (!isImportable(tag) || tag.importPolicy.scheduled !== true) continue
    const { problem } = freshnessOf(stream, tag, DEFAULT_REFRESH)
    if (problem === undefined) continue
    const isOwn = tag.annotations?.[REFRESH] !== undefined
    problems.add(isOwn ? `tag ${tag.name}: ${problem}` : problem)
    if (problems.size >= TOLD) break
  }
  return [...problems]
}
