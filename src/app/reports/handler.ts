import type { Handler, Reply, Request } from '../../http/handler.ts'
import { LEADER_PATH } from './leader.ts'

/** Hands requests below LEADER_PATH to an API of their own, without that; undefined for any other path. */
export function leaderHandler(api: Handler): (request: Request) => Promise<Reply> | undefined {
  return (request) => {
    if (!request.path.startsWith(`${LEADER_PATH}/`)) return undefined
    return api({ ...request, path: request.path.slice(LEADER_PATH.length) })
  }
}
