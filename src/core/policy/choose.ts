// Choosing: which tag of a repository a policy means now, given what was chosen before.
//
// A choice only ever goes up. A tag that has vanished from a list is no reason to go back: lists are incomplete, deletions happen by
// mistake, and who wants an older version says so by the policy. Another policy begins anew.
import { formatTime } from '../machinery/object.ts'
import { MAX_WAITING, type Choice, type Waiting } from './choice.ts'
import type { Policy } from './policy.ts'
import { rank, type Listed, type Ranking } from './ranking.ts'

/** What a tag points at, or why the registry did not tell; undefined when there is no such tag. */
export type Look = { digest: string } | { error: unknown } | undefined

/** What is chosen from, and what may be asked of the registry. */
export interface Choosing extends Listed {
  /** The choice so far. */
  before: Choice | undefined
  now: Date
  look: (tag: string) => Promise<Look>
  /** When the image of a tag says that it was made; undefined: it does not, or cannot be had. */
  made: (tag: string) => Promise<Date | undefined>
}

/** Why a policy brings no image. */
export type Failure = 'NoMatchingTag' | 'WaitingForAge' | 'ChosenTagGone'

/** A tag of which the registry did not tell, and why. That says nothing of the tag, so what waits keeps its time. */
export interface Untold {
  tag: string
  error: unknown
}

/** What came of it. `untold`: it has to be tried again to find out. */
export type Chosen = { choice: Choice } & (
  | { take: { tag: string; digest?: string } }
  | { failure: Failure; message: string }
  | { untold: Untold }
)

/** Tags whose age is looked at when there is no choice yet: each costs a manifest and a configuration. */
const LOOKED_AT = 4

/** Chooses. Rejects only when `look` or `made` does. */
export async function choose(choosing: Choosing): Promise<Chosen> {
  const { policy, id, tags, before } = choosing
  // Without candidates it was never looked at: something else has failed.
  const kept = before?.policy === id && before.candidates !== undefined ? before : undefined
  const ranking = await rank(choosing, kept)
  const base = { policy: id, candidates: ranking.candidates }
  if (policy.minAge > 0) return await chooseAged(choosing, ranking, kept, base)
  const [best] = ranking.newer
  if (best !== undefined) return { choice: { ...base, tag: best }, take: { tag: best } }
  if (kept?.tag === undefined) return { choice: base, ...noMatch(tags.length) }
  const choice = { ...base, tag: kept.tag }
  // A list that leaves it out is no proof.
  const isThere = ranking.hasChosen || (await choosing.look(kept.tag)) !== undefined
  return isThere ? { choice, take: { tag: kept.tag } } : { choice, ...gone(kept.tag) }
}

interface Base {
  policy: string
  candidates: number
}

async function chooseAged(
  choosing: Choosing,
  { newer }: Ranking,
  kept: Choice | undefined,
  base: Base,
): Promise<Chosen> {
  const { policy, now, tags } = choosing
  const settled = (tag: string, digest: string | undefined, waiting: Waiting[]): Chosen => ({
    choice: { ...base, tag, ...(digest && { digest }), ...(waiting.length > 0 && { waiting }) },
    take: { tag, ...(digest && { digest }) },
  })
  if (!kept) {
    const first = await firstChoice(choosing, newer)
    if ('error' in first) return { choice: { policy: base.policy }, untold: first }
    if (first.tag !== undefined) return settled(first.tag, first.digest, first.waiting)
    return first.waiting.length > 0
      ? { choice: { ...base, waiting: first.waiting }, ...tooYoung(first.waiting, policy) }
      : { choice: base, ...noMatch(tags.length) }
  }
  const untold: Untold[] = []
  const look = async (tag: string): Promise<Look> => {
    const found = await choosing.look(tag)
    if (isUntold(found)) untold.push({ tag, ...found })
    return found
  }
  const waiting = await lookAtNew({ ...choosing, look }, newer, kept.waiting ?? [])
  const ripe = await ripest({ ...choosing, look }, newer, waiting)
  if (ripe) {
    const above = new Set(newer.slice(0, newer.indexOf(ripe.tag)))
    return settled(
      ripe.tag,
      ripe.digest,
      waiting.filter(({ tag }) => above.has(tag)),
    )
  }
  const { tag, digest } = kept
  const found = tag === undefined ? undefined : await look(tag)
  const again = tag === undefined ? [] : pushedAgain(kept, tag, found, now)
  const [moved] = again
  if (tag !== undefined && moved && found && !isUntold(found) && isRipe(moved, policy, now))
    return settled(tag, found.digest, waiting)
  const all = [...waiting, ...again]
  const known = digest ?? (isUntold(found) ? undefined : found?.digest)
  const choice = {
    ...base,
    ...(tag !== undefined && { tag }),
    ...(known && { digest: known }),
    ...(all.length > 0 && { waiting: all }),
  }
  // What else there may be to say is not known for sure.
  if (untold[0]) return { choice, untold: untold[0] }
  if (tag === undefined) return { choice, ...(all.length > 0 ? tooYoung(all, policy) : noMatch(tags.length)) }
  return found ? settled(tag, known, all) : { choice, ...gone(tag) }
}

