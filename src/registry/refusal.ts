// How long a failure to find out how to speak to a registry is remembered, so that of a thousand tags not every one runs into it.
import type { RegistryError } from './error.ts'

/** Milliseconds of any failure: not every one waits for the same timeout. */
const SHORTEST = 1000
/** Milliseconds of a refusal, though it asked for more: imports are ordered by people, who may have put it right. Checks are held for as long as it says. */
const LONGEST = 60_000

/** Milliseconds for which nobody asks again for an import. */
export function lifeOf({ isBusy, retryAfter = 0 }: RegistryError): number {
  return isBusy ? Math.min(Math.max(retryAfter, SHORTEST), LONGEST) : SHORTEST
}
