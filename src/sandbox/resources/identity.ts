// Who the caller is: `kubectl auth whoami` creates a SelfSubjectReview, clients of OpenShift read the user "~".
import type { Context, Resource } from '../../core/machinery/resource.ts'
import { notFound } from '../../core/machinery/status.ts'
import { nameColumn, text } from '../columns/cell.ts'
import { FIELD_NUMBERS } from '../protobuf/numbers.ts'
import { SelfSubjectReview, User } from '../types/identity.ts'

const review: Resource<SelfSubjectReview> = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  singular: 'selfsubjectreview',
  namespaced: false,
  verbs: ['create'],
  schema: SelfSubjectReview,
  protobuf: FIELD_NUMBERS,
  endpoint: {
    create({ user }, object) {
      const { name, uid, groups, extra } = user
      const userInfo: SelfSubjectReview['status']['userInfo'] = { username: name, groups: [...groups] }
      if (uid) userInfo.uid = uid
      if (extra) userInfo.extra = Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]]))
      return Promise.resolve({ ...object, status: { userInfo } })
    },
  },
}

const USERS = { group: 'user.openshift.io', plural: 'users' }
/** Stands for the caller. */
const SELF = '~'

function userOf({ user }: Context): User {
  const { name, uid, groups } = user
  return { metadata: { name, ...(uid && { uid }) }, groups: [...new Set(groups)].toSorted() }
}

/** There is no directory of users: only the caller is known. */
const users: Resource<User> = {
  ...USERS,
  version: 'v1',
  kind: 'User',
  singular: 'user',
  namespaced: false,
  verbs: ['get'],
  schema: User,
  columns: [
    nameColumn,
    text('UID', 'UID of the user.', ({ metadata }) => metadata.uid ?? ''),
    text('Full Name', 'Full name of the user.', ({ fullName }) => fullName ?? ''),
    text('Identities', 'What the user logs in with.', ({ identities = [] }) => identities.join(', ')),
  ],
  endpoint: {
    async get(context, name) {
      if (name === SELF || name === context.user.name) return userOf(context)
      throw notFound(USERS, name)
    },
  },
}

/** selfsubjectreviews of authentication.k8s.io/v1 and users of user.openshift.io/v1. */
export function identityResources(): Resource[] {
  return [review, users]
}
