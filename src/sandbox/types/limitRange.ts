// LimitRanges: what a single object of a namespace may be or have.
import { field, list, map, object, opt, quantity, str, type Static } from '../../core/machinery/schema.ts'
import { objectMeta, typeMeta } from '../../core/machinery/meta/objectMeta.ts'
import { CORE } from './reference.ts'

const LimitRangeItem = object(`${CORE}.LimitRangeItem`, 'Limits of one kind of thing.', {
  type: str('What is limited: Pod, Container, PersistentVolumeClaim, or a name with a domain.', { mandatory: true }),
  max: opt(map(quantity(), 'The most.')),
  min: opt(map(quantity(), 'The least.')),
  default: opt(map(quantity(), 'Limits of what names none.')),
  defaultRequest: opt(map(quantity(), 'Requests of what names none.')),
  maxLimitRequestRatio: opt(map(quantity(), 'How often the request fits into the limit, at most.')),
})

/** A LimitRange. */
export const LimitRange = object(`${CORE}.LimitRange`, 'What single objects of a namespace may be.', {
  ...typeMeta,
  metadata: field(objectMeta, 'Name, labels and the like.'),
  spec: field(
    object(`${CORE}.LimitRangeSpec`, 'What is limited.', {
      limits: list(LimitRangeItem, 'The limits.', { listType: 'atomic', mandatory: true }),
    }),
    'What is limited.',
  ),
})
export type LimitRange = Static<typeof LimitRange>
