import type { AccessQuestion, User } from '../core/machinery/resource.ts'
import type { Authorizer } from './context.ts'

/** What everybody may create, as in a cluster: questions about themselves. */
const ABOUT_ONESELF: ReadonlySet<string> = new Set([
  'authentication.k8s.io/selfsubjectreviews',
  'authorization.k8s.io/selfsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectrulesreviews',
])

/** Members of system:masters may do everything, others only ask about themselves: standalone has one user. */
export const mastersOnly: Authorizer = async (user, question) =>
  user.groups.includes('system:masters') || asksAboutOneself(user, question)
    ? { allowed: true }
    : { allowed: false, reason: `user ${JSON.stringify(user.name)} is not in the group system:masters` }

function asksAboutOneself(user: User, { verb, group, resource, subresource }: AccessQuestion): boolean {
  if (verb !== 'create' || subresource || !user.groups.includes('system:authenticated')) return false
  return ABOUT_ONESELF.has(`${group}/${resource}`)
}
