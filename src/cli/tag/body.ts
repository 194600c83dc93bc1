import type { ObjectReference, TagReference } from '../../core/image/types.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { exact } from '../../core/oci/reference.ts'
import { nameString } from '../stream/reference.ts'
import { IMAGE_API } from '../stream/refs.ts'
import type { Destination } from './destination.ts'
import type { TagFlags } from './flags.ts'
import type { Source } from './source.ts'

/** An ImageStreamTag to write. */
export interface TagBody extends KubeObject {
  tag: TagReference
}

/** The ImageStreamTag that points a destination at a source. `namespace` is the current one. */
export function tagBody(source: Source, destination: Destination, flags: TagFlags, namespace: string): TagBody {
  const { stream, tag } = destination
  return {
    kind: 'ImageStreamTag',
    apiVersion: IMAGE_API,
    metadata: { name: `${stream}:${tag}`, namespace: destination.namespace },
    tag: {
      name: tag,
      annotations: null,
      from: from(source, destination.namespace, namespace),
      // 0 asks for an import; a stream's image is known already.
      generation: source.kind === 'DockerImage' ? 0 : null,
      ...(flags.reference && { reference: true }),
      importPolicy: {
        ...(flags.insecure && { insecure: true }),
        ...(flags.scheduled && { scheduled: true }),
        importMode: flags.importMode,
      },
      referencePolicy: { type: flags.referencePolicy },
    },
  }
}

function from({ kind, reference }: Source, destination: string, namespace: string): ObjectReference {
  if (kind === 'DockerImage') return { kind, name: exact(reference) }
  const own = reference.namespace || (destination === namespace ? '' : namespace)
  return { kind, name: nameString(reference), ...(own && { namespace: own }) }
}
