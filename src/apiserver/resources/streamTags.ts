// imagestreamtags: one tag of a stream with its image.
import { setSpecTag, specTag } from '../../core/image/access.ts'
import { streamTagColumns } from '../../core/image/columns/streamTag.ts'
import { renderStreamTag, usableEvent } from '../../core/image/render/streamTag.ts'
import { ImageStreamTag } from '../../core/image/types.ts'
import { validateStreamTag, validateStreamTagUpdate } from '../../core/image/validation/streamTag.ts'
import { badRequest } from '../../core/machinery/status.ts'
import { streamTagDefaults } from './clientDefaults.ts'
import { GROUP } from './deps.ts'
import type { TagForm } from './tagForm.ts'

/** A tag as an ImageStreamTag: there is one as soon as the tag has an image. Annotations are the spec tag's. */
export const streamTags: TagForm<ImageStreamTag> = {
  kind: 'ImageStreamTag',
  plural: 'imagestreamtags',
  singular: 'imagestreamtag',
  shortName: 'istag',
  schema: ImageStreamTag,
  columns: streamTagColumns,
  defaults: streamTagDefaults,
  taken: { group: GROUP, plural: 'imagestreamtag' },
  needsImage: true,
  createsWithImage: false,
  tags: (stream) => (stream.status.tags ?? []).map(({ tag }) => tag).filter((tag) => usableEvent(stream, tag)),
  has: (stream, tag) => usableEvent(stream, tag) !== undefined,
  render: renderStreamTag,
  reference: (istag) => istag.tag,

  adopt(wanted, current) {
    const { metadata } = wanted
    const { creationTimestamp, labels } = current.metadata
    if (creationTimestamp) metadata.creationTimestamp = creationTimestamp
    if (labels && !metadata.labels) metadata.labels = labels
    if (wanted.tag) wanted.tag.annotations = metadata.annotations ?? null
  },

  validate: (istag, _tag, registry) => validateStreamTag(istag, registry),
  validateUpdate: (wanted, current, _tag, registry) => validateStreamTagUpdate(wanted, current, registry),

  write(stream, tag, wanted) {
    const reference = wanted.tag ?? specTag(stream, tag)
    if (!reference) {
      const { namespace, name } = stream.metadata
      throw badRequest(`imagestreamtag ${tag} is not a spec tag in imagestream ${namespace}/${name}, cannot be updated`)
    }
    setSpecTag(stream, { ...reference, name: tag, annotations: wanted.metadata.annotations ?? null })
  },
}
