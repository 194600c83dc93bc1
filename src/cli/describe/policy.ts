// What a tag follows, what that has chosen, and what waits, as `describe` shows it. For oc these are annotations like any other.
import { FILTER, IGNORE, MIN_AGE, POLICY, PRERELEASE } from '../../core/image/annotations.ts'
import type { ImageStream, TagReference } from '../../core/image/types.ts'
import { formatTime } from '../../core/machinery/object.ts'
import { choiceOf } from '../../core/policy/choice.ts'
import { ripeAt } from '../../core/policy/choose.ts'
import { policyId, policyOf } from '../../core/policy/policy.ts'

/** Lines below the source of a tag; none where it has no policy. What is wrong with one is told by the condition of the tag. */
export function policyLines(stream: ImageStream, tag: TagReference | undefined): string[] {
  const followed = tag && policyOf(stream, tag)
  if (!followed) return []
  const {
    [POLICY]: order,
    [FILTER]: filter,
    [IGNORE]: ignore,
    [PRERELEASE]: pre,
    [MIN_AGE]: age,
  } = tag.annotations ?? {}
  const details = [
    ...(filter ? [`filter ${filter}`] : []),
    ...(ignore ? [`without ${ignore}`] : []),
    ...(pre === 'true' ? ['with pre-releases'] : []),
    ...(age ? [`known for ${age}`] : []),
  ]
  const lines = [`    follows the newest tag by ${order}${details.length > 0 ? ` (${details.join(', ')})` : ''}`]
  const choice = choiceOf(stream, tag.name)
  if ('problem' in followed || choice?.policy !== policyId(tag)) return lines
  if (choice?.tag !== undefined) lines.push(`    has chosen ${choice.tag} of ${choice.candidates} that fitted`)
  for (const waiting of choice?.waiting ?? []) {
    const until = formatTime(new Date(ripeAt(waiting, followed.policy)))
    const what = waiting.tag === choice?.tag ? `${waiting.tag}, which was pushed again,` : waiting.tag
    lines.push(`    ${what} waits until ${until}`)
  }
  return lines
}
