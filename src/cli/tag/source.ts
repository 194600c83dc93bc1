// The SOURCE of `tag`: what kind of thing it is, and which exact image it stands for now.
import { latestEvent } from '../../core/image/access.ts'
import type { ImageStream } from '../../core/image/types.ts'
import type { Reference } from '../../core/oci/reference.ts'
import { CommandError, UsageError } from '../failure.ts'
import { parseSpecOr } from '../stream/reference.ts'

export type SourceKind = 'DockerImage' | 'ImageStreamTag' | 'ImageStreamImage'

/** What a tag shall point at. */
export interface Source {
  kind: SourceKind
  reference: Reference
}

const KINDS: Readonly<Record<string, SourceKind>> = {
  imagestreamtag: 'ImageStreamTag',
  imagestreamtags: 'ImageStreamTag',
  istag: 'ImageStreamTag',
  imagestreamimage: 'ImageStreamImage',
  imagestreamimages: 'ImageStreamImage',
  isimage: 'ImageStreamImage',
  docker: 'DockerImage',
  dockerimage: 'DockerImage',
}

/** Reads SOURCE, with the kind that --source names or the one that its form tells. `namespace` is the current one. */
export function parseSource(text: string, hint: string, namespace: string): Source {
  const kind = hint ? KINDS[hint.toLowerCase()] : undefined
  if (hint && !kind) {
    const valid = 'docker, dockerimage, imagestreamimage, imagestreamtag, isimage, istag'
    throw new UsageError(`invalid source "${hint}"; valid values are ${valid}`)
  }
  const reference = parseSpecOr(text, (problem) => new CommandError(`invalid SOURCE: ${problem}`))
  if (!kind) return { kind: kindOf(reference), reference }
  if (kind === 'DockerImage') return { kind, reference }
  if (reference.registry) throw new CommandError('server in SOURCE is only allowed when providing a container image')
  if (kind === 'ImageStreamTag' && !reference.tag) {
    throw new CommandError('--source=ImageStreamTag requires a valid <name>:<tag> in SOURCE')
  }
  if (kind === 'ImageStreamImage' && !reference.id) {
    throw new CommandError('--source=ImageStreamImage requires a valid <name>@<id> in SOURCE')
  }
  return { kind, reference: reference.namespace === 'library' ? { ...reference, namespace } : reference }
}

function kindOf({ registry, id, tag }: Reference): SourceKind {
  if (registry) return 'DockerImage'
  if (id) return 'ImageStreamImage'
  return tag ? 'ImageStreamTag' : 'DockerImage'
}

/** The image that a stream tag points at now: tagging copies it, it does not link. `argument` is SOURCE as typed. */
export function pinSource(source: Source, stream: ImageStream, argument: string): Source {
  const event = latestEvent(stream, source.reference.tag)
  if (!event) {
    throw new CommandError(`"${argument}" is not currently pointing to an image, cannot use it as the source of a tag`)
  }
  if (event.image) return { kind: 'ImageStreamImage', reference: { ...source.reference, tag: '', id: event.image } }
  const reference = parseSpecOr(event.dockerImageReference, (problem) => {
    const text = `the image stream tag "${argument}" has an invalid pull spec and cannot be used to tag: ${problem}`
    return new CommandError(text)
  })
  return { kind: 'DockerImage', reference }
}
