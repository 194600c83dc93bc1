import type { Handler, Reply, Request } from '../../http/handler.ts'
import { LEADER_PATH } from '../cluster/leaderConnection.ts'

/** Hands requests below LEADER_PATH to a handler of their own, without that; undefined for any other path. */
export function leaderHandler(handler: Handler): (request: Request) => Promise<Reply> | undefined {
  return (request) => {
    if (!request.path.startsWith(`${LEADER_PATH}/`)) return undefined
    return handler({ ...request, path: request.path.slice(LEADER_PATH.length) })
  }
}
