// Finding an image in the history of a stream.
import { digestAnswersTo } from '../oci/digest.ts'
import type { ImageStream, TagEvent } from './types.ts'

/** The newest event of every image that answers to a digest or a prefix, by image name. */
export function eventsOfImage(stream: ImageStream, id: string): Map<string, TagEvent> {
  const found = new Map<string, TagEvent>()
  for (const { items } of stream.status.tags ?? []) {
    for (const event of items ?? []) {
      if (event.image && digestAnswersTo(event.image, id) && !found.has(event.image)) found.set(event.image, event)
    }
  }
  return found
}

/** The best of several images that answer to `id`: the exact one, else the first by name. */
export function pickImage(candidates: Iterable<string>, id: string): string | undefined {
  const matching = [...candidates].filter((name) => digestAnswersTo(name, id)).toSorted()
  return matching.includes(id) ? id : matching[0]
}
