// Which tags of a stream are checked on a schedule.
import { latestEvent } from '../image/access.ts'
import { isImportable } from '../image/importable.ts'
import type { ImportReason } from '../image/importReasons.ts'
import type { ImageStream, TagReference } from '../image/types.ts'
import { choiceOf } from '../policy/choice.ts'
import { policyId, policyOf } from '../policy/policy.ts'
import { isDigest } from '../oci/digest.ts'
import { freshnessOf, type Freshness } from './freshness.ts'
import { ALL_TAGS, sibling, sourceOf, type Source } from './source.ts'

/** A tag with `importPolicy.scheduled`, and what is asked for it. One that follows a policy has two: the list of tags, and the chosen one. */
export interface Tracked extends Freshness {
  tag: string
  source: Source
}

/** The scheduled tags of a stream. `fallback`: milliseconds, where neither tag nor stream says how fresh they are to be. */
export function trackedTags(stream: ImageStream, fallback: number): Tracked[] {
  if (stream.metadata.deletionTimestamp) return []
  return (stream.spec.tags ?? []).flatMap((tag) => {
    if (!isScheduled(tag)) return []
    const source = sourceOf(tag.from?.name ?? '', tag.importPolicy.insecure === true)
    if (!source) return []
    const tracked = { tag: tag.name, ...freshnessOf(stream, tag, fallback) }
    return sourcesOf(stream, tag, source).map((each) => Object.assign({ source: each }, tracked))
  })
}

/** Whether a tag asks to be checked on a schedule. */
export function isScheduled(tag: TagReference): boolean {
  return isImportable(tag) && tag.importPolicy.scheduled === true
}

/** Why a tag that asks for it has nothing to be checked; undefined when nothing is wrong with what it says. */
export function untrackable(
  stream: ImageStream,
  tag: TagReference,
): { reason: ImportReason; message: string } | undefined {
  const { name = '' } = tag.from ?? {}
  if (!sourceOf(name, false)) return { reason: 'Invalid', message: `"${name}" names no image of a registry` }
  const followed = policyOf(stream, tag)
  return followed && 'problem' in followed ? { reason: 'InvalidPolicy', message: followed.problem } : undefined
}

function sourcesOf(stream: ImageStream, tag: TagReference, source: Source): Source[] {
  const followed = policyOf(stream, tag)
  if (!followed) return canChange(stream, tag, source) ? [source] : []
  if ('problem' in followed) return []
  const choice = choiceOf(stream, tag.name)
  const chosen = choice?.policy === policyId(tag) ? choice?.tag : undefined
  return [ALL_TAGS, ...(chosen === undefined ? [] : [chosen])].map((reference) => sibling(source, reference))
}

/** What is named by its digest is looked for until it has been found once. */
function canChange(stream: ImageStream, tag: TagReference, { reference }: Source): boolean {
  return !isDigest(reference) || latestEvent(stream, tag.name) === undefined
}