const isUntold = (found: Look): found is { error: unknown } => found !== undefined && 'error' in found

/** What the chosen tag was replaced by, as it waits: as before where the registry does not tell, anew where it is something else. */
function pushedAgain({ digest, waiting = [] }: Choice, tag: string, found: Look, now: Date): Waiting[] {
  if (!found) return []
  const before = waiting.filter((each) => each.tag === tag)
  if (isUntold(found)) return before
  // Nothing else was known of it, or it is as it was.
  if (!digest || found.digest === digest) return []
  return [before.find((each) => each.digest === found.digest) ?? { tag, digest: found.digest, since: formatTime(now) }]
}

/**
 * Of what has not been seen before, nobody knows since when it is there. That an image was made a short while ago counts against it;
 * that it is old by what it says counts for nothing, for who wants to be adopted early may say so, and many images say 1970.
 */
async function firstChoice(
  { policy, now, look, made }: Choosing,
  newer: readonly string[],
): Promise<Untold | { tag: string | undefined; digest: string | undefined; waiting: Waiting[] }> {
  const waiting: Waiting[] = []
  for (const tag of newer.slice(0, LOOKED_AT)) {
    const [found, date] = await Promise.all([look(tag), made(tag)])
    if (!found) continue
    // An older one instead would stay for as long as the cool-down is.
    if (isUntold(found)) return { tag, ...found }
    const age = date ? now.getTime() - date.getTime() : Infinity
    if (age >= policy.minAge) return { tag, ...found, waiting }
    waiting.push({ tag, ...found, since: formatTime(date && age > 0 ? date : now) })
  }
  return { tag: undefined, digest: undefined, waiting }
}

/** What waits: what did, as far as it is there and newer still, and what is new. Those that wait keep their place, so that all get on. */
async function lookAtNew({ now, look }: Choosing, newer: readonly string[], before: readonly Waiting[]) {
  const wanted = new Set(newer)
  const waiting = before.filter(({ tag }) => wanted.has(tag)).slice(0, MAX_WAITING)
  const known = new Set(waiting.map(({ tag }) => tag))
  let untold = 0
  for (const tag of newer) {
    if (waiting.length + untold >= MAX_WAITING) break
    if (known.has(tag)) continue
    const found = await look(tag)
    if (isUntold(found)) untold++
    else if (found) waiting.push({ tag, ...found, since: formatTime(now) })
  }
  return waiting
}

/** The newest of those that have waited long enough, and are still what they were. Those that are not wait anew: `waiting` is changed. */
async function ripest(
  { policy, now, look }: Choosing,
  newer: readonly string[],
  waiting: Waiting[],
): Promise<Waiting | undefined> {
  for (const tag of newer) {
    const i = waiting.findIndex((each) => each.tag === tag)
    const each = waiting[i]
    if (!each || !isRipe(each, policy, now)) continue
    const found = await look(tag)
    if (isUntold(found)) continue
    if (!found) waiting.splice(i, 1)
    else if (found.digest === each.digest) return each
    else waiting[i] = { tag, ...found, since: formatTime(now) }
  }
  return undefined
}

/** When what waits may be adopted, in milliseconds since 1970. */
export function ripeAt({ since }: Waiting, { minAge }: Pick<Policy, 'minAge'>): number {
  return Date.parse(since) + minAge
}

const isRipe = (waiting: Waiting, policy: Policy, now: Date): boolean => ripeAt(waiting, policy) <= now.getTime()

function noMatch(count: number): { failure: Failure; message: string } {
  const message = `none of the ${count} tags of the repository fits the policy of this tag`
  return {
    failure: 'NoMatchingTag',
    message: `${message}: look at its annotations millrace.dev/policy and millrace.dev/filter`,
  }
}

function tooYoung(waiting: readonly Waiting[], policy: Policy): { failure: Failure; message: string } {
  const [first] = waiting.toSorted((a, b) => ripeAt(a, policy) - ripeAt(b, policy))
  const at = formatTime(new Date(ripeAt(first!, policy)))
  return { failure: 'WaitingForAge', message: `${first!.tag} is not known long enough: it may be adopted at ${at}` }
}

function gone(tag: string): { failure: Failure; message: string } {
  const message = `${tag}, which was chosen, is no longer in the repository, and nothing newer is: its image stays`
  return {
    failure: 'ChosenTagGone',
    message: `${message}; to go back, change the policy so that ${tag} does not fit it`,
  }
}
