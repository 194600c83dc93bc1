// Tags of a stream: what is wanted (TagReference), what was seen (TagEvent), what went wrong (TagEventCondition).
import { bool, field, int64, list, map, nullable, object, opt, pointer, str, time } from '../../machinery/schema.ts'
import type { Static } from '../../machinery/schema.ts'
import { definition } from './definition.ts'
import { ObjectReference } from './reference.ts'

/** How an image of a tag is fetched. */
export const TagImportPolicy = object(definition('TagImportPolicy'), 'How images are imported from a registry.', {
  insecure: opt(bool('Accept any certificate of the registry, and plain HTTP if it offers no TLS.')),
  scheduled: opt(bool('Import again and again, so that changes in the registry are noticed.')),
  importMode: opt(
    str('What to do with a multi-platform image: Legacy keeps one platform, PreserveOriginal the whole list.', {
      enum: ['', 'Legacy', 'PreserveOriginal'],
    }),
  ),
})
export type TagImportPolicy = Static<typeof TagImportPolicy>

/** Which location users of a tag are given. */
export const TagReferencePolicy = object(
  definition('TagReferencePolicy'),
  'Which location of the image users of the tag are given.',
  { type: str('Source: where the image came from. Local: through the integrated registry.') },
)
export type TagReferencePolicy = Static<typeof TagReferencePolicy>

/** A tag that a stream should have. */
export const TagReference = object(definition('TagReference'), 'A tag that the stream should have, and its source.', {
  name: str('Name of the tag.', { mandatory: true }),
  annotations: nullable(map(str(), 'Annotations that also appear on the image stream tag.')),
  from: pointer(
    field(
      ObjectReference,
      'Where the image comes from. Kinds: DockerImage (a pull specification), ImageStreamTag and ImageStreamImage (of this or another stream).',
    ),
  ),
  reference: opt(bool('Only point at the source: never import it.')),
  generation: nullable(
    int64('The generation of the stream in which this tag last changed. Setting it to 0 asks for a new import.'),
  ),
  importPolicy: field(TagImportPolicy, 'How the image is imported.'),
  referencePolicy: field(TagReferencePolicy, 'Which location users of the tag are given.'),
})
export type TagReference = Static<typeof TagReference>

/** One entry of a tag's history. */
export const TagEvent = object(definition('TagEvent'), 'An image that the tag pointed at, and since when.', {
  created: nullable(time('When the tag began to point at this image.')),
  dockerImageReference: str('Where the image can be pulled from.'),
  image: str('Name of the Image object; empty when the tag is only a reference.'),
  generation: int64('Generation of the spec tag that led to this event.'),
})
export type TagEvent = Static<typeof TagEvent>

/** What the last import of a tag met with. */
export const TagEventCondition = object(definition('TagEventCondition'), 'The outcome of the last import of a tag.', {
  type: str('ImportSuccess is the only type.'),
  status: str('True, False or Unknown.'),
  lastTransitionTime: nullable(time('When the condition took this status.')),
  reason: opt(str('A word for the cause, for machines.')),
  message: opt(str('The cause, for people.')),
  generation: int64('Generation of the spec tag that this condition speaks of.'),
})
export type TagEventCondition = Static<typeof TagEventCondition>

/** The history of one tag, newest first. */
export const NamedTagEventList = object(definition('NamedTagEventList'), 'History of a tag, newest first.', {
  tag: str('Name of the tag.'),
  items: nullable(list(TagEvent, 'The images that the tag has pointed at, newest first.')),
  conditions: opt(list(TagEventCondition, 'What stands in the way of the tag.')),
})
export type NamedTagEventList = Static<typeof NamedTagEventList>
