// Columns of `kubectl get imagetags`: where a tag should come from, and how far it has got.
import type { Column } from '../../machinery/resource.ts'
import { ago } from '../age.ts'
import { IMPORT_SUCCESS } from '../history.ts'
import { parseImageName } from '../names.ts'
import type { ImageTag, ObjectReference } from '../types.ts'

/** Columns of image tags. */
export const imageTagColumns: readonly Column<ImageTag>[] = [
  { name: 'Name', type: 'string', format: 'name', cell: (itag) => itag.metadata.name ?? '' },
  { name: 'Spec', type: 'string', description: 'How the tag comes to its image.', cell: specWord },
  { name: 'Status', type: 'string', description: 'What the tag points at, or why not.', cell: statusWord },
  {
    name: 'History',
    type: 'number',
    description: 'How many images the tag has pointed at.',
    cell: (itag) => itag.status?.items?.length || null,
  },
  {
    name: 'Updated',
    type: 'string',
    description: 'When the tag last moved.',
    cell: (itag, now) => ago(newest(itag), now),
  },
]

function specWord({ spec, status }: ImageTag): string {
  const event = status?.items?.[0]
  let word = ''
  if (spec?.from) {
    word = 'Tag'
    if (spec.reference) word = 'Ref'
    if (spec.importPolicy.scheduled) word = 'Scheduled'
    if (spec.from.kind === 'ImageStreamTag' && !spec.from.name?.includes(':')) word = 'Track'
  }
  if (!event) return word
  if (word === '') return 'Push'
  const wanted = spec?.generation ?? 0
  return word !== 'Track' && wanted > 0 && event.generation > wanted ? 'Push' : word
}

function statusWord({ spec, status }: ImageTag): string {
  const event = status?.items?.[0]
  const failure = status?.conditions?.find((c) => c.type === IMPORT_SUCCESS && c.status === 'False')
  if (failure) return `ImportFailed (${failure.reason ?? ''})`
  if (!event) return spec?.from ? sourceText(spec.from) : ''
  const wanted = spec?.generation ?? 0
  if (wanted > 0 && event.generation > 0 && event.generation < wanted) return 'Importing'
  return event.image ? `image/${event.image}` : event.dockerImageReference
}

function sourceText({ kind, name = '', namespace }: ObjectReference): string {
  if (kind === 'DockerImage') return name
  if (kind === 'ImageStreamTag') return namespace ? `istag ${namespace}/${name}` : `istag/${name}`
  if (kind !== 'ImageStreamImage') return 'InvalidRefKind'
  const image = parseImageName(name)
  return image ? `image/${image.id}` : 'InvalidRefName'
}

/** RFC 3339 in UTC sorts as text. */
function newest({ status }: ImageTag): string | undefined {
  const times = [status?.items?.[0]?.created, ...(status?.conditions ?? []).map((c) => c.lastTransitionTime)]
  return times
    .filter((time) => typeof time === 'string')
    .toSorted()
    .at(-1)
}
