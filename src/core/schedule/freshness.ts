// How old what is known of a registry may be: for all streams of a server, of a stream, of a tag.
import { REFRESH } from '../image/annotations.ts'
import type { ImageStream, TagReference } from '../image/types.ts'
import { parseGoDuration } from '../machinery/scalar/goDuration.ts'

/** Milliseconds. Registries stop answering who asks more often than this. */
export const LEAST_REFRESH = 5_000
/** Milliseconds: a week. Who wants to know less often does not want a schedule. */
export const MOST_REFRESH = 7 * 24 * 3_600_000
/** Milliseconds, where nothing else is said. */
export const DEFAULT_REFRESH = 60_000

/** What a freshness may be, for those who write one. */
export const REFRESH_FORM = 'a duration from 5s to 168h, such as 30s or 10m'

/** Milliseconds of a freshness; undefined when it is none, or out of bounds. */
export function parseRefresh(text: string): number | undefined {
  const refresh = parseGoDuration(text)
  return refresh !== undefined && refresh >= LEAST_REFRESH && refresh <= MOST_REFRESH ? refresh : undefined
}

/** A freshness (milliseconds) as people write it: "30s", "10m", "2h". */
export function refreshText(refresh: number): string {
  const units = [
    ['h', 3_600_000],
    ['m', 60_000],
  ] as const
  const [unit, size] = units.find(([, ms]) => refresh % ms === 0) ?? ['s', 1000]
  return `${refresh / size}${unit}`
}

/** What a tag is to be checked by. */
export interface Freshness {
  /** Milliseconds. */
  refresh: number
  /** What is wrong with an annotation, which then counts for nothing. */
  problem?: string
}

/** The freshness of a tag: its own annotation, or its stream's, or `fallback` (milliseconds). */
export function freshnessOf(
  stream: Pick<ImageStream, 'metadata'>,
  tag: Pick<TagReference, 'annotations'>,
  fallback: number,
): Freshness {
  const text = tag.annotations?.[REFRESH] ?? stream.metadata.annotations?.[REFRESH]
  if (text === undefined) return { refresh: fallback }
  const refresh = parseRefresh(text)
  if (refresh !== undefined) return { refresh }
  const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text)
  return {
    refresh: fallback,
    problem: `the annotation ${REFRESH} is ${shown}: it must be ${REFRESH_FORM}`,
  }
}
