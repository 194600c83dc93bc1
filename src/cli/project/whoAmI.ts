// The name of the user, as the server knows it.
import { createHash } from 'node:crypto'
import type { User } from '@kubernetes/client-node/dist/config_types.js'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { CommandError } from '../failure.ts'
import { isAbsent } from './access.ts'

const REVIEWS = { group: 'authentication.k8s.io', version: 'v1', plural: 'selfsubjectreviews' }
const USERS = { group: 'user.openshift.io', version: 'v1', plural: 'users' }

interface Review extends KubeObject {
  status?: { userInfo?: { username?: string } }
}

/** Bytes of its hash that stand for a token. */
const HASH_BYTES = 9

/**
 * Asks the server; one that is too old to say is taken to know the user by what the kubeconfig has: a token's hash, or the
 * name under which it is kept. Throws CommandError.
 */
export async function whoAmI(client: ObjectClient, user: User): Promise<string> {
  const asked = await client.create<Review>({ resource: REVIEWS }, { metadata: {} }).catch(() => undefined)
  const name = asked?.status?.userInfo?.username
  if (name) return name
  try {
    return (await client.get({ resource: USERS, name: '~' })).metadata.name ?? ''
  } catch (error) {
    if (!isAbsent(error))
      throw new CommandError(
        `unable to default to a user name: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      )
    return nameOf(user)
  }
}

function nameOf({ name, token, username }: User): string {
  if (token) return `token-${createHash('sha256').update(token).digest().subarray(0, HASH_BYTES).toString('base64url')}`
  return username || name.split('/', 1)[0]!
}
