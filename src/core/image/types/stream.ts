// ImageStream: a repository of images under one name, with a history for every tag.
import { bool, field, list, object, opt, str, type Static } from '../../machinery/schema.ts'
import { definition } from './definition.ts'
import { metadata, typeMeta } from './metadata.ts'
import { NamedTagEventList, TagReference } from './tag.ts'

/** Whether workloads of the namespace may name the stream instead of a pull specification. */
export const ImageLookupPolicy = object(definition('ImageLookupPolicy'), 'How names in workloads are looked up.', {
  local: bool('Names like "stream:tag" in workloads of this namespace mean this stream.'),
})
export type ImageLookupPolicy = Static<typeof ImageLookupPolicy>

/** What a stream should be. */
export const ImageStreamSpec = object(
  definition('ImageStreamSpec'),
  'The tags that are wanted, and who may use their names.',
  {
    lookupPolicy: field(ImageLookupPolicy, 'How names in workloads of the namespace are looked up.'),
    dockerImageRepository: opt(str('Deprecated: a repository whose tags are all imported.')),
    tags: opt(list(TagReference, 'The tags that the stream should have.', { mergeKey: 'name' })),
  },
)
export type ImageStreamSpec = Static<typeof ImageStreamSpec>

/** What a stream is. */
export const ImageStreamStatus = object(
  definition('ImageStreamStatus'),
  'The images that were found, and where to pull them.',
  {
    dockerImageRepository: str('Where images of the stream can be pulled from inside the cluster.'),
    publicDockerImageRepository: opt(str('Where images of the stream can be pulled from outside the cluster.')),
    tags: opt(list(NamedTagEventList, 'History of every tag.', { mergeKey: 'tag' })),
  },
)
export type ImageStreamStatus = Static<typeof ImageStreamStatus>

/** ImageStream of image.openshift.io/v1. */
export const ImageStream = object(
  definition('ImageStream'),
  'An ImageStream collects images under tags, remembers what each tag pointed at, and tells where to pull them.',
  {
    ...typeMeta,
    metadata,
    spec: field(ImageStreamSpec, 'What the stream should be.'),
    status: field(ImageStreamStatus, 'What is known of the stream.'),
  },
)
export type ImageStream = Static<typeof ImageStream>
