import type { Column } from '../../machinery/resource.ts'
import { ago } from '../age.ts'
import type { ImageStream } from '../types.ts'
import { tagSummary } from './tagSummary.ts'

/** Columns of `kubectl get imagestreams`. */
export const streamColumns: readonly Column<ImageStream>[] = [
  { name: 'Name', type: 'string', format: 'name', cell: (stream) => stream.metadata.name ?? '' },
  {
    name: 'Image Repository',
    type: 'string',
    description: 'Where images of the stream can be pulled from.',
    cell: ({ spec, status }) =>
      status.publicDockerImageRepository || spec.dockerImageRepository || status.dockerImageRepository,
  },
  { name: 'Tags', type: 'string', description: 'Tags of the stream, newest first.', cell: tagSummary },
  {
    name: 'Updated',
    type: 'string',
    description: 'When a tag last moved.',
    cell: (stream, now) => ago(newestEvent(stream), now),
  },
]

/** Time of the newest event of a stream. RFC 3339 in UTC sorts as text. */
function newestEvent(stream: ImageStream): string | undefined {
  const times = (stream.status.tags ?? []).flatMap((tag) => tag.items?.[0]?.created ?? [])
  return times.toSorted().at(-1)
}
