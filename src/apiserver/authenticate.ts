import { createHash, timingSafeEqual } from 'node:crypto'
import type { User } from '../core/machinery/resource.ts'
import type { Request } from '../http/handler.ts'

/** Who a request comes from; undefined when this authenticator does not know. */
export type Authenticator = (request: Request) => Promise<User | undefined>

const AUTHENTICATED = 'system:authenticated'

/** Users by client certificate: common name is the user, organizations are groups. */
export const byCertificate: Authenticator = async ({ peer }) =>
  peer && { name: peer.commonName, groups: [...peer.organizations, AUTHENTICATED] }

/** Users by bearer token. Tokens are compared by their hashes, in constant time. */
export function byToken(tokens: ReadonlyMap<string, User>): Authenticator {
  const known = [...tokens].map(([token, user]) => ({ hash: sha256(token), user }))
  return async ({ headers }) => {
    const match = /^Bearer (\S{1,4096})$/i.exec(String(headers.authorization ?? ''))
    if (!match) return undefined
    const hash = sha256(match[1]!)
    const found = known.find((k) => timingSafeEqual(k.hash, hash))
    return found && { ...found.user, groups: [...found.user.groups, AUTHENTICATED] }
  }
}

/** The first authenticator that knows the user. */
export function anyOf(...authenticators: readonly Authenticator[]): Authenticator {
  return async (request) => {
    for (const authenticate of authenticators) {
      const user = await authenticate(request)
      if (user) return user
    }
    return undefined
  }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()
