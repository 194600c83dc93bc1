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
  return async (request) => {
    const token = bearerToken(request)
    if (token === undefined) return undefined
    const hash = sha256(token)
    const found = known.find((k) => timingSafeEqual(k.hash, hash))
    return found && { ...found.user, groups: [...found.user.groups, AUTHENTICATED] }
  }
}

/** The bearer token of a request, if it has one of a length that tokens have. */
export function bearerToken({ headers }: Request): string | undefined {
  return /^Bearer (\S{1,8192})$/i.exec(String(headers.authorization ?? ''))?.[1]
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
