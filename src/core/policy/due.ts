// Whether a list of tags makes an import worth its while: the same rules as in choose.ts, without asking the registry for more.
import { candidatesOf, newerThan, newest } from './candidates.ts'
import { MAX_WAITING, type Choice } from './choice.ts'
import { ripeAt, type Failure } from './choose.ts'
import type { Policy } from './policy.ts'

/** What there is to decide by. */
export interface Listed {
  policy: Policy
  /** See policyId. */
  id: string
  tags: readonly string[]
  choice: Choice | undefined
  /** Why the last import of the tag failed. */
  failure: string | undefined
  /** Milliseconds since 1970. */
  now: number
}

/** What an import would find out, in a word to compare by; undefined: nothing new. */
export function dueOf({ policy, id, tags, choice, failure, now }: Listed): string | undefined {
  if (choice?.policy !== id) return 'another policy'
  const candidates = candidatesOf(policy, tags)
  const { tag, waiting = [] } = choice
  if (policy.minAge === 0) {
    const [best] = newerThan(policy, [newest(policy, candidates) ?? []].flat(), tag)
    if (best) return `choose ${best.tag}`
  } else {
    const known = new Set(waiting.map((each) => each.tag))
    const newer = newerThan(policy, candidates, tag).map((each) => each.tag)
    const listed = new Set(newer)
    const room = waiting.filter((each) => listed.has(each.tag)).length < MAX_WAITING
    const unseen = newer.find((each) => !known.has(each))
    if (unseen !== undefined && room) return `see ${unseen}`
    const ripe = waiting.find((each) => ripeAt(each, policy) <= now && (each.tag === tag || listed.has(each.tag)))
    if (ripe) return `adopt ${ripe.tag} ${ripe.digest ?? ''} ${ripe.since}`
  }
  if (tag === undefined) {
    const told: Failure = waiting.length > 0 ? 'WaitingForAge' : 'NoMatchingTag'
    return failure === told ? undefined : told
  }
  if (!tags.includes(tag)) return failure === 'ChosenTagGone' ? undefined : `${tag} has gone`
  return failure === 'ChosenTagGone' ? `${tag} is back` : undefined
}
