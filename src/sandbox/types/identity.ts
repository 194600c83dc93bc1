// Who the caller is, in the words of Kubernetes and of OpenShift.
import { field, list, map, object, opt, str, type Static } from '../../core/machinery/schema.ts'
import { objectMeta, typeMeta } from '../../core/machinery/meta/objectMeta.ts'

const AUTHENTICATION = 'io.k8s.api.authentication.v1'

const meta = { ...typeMeta, metadata: field(objectMeta, 'Name, labels and the like.') }
const strings = (description: string) => opt(list(str(), description, { listType: 'atomic' }))

const UserInfo = object(`${AUTHENTICATION}.UserInfo`, 'A user.', {
  username: opt(str('Name of the user.')),
  uid: opt(str('UID of the user.')),
  groups: strings("The user's groups."),
  extra: opt(map(list(str()), 'More about the user.')),
})

/** The question "Who am I?" with its answer. */
export const SelfSubjectReview = object(`${AUTHENTICATION}.SelfSubjectReview`, 'Who am I?', {
  ...meta,
  status: field(
    object(`${AUTHENTICATION}.SelfSubjectReviewStatus`, 'The answer.', { userInfo: field(UserInfo, 'The caller.') }),
    'The answer.',
  ),
})
export type SelfSubjectReview = Static<typeof SelfSubjectReview>

/** A user of OpenShift. */
export const User = object('com.github.openshift.api.user.v1.User', 'A user.', {
  ...meta,
  fullName: opt(str('Full name of the user.')),
  identities: opt(list(str(), 'What the user logs in with.')),
  groups: list(str(), "The user's groups.", { mandatory: true }),
})
export type User = Static<typeof User>
