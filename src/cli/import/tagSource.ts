import { DEFAULT_TAG } from '../../core/image/lookup.ts'
import type { ImageStream } from '../../core/image/types.ts'
import { CommandError } from '../failure.ts'
import { followTag } from '../stream/follow.ts'

/** Which tag of an existing stream is imported for `tag`, and from where. References within the stream are followed. */
export function tagSource(stream: ImageStream, tag: string, from: string): { tag: string; source: string } {
  const end = followTag(stream, tag)
  switch (end.kind) {
    case 'invalid':
      throw new CommandError(`tag "${tag}" points to an invalid imagestreamtag`)
    case 'otherStream':
      throw new CommandError(`tag "${tag}" points to an imagestreamtag from another ImageStream`)
    case 'circular':
      throw new CommandError(`tag "${tag}" on the image stream is a reference to same tag`)
    case 'missing':
      return { tag, source: newTagSource(stream, tag, from) }
    default:
      return { tag: end.tag, source: existingSource(tag, end, from) }
  }
}

function newTagSource(stream: ImageStream, tag: string, from: string): string {
  const source = from || (tag === DEFAULT_TAG ? (stream.spec.dockerImageRepository ?? '') : '')
  if (source) return source
  throw new CommandError(
    `the tag "${tag}" does not exist on the image stream - choose an existing tag to import or use the 'tag' command to create a new tag`,
  )
}

function existingSource(
  tag: string,
  end: Extract<ReturnType<typeof followTag>, { kind: 'tag' }>,
  from: string,
): string {
  const current = end.reference.from
  if (!current) {
    throw new CommandError(
      `tag "${tag}" already exists - you must use the 'tag' command if you want to change the source to "${from}"`,
    )
  }
  if (current.kind !== 'DockerImage') {
    throw new CommandError(
      `tag "${tag}" points to existing ${current.kind} "${current.name}", it cannot be re-imported`,
    )
  }
  const source = current.name ?? ''
  if (from === '' || from === source) return source
  const through = end.followed ? ` points to the tag "${end.tag}" which` : ''
  throw new CommandError(
    `the tag "${tag}"${through} points to "${source}" - use the 'tag' command if you want to change the source to "${from}"`,
  )
}
