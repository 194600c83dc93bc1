// /metrics: what the server has measured. As in Kubernetes nobody sees it without the right to `get` this path.
// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
import type { User } from '../core/machinery/resource.ts'
import { ApiError } from '../core/machinery/status.ts'
import type { Reply, Request } from '../http/handler.ts'
import type { Authorizer } from './context.ts'

/** Everything that was measured, as text. */
export type Exposition = () => Promise<{ contentType: string; body: string }>

/** Where it is. */
export const METRICS_PATH = '/metrics'

/** Answers it; undefined for any other path. Errors: Forbidden, MethodNotAllowed. */
export function expositionHandler(
  exposition: Exposition | undefined,
  authorizer: Authorizer,
): (request: Request, user: User) => Promise<Reply> | undefined {
  return (request, user) =>
    exposition && request.path === METRICS_PATH ? answer(exposition, authorizer, request, user) : undefined
}

async function answer(
  exposition: Exposition,
  authorizer: Authorizer,
  { method, path }: Request,
  user: User,
): Promise<Reply> {
  const verb = method === 'HEAD' ? 'get' : method.toLowerCase()
  const { allowed, reason } = await authorizer(user, { verb, group: '', resource: '', path })
  if (!allowed) {
    const why = `User ${JSON.stringify(user.name)} cannot ${verb} path ${JSON.stringify(path)}`
    throw new ApiError(403, 'Forbidden', `forbidden: ${reason ? `${why}: ${reason}` : why}`, {})
  }
  if (verb !== 'get') throw new ApiError(405, 'MethodNotAllowed', 'metrics can only be read: use GET')
  const { contentType, body } = await exposition()
  return { status: 200, headers: { 'content-type': contentType, 'cache-control': 'no-store' }, body }
}
