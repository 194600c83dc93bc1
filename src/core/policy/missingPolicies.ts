// Annotations that say more of a policy, at tags that have none: there they count for nothing.
import { FILTER, IGNORE, MIN_AGE, POLICY, PRERELEASE } from '../image/annotations.ts'
import type { ImageStream } from '../image/types.ts'

/** Reason of the Event that tells of one. */
export const POLICY_MISSING = 'PolicyMissing'

/** Tags of one stream that are told of. */
const TOLD = 10

/** In words for the author of a stream, one for each tag. */
export function missingPolicies(stream: ImageStream): string[] {
  const problems: string[] = []
  for (const { name, annotations } of stream.spec.tags ?? []) {
    if (!annotations || annotations[POLICY] !== undefined) continue
    const found = [FILTER, IGNORE, MIN_AGE, PRERELEASE].filter((key) => annotations[key] !== undefined)
    if (found.length === 0) continue
    const what = found.length === 1 ? `the annotation ${found[0]} counts` : `the annotations ${found.join(', ')} count`
    problems.push(`tag ${name}: ${what} for nothing without ${POLICY}: add that, or remove what is there`)
    if (problems.length >= TOLD) break
  }
  return problems
}
