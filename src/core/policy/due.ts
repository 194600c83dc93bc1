// Whether a list of tags makes an import worth its while: the same rules as in choose.ts, without asking the registry for more.
import { MAX_WAITING, type Choice } from './choice.ts'
import { ripeAt, type Failure } from './choose.ts'
import { rank, type Listed, type Ranking } from './ranking.ts'

/** What there is to decide by. */
export interface Followed extends Listed {
  choice: Choice | undefined
  /** Why the last import of the tag failed. */
  failure: string | undefined
  /** Milliseconds since 1970. */
  now: number
}

/** What an import would find out, in a word to compare by; undefined: nothing new. */
export async function dueOf(followed: Followed): Promise<string | undefined> {
  const { policy, id, choice, failure } = followed
  if (choice?.policy !== id) return 'another policy'
  const ranking = await rank(followed, choice)
  const [best] = ranking.newer
  const due = policy.minAge > 0 ? dueWithAge(followed, ranking, choice) : best && `choose ${best}`
  if (due !== undefined) return due
  const { tag, waiting = [] } = choice
  if (tag === undefined) {
    const told: Failure = waiting.length > 0 ? 'WaitingForAge' : 'NoMatchingTag'
    return failure === told ? undefined : told
  }
  if (!ranking.hasChosen) return failure === 'ChosenTagGone' ? undefined : `${tag} has gone`
  return failure === 'ChosenTagGone' ? `${tag} is back` : undefined
}

/** Names all that there is to do: an import may do only some of it, where the registry does not tell of the rest. */
function dueWithAge({ policy, now }: Followed, { newer }: Ranking, { tag, waiting = [] }: Choice): string | undefined {
  const known = new Set(waiting.map((each) => each.tag))
  const listed = new Set(newer)
  const hasRoom = waiting.filter((each) => listed.has(each.tag)).length < MAX_WAITING
  const unseen = hasRoom ? newer.filter((each) => !known.has(each)) : []
  const ripe = waiting.filter((each) => ripeAt(each, policy) <= now && (each.tag === tag || listed.has(each.tag)))
  const all = [
    ...unseen.map((each) => `see ${each}`),
    ...ripe.map((each) => `adopt ${each.tag} ${each.digest ?? ''} ${each.since}`),
  ]
  return all.length > 0 ? all.join(', ') : undefined
}
