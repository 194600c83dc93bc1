// imagetags: spec, status and image of a tag side by side.
import { removeSpecTag, setSpecTag, specTag, statusTag } from '../../core/image/access.ts'
import { imageTagColumns } from '../../core/image/columns/imageTag.ts'
import { renderImageTag, tagNames } from '../../core/image/render/imageTag.ts'
import { ImageTag } from '../../core/image/types.ts'
import { validateImageTag, validateImageTagUpdate } from '../../core/image/validation/streamTag.ts'
import { imageTagDefaults } from './clientDefaults.ts'
import { GROUP } from './deps.ts'
import type { TagForm } from './tagForm.ts'

/** A tag as an ImageTag: there is one for every tag in spec or status, whether it has an image or not. */
export const imageTags: TagForm<ImageTag> = {
  kind: 'ImageTag',
  plural: 'imagetags',
  singular: 'imagetag',
  shortName: 'itag',
  schema: ImageTag,
  columns: imageTagColumns,
  defaults: imageTagDefaults,
  taken: { group: GROUP, plural: 'imagetags' },
  needsImage: false,
  createsWithImage: true,
  tags: tagNames,
  has: (stream, tag) => (specTag(stream, tag) ?? statusTag(stream, tag)) !== undefined,
  render: renderImageTag,
  reference: (itag) => itag.spec,
  validate: validateImageTag,
  validateUpdate: validateImageTagUpdate,

  /** A spec of null removes the spec tag and keeps the history. */
  write(stream, tag, wanted) {
    if (wanted.spec) setSpecTag(stream, wanted.spec)
    else removeSpecTag(stream, tag)
  },
}
