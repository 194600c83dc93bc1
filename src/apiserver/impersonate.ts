import type { User } from '../core/machinery/resource.ts'
import { badRequest, forbidden } from '../core/machinery/status.ts'
import type { Request } from '../http/handler.ts'
import type { Authorizer } from './context.ts'

const USER = 'impersonate-user'

/** The user that a request acts as: `--as` and `--as-group` of kubectl. Errors: BadRequest, Forbidden. */
export async function impersonate(request: Request, user: User, authorizer: Authorizer): Promise<User> {
  const [name] = request.values(USER)
  const groups = request.values('impersonate-group').filter((group) => group !== '')
  if (!name) {
    // What is asked for and not done must not happen with the rights of the one who asks.
    const stray = Object.keys(request.headers).find((header) => header.startsWith('impersonate-') && header !== USER)
    if (stray) throw badRequest(`requested impersonation by ${stray} without impersonating a user`)
    return user
  }
  const wanted = [{ resource: 'users', name }, ...groups.map((group) => ({ resource: 'groups', name: group }))]
  for (const target of wanted) {
    const answer = await authorizer(user, { verb: 'impersonate', group: '', ...target })
    if (answer.allowed) continue
    throw forbidden(
      { group: '', plural: target.resource },
      target.name,
      `user ${JSON.stringify(user.name)} cannot impersonate it`,
    )
  }
  return { name, groups: [...groups, 'system:authenticated'] }
}
