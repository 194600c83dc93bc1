// Parts of meta/v1 as they appear inside the types of this group.
import { listMeta, objectMeta, typeMeta } from '../../machinery/meta/objectMeta.ts'
import { field, int32, list, object, opt, str, unsafe } from '../../machinery/schema.ts'
import type { EmbeddedStatus } from '../../machinery/status.ts'

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** ObjectMeta of meta/v1. */
export const metadata = field(objectMeta, 'Standard metadata of the object.')

const cause = object(`${META}.StatusCause`, 'One of the causes of a failure.', {
  reason: opt(str('A word for the cause.')),
  message: opt(str('The cause, for people.')),
  field: opt(str('The field that caused it.')),
})

const details = object(`${META}.StatusDetails`, 'What a failure is about.', {
  name: opt(str('Name of the object.')),
  group: opt(str('Group of the kind.')),
  kind: opt(str('Kind or resource.')),
  uid: opt(str('UID of the object.')),
  causes: opt(list(cause, 'The causes.', { listType: 'atomic' })),
  retryAfterSeconds: opt(int32('Seconds after which to try again.')),
})

/** Status of meta/v1, as a field. */
export const status = (description: string) =>
  unsafe<EmbeddedStatus>(
    field(
      object(`${META}.Status`, 'The outcome of an operation.', {
        ...typeMeta,
        metadata: listMeta,
        status: opt(str('Success or Failure.')),
        message: opt(str('What happened, for people.')),
        reason: opt(str('A word for what happened.')),
        details: opt(details),
        code: opt(int32('The HTTP status that fits.')),
      }),
      description,
    ),
  )

export { typeMeta }
