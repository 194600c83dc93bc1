// What stands for a credential where it must not be shown.
import { hash } from '../machinery/hash.ts'

/** Without a credential. */
export const ANONYMOUS = 'anonymous'

/**
 * Tells users of a registry apart, who are what registries count by: passwords and tokens come and go. The name is hashed, as some
 * registries take a token for it; the password has no part in it, so that nobody can try passwords by it.
 */
export function credentialId(username: string | undefined): string {
  return username ? hash('sha256', username).toString('hex', 0, 6) : ANONYMOUS
}
