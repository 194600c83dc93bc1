// Following spec tags that refer to other tags of their stream, to the tag that has a source of its own.
import { specTag } from '../../core/image/access.ts'
import type { ImageStream, TagReference } from '../../core/image/types.ts'

/** Where following ends. `followed`: at least one reference lay between. */
export type Followed =
  | { kind: 'tag'; tag: string; reference: TagReference; followed: boolean }
  | { kind: 'missing' | 'invalid' | 'otherStream' | 'circular'; tag: string }

/** Follows `tag` through references of the forms "tag" and "stream:tag" within the stream. */
export function followTag(stream: ImageStream, tag: string): Followed {
  const seen = new Set<string>()
  for (let at = tag; ;) {
    if (seen.has(at)) return { kind: 'circular', tag: at }
    seen.add(at)
    const reference = specTag(stream, at)
    if (!reference) return { kind: 'missing', tag: at }
    const { from } = reference
    if (from?.kind !== 'ImageStreamTag') return { kind: 'tag', tag: at, reference, followed: seen.size > 1 }
    if (from.namespace && from.namespace !== stream.metadata.namespace) return { kind: 'otherStream', tag: at }
    const name = from.name ?? ''
    const colon = name.indexOf(':')
    if (colon >= 0 && (colon === 0 || colon === name.length - 1)) return { kind: 'invalid', tag: at }
    if (colon >= 0 && name.slice(0, colon) !== stream.metadata.name) return { kind: 'otherStream', tag: at }
    at = name.slice(colon + 1)
  }
}
