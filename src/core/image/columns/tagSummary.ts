// The Tags column of a stream: names of its tags, newest first, as many as fit.
import { compareBytes } from '../tagLists.ts'
import type { ImageStream, NamedTagEventList } from '../types.ts'

/** Characters that the names should fill. */
const WIDTH = 40
/** A name that ends this near to the limit, before or behind it, still gets in. */
const SLACK = 10

/** The summary of all status tags: `v2,v1,latest + 3 more...`. */
export function tagSummary(stream: ImageStream): string {
  const names = (stream.status.tags ?? [])
    .map((tag) => ({ name: tag.tag, time: newest(tag) }))
    .toSorted((a, b) => b.time - a.time || compareBytes(a.name, b.name))
    .map(({ name }) => name)
  const shown = fitting(names)
  const more = names.length - shown
  return names.slice(0, shown).join(',') + (more > 0 ? ` + ${more} more...` : '')
}

/** Time of the newest event in seconds; tags without events come last. */
function newest(tag: NamedTagEventList): number {
  const created = tag.items?.[0]?.created
  return created ? Math.round(Date.parse(created) / 1000) : Number.NEGATIVE_INFINITY
}

/** How many of the names are shown: at least one. */
function fitting(names: readonly string[]): number {
  let remaining = WIDTH
  for (const [i, name] of names.entries()) {
    remaining -= name.length + 1
    if (remaining >= 0) continue
    if (i === 0) return 1
    if (SLACK < remaining + name.length && SLACK >= -remaining) continue
    return i
  }
  return names.length
}
