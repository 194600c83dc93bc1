import { exact, tryParseReference } from '../oci/reference.ts'
import type { StreamKey } from './tagSource.ts'
import type { ImageStream, TagEvent } from './types.ts'

/**
 * An event of another stream as the destination tells it: what lies in the integrated registry under the source's name is
 * pulled under the destination's, so that whoever may pull the destination can. Anything else stays where it is.
 */
export function localise(
  event: TagEvent,
  registry: string | undefined,
  source: StreamKey,
  destination: ImageStream,
): TagEvent {
  const reference = registry ? tryParseReference(event.dockerImageReference) : undefined
  if (!reference || reference.registry !== registry) return event
  if (reference.namespace !== source.namespace || reference.name !== source.name) return event
  const { namespace = '', name = '' } = destination.metadata
  return { ...event, dockerImageReference: exact({ ...reference, namespace, name }) }
}
