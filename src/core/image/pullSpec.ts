// What users of a tag are given to pull.
import { specTag } from './access.ts'
import { withoutTag } from './repository.ts'
import type { ImageStream, TagEvent } from './types.ts'

/** The reference of an event, through the integrated registry where the tag's policy is Local and there is one. */
export function referenceForEvent(stream: ImageStream, tag: string, event: TagEvent): string {
  const { dockerImageRepository: repository } = stream.status
  const local = specTag(stream, tag)?.referencePolicy.type === 'Local'
  if (!local || !repository || !event.image) return event.dockerImageReference
  return `${withoutTag(repository)}@${event.image}`
}
