// `describe imagestream`: layout and words of oc, byte for byte.
import type { ImageStream } from '../../core/image/types.ts'
import { DESCRIBE, tabulate } from '../print/tabulate.ts'
import { labelled, metadataLines } from './lines.ts'
import { tagsLines } from './tags.ts'

/** The description of a stream, ending in a newline. */
export function describeImageStream(stream: ImageStream, now: Date): string {
  const { spec, status } = stream
  const lines = [
    ...metadataLines(stream.metadata, now),
    ...labelled('Image Repository', status.publicDockerImageRepository || status.dockerImageRepository),
    ...labelled('Image Lookup', `local=${spec.lookupPolicy?.local ?? false}`),
    ...tagsLines(stream, now),
  ]
  return tabulate(`${lines.join('\n')}\n`, DESCRIBE)
}
