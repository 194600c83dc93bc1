// Whether what a registry says of a tag makes an import worth its while.
import { latestEvent, specTag, statusTag } from '../image/access.ts'
import { IMPORT_SUCCESS } from '../image/history.ts'
import type { ImageStream } from '../image/types.ts'
import { choiceOf } from '../policy/choice.ts'
import { dueOf } from '../policy/due.ts'
import { policyId, policyOf } from '../policy/policy.ts'
import { isMadeOf } from './origins.ts'

/** What a check brought: the digest of the tag (or what there is to do, see meaningOf), neither (the registry tells no digests), or why it failed, as a stable word. */
export interface Checked {
  digest?: string
  failure?: string
  /** Of ALL_TAGS: the names of all tags. */
  tags?: readonly string[]
}

/** The last import of a tag that the schedule has asked for: of what it was made, and what came of it. */
export interface Settled {
  checked: string
  state: string
  /** Imports that failed in a row. */
  failures: number
  /** A failed one is not tried again before, in the milliseconds of the scheduler's clock. */
  notBefore: number
}

/** What a list of tags means for a tag that follows a policy, as a check of what there is to do; undefined: nothing. */
export async function meaningOf(
  stream: ImageStream,
  tag: string,
  tags: readonly string[],
  { now, pause }: { now: number; pause: () => Promise<void> },
): Promise<Checked | undefined> {
  const spec = specTag(stream, tag)
  const followed = spec && policyOf(stream, spec)
  if (!followed || 'problem' in followed) return undefined
  const { policy } = followed
  const [id, choice, failure] = [policyId(spec)!, choiceOf(stream, tag), importFailure(stream, tag)?.reason]
  const digest = await dueOf({ policy, id, tags, choice, failure, now, pause })
  return digest === undefined ? undefined : { digest }
}

/** A check in a word, to compare by. */
export function checkedText({ digest, failure }: Checked): string {
  return digest ?? (failure === undefined ? 'untold' : `failed: ${failure}`)
}

/** What the stream says of a tag in a word, to compare by: the newest image, and why the last import failed. */
export function stateOf(stream: Pick<ImageStream, 'status'>, tag: string): string {
  return `${latestEvent(stream, tag)?.image ?? ''} ${importFailure(stream, tag)?.reason ?? ''}`
}

/** Why the last import of the tag failed; undefined when it did not. */
export function importFailure(
  stream: Pick<ImageStream, 'status'>,
  tag: string,
): { reason: string; message: string; since: string | null } | undefined {
  const failed = statusTag(stream, tag)?.conditions?.find((c) => c.type === IMPORT_SUCCESS && c.status === 'False')
  return (
    failed && { reason: failed.reason || 'Unknown', message: failed.message ?? '', since: failed.lastTransitionTime }
  )
}

/**
 * Whether the tag is to be imported now. The digest that a registry tells need not be that of the image: of an index one platform is
 * taken. So beside the two being equal it counts that the image, or the last import, was made of the same.
 */
export function needsImport(
  stream: Pick<ImageStream, 'metadata' | 'status'>,
  tag: string,
  checked: Checked,
  settled: Settled | undefined,
  now: number,
): boolean {
  const failure = importFailure(stream, tag)
  const { digest } = checked
  if (digest !== undefined && !failure && (digest === latestEvent(stream, tag)?.image || isMadeOf(stream, tag, digest)))
    return false
  if (settled?.checked !== checkedText(checked) || settled.state !== stateOf(stream, tag)) return true
  // The check is good, the import is not: something else is wrong, which may pass.
  if (checked.digest !== undefined) return failure !== undefined && now >= settled.notBefore
  // A registry that refuses checks, or tells no digests, but gives the image: only an import shows whether it has changed.
  return failure === undefined
}
