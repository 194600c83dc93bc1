// `describe imagestream`: layout and words of oc, byte for byte.
import type { ImageStream } from '../../core/image/types.ts'
import { DESCRIBE, tabulate } from '../print/tabulate.ts'
import { type Checks, NO_CHECKS } from './checks.ts'
import { labelled, metadataLines } from './lines.ts'
import { tagsLines } from './tags.ts'

/** The description of a stream, ending in a newline. What is known of checks is beside what oc shows. */
export function describeImageStream(stream: ImageStream, now: Date, checks: Checks = NO_CHECKS): string {
  const { spec, status } = stream
  const lines = [
    ...metadataLines(stream.metadata, now),
    ...labelled('Image Repository', status.publicDockerImageRepository || status.dockerImageRepository),
    ...labelled('Image Lookup', `local=${spec.lookupPolicy?.local ?? false}`),
    ...(checks.problem ? labelled('Scheduled Checks', `not known (${checks.problem})`) : []),
    ...tagsLines(stream, now, checks),
  ]
  return tabulate(`${lines.join('\n')}\n`, DESCRIBE)
}
