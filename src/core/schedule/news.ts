// What an import has changed in how the tags of a stream fare: what is told as Events. The state before is that of the stream itself, so
// that nobody has to remember what was told, and the same failure is told once, whoever leads.
import { latestEvent } from '../image/access.ts'
import type { ImageStream } from '../image/types.ts'
import { importFailure } from './verdict.ts'

/** Reason of the Event that tells of the end of a failure. */
export const RECOVERED = 'ImportRecovered'

/** An Event to be. */
export interface News {
  type: 'Normal' | 'Warning'
  /** One of IMPORT_REASONS, or RECOVERED. */
  reason: string
  message: string
}

/** Tags of one stream that are named in a message. */
const NAMED = 10

/**
 * The news between two states of a stream: tags that have begun to fail, or fail for another reason, and tags that work again; one for
 * each reason, however many tags there are. `before` is undefined for a stream that the import has made.
 */
export function importNews(before: Pick<ImageStream, 'status'> | undefined, after: ImageStream): News[] {
  const failing = new Map<string, { tags: string[]; message: string }>()
  const recovered: string[] = []
  for (const { tag } of after.status.tags ?? []) {
    const now = importFailure(after, tag)
    const was = before && importFailure(before, tag)
    if (now?.reason === was?.reason) continue
    if (!now) {
      if (latestEvent(after, tag)) recovered.push(tag)
      continue
    }
    const same = failing.get(now.reason)
    if (same) same.tags.push(tag)
    else failing.set(now.reason, { tags: [tag], message: now.message })
  }
  const warnings = Array.from(failing, ([reason, { tags, message }]): News => {
    const first = tags.length > 1 ? `; of ${tags[0]!}` : ''
    return { type: 'Warning', reason, message: `import of ${named(tags)} failed${first}: ${message}` }
  })
  if (recovered.length === 0) return warnings
  return [...warnings, { type: 'Normal', reason: RECOVERED, message: `import of ${named(recovered)} works again` }]
}

function named(tags: readonly string[]): string {
  const more = tags.length - NAMED
  return `tag${tags.length > 1 ? 's' : ''} ${tags.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
