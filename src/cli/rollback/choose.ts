// Which image of a tag's history to go back to.
import { statusTag } from '../../core/image/access.ts'
import { digestAnswersTo } from '../../core/oci/digest.ts'
import type { ImageStream, TagEvent } from '../../core/image/types.ts'
import { CommandError } from '../failure.ts'

/** What to go back to; neither: the image before the present one. */
export interface RollbackTarget {
  generation?: number
  /** A digest, or the beginning of one. */
  image?: string
}

/** The event whose image the tag shall have again. Throws CommandError. */
export function chooseEvent(stream: ImageStream, tag: string, target: RollbackTarget): TagEvent {
  const name = `${stream.metadata.name}:${tag}`
  const items = (statusTag(stream, tag)?.items ?? []).filter(({ image }) => image)
  const [current, ...older] = items
  if (!current) throw new CommandError(`"${name}" has no history to go back in${others(stream)}`)
  const { generation, image } = target
  if (generation !== undefined) {
    const found = items.find((event) => event.generation === generation)
    return found ?? unknown(`"${name}" has no image of generation ${generation}`, items)
  }
  if (image !== undefined) {
    const matching = items.filter((event) => digestAnswersTo(event.image, image))
    const digests = new Set(matching.map((event) => event.image))
    if (digests.size > 1)
      throw new CommandError(`"${image}" is the beginning of ${digests.size} images of "${name}": give more of it`)
    return matching[0] ?? unknown(`"${name}" never had the image ${image}`, items)
  }
  const before = older.find((event) => event.image !== current.image)
  if (!before) throw new CommandError(`"${name}" never had another image than ${current.image}`)
  return before
}

/** Which tags of the stream have a history, for those who mistook the name. */
function others(stream: ImageStream): string {
  const tags = (stream.status?.tags ?? [])
    .filter(({ items }) => items?.some(({ image }) => image))
    .map(({ tag }) => tag)
  if (tags.length === 0) return ''
  return `; tags that have: ${tags.slice(0, LISTED).join(', ')}${tags.length > LISTED ? ', ...' : ''}`
}

/** How much of the history an error lists. */
const LISTED = 5

function unknown(what: string, items: readonly TagEvent[]): never {
  const known = items.slice(0, LISTED).map(({ generation, image }) => `${generation} (${image.slice(0, 19)})`)
  throw new CommandError(`${what}; it had ${known.join(', ')}${items.length > LISTED ? ', ...' : ''}`)
}
