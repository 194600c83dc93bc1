// Lookup: the one way in which a tag of a stream becomes a pull specification. Rendered tags, triggers and admission all ask here.
import { tryParseReference, exact } from '../oci/reference.ts'
import { withDigest } from '../oci/forms.ts'
import * as tags from './access.ts'
import type { ImageStream, TagEvent, TagReference } from './types.ts'

/** What an empty tag means. */
export const DEFAULT_TAG = 'latest'

/** The parts of a stream that decide. */
export type LookupStream = Pick<ImageStream, 'spec' | 'status'>

/** A tag that has an image. */
export interface ResolvedTag {
  /** How to pull it, by the tag's reference policy. */
  reference: string
  /** Name of the Image; '' for a tag that is only a reference. */
  image: string
  event: TagEvent
  specTag?: TagReference
}

/** The tag's newest event and its pull specification; undefined when the tag never had one. Pending imports do not count. */
export function resolveTag(stream: LookupStream, tag: string): ResolvedTag | undefined {
  const event = latestEvent(stream, tag)
  if (!event) return undefined
  const specTag = findSpecTag(stream, tag)
  const reference = referenceForEvent(stream, tag, event)
  return { reference, image: event.image, event, ...(specTag && { specTag }) }
}

/** The newest event of a tag, whether it has an image or not. */
export function latestEvent(stream: LookupStream, tag: string): TagEvent | undefined {
  return tags.latestEvent(stream, tag || DEFAULT_TAG)
}

/**
 * How to pull an event of a tag. A spec tag of policy Local stands for the stream's own repository, which fetches the image
 * through; in every other case it is the place that the image came from, as recorded.
 */
export function referenceForEvent(stream: LookupStream, tag: string, event: TagEvent): string {
  if (findSpecTag(stream, tag)?.referencePolicy.type !== 'Local' || event.image === '')
    return event.dockerImageReference
  const repository = tryParseReference(stream.status.dockerImageRepository)
  // A lone host is a pull spec, but names no repository.
  return (repository && exact(withDigest(repository, event.image))) || event.dockerImageReference
}

function findSpecTag(stream: LookupStream, tag: string): TagReference | undefined {
  return tags.specTag(stream, tag || DEFAULT_TAG)
}
