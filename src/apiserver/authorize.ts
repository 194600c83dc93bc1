import type { Authorizer } from './context.ts'

/** Members of system:masters may do everything, nobody else anything: standalone has one user. */
export const mastersOnly: Authorizer = async (user) =>
  user.groups.includes('system:masters')
    ? { allowed: true }
    : { allowed: false, reason: `user ${JSON.stringify(user.name)} is not in the group system:masters` }
