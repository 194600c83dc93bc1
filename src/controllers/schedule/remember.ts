// Remembers with the stream itself of which indexes its images were taken, so that a start need not fetch them again.
import { ORIGINS } from '../../core/image/annotations.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'

const STREAMS = { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' }

/** Gives what writes a stream's annotation, in the background. That it fails costs one import after the next start. */
export function rememberOrigins({
  client,
  log,
  signal,
}: {
  client: Pick<ObjectClient, 'patch'>
  log: Log
  signal: AbortSignal
}): (stream: string, origins: string) => void {
  return (stream, origins) => {
    const [namespace = '', name = ''] = stream.split('/')
    const patch = { metadata: { annotations: { [ORIGINS]: origins || null } } }
    client
      .patch({ resource: STREAMS, namespace, name }, 'merge', patch, { signal })
      .catch((err: unknown) => log.debug({ err, stream }, 'what an image was taken from is not remembered'))
  }
}
