// Ranking: of all tags of a repository the few that matter to a policy. Lists may have a hundred thousand names, and users write what
// these are held against: one look at each, the few newest kept, and a pause from time to time, in which a server does other things.
import type { Rank } from './order.ts'
import { MAX_WAITING, type Choice } from './choice.ts'
import type { Policy } from './policy.ts'

/** What is ranked. */
export interface Listed {
  policy: Policy
  /** See policyId. */
  id: string
  /** All tags of the repository. */
  tags: readonly string[]
  /** Lets others have their turn. */
  pause: () => Promise<void>
}

/** See above. */
export interface Ranking {
  /** How many tags fit. */
  candidates: number
  /** Those that are newer than the chosen one, newest first: the first few, and those of the rest that wait. */
  newer: string[]
  /** The chosen tag is in the list. */
  hasChosen: boolean
}

/** Enough to find as many new ones as may wait, though as many others wait already. */
const KEPT = 2 * MAX_WAITING
/** Tags between pauses: a millisecond in the usual case, some 20 in the worst. */
const SLICE = 250

interface Candidate {
  tag: string
  rank: Rank
}

/** Ranks tags against what has been chosen so far. */
export async function rank({ policy, tags, pause }: Listed, choice: Choice | undefined): Promise<Ranking> {
  const limit = choice?.tag === undefined ? undefined : candidateOf(policy, choice.tag)
  const waits = new Set(choice?.waiting?.map(({ tag }) => tag))
  const waiting: Candidate[] = []
  const newest: Candidate[] = []
  let candidates = 0
  let hasChosen = false
  for (const [i, tag] of tags.entries()) {
    if (i % SLICE === SLICE - 1) await pause()
    const candidate = candidateOf(policy, tag)
    if (tag === choice?.tag) hasChosen = true
    if (!candidate) continue
    candidates++
    if (limit && compare(policy, candidate, limit) <= 0) continue
    if (waits.has(tag)) waiting.push(candidate)
    insert(policy, newest, candidate)
  }
  const all = new Map([...newest, ...waiting].map((each) => [each.tag, each]))
  const newer = [...all.values()].sort((a, b) => compare(policy, b, a)).map(({ tag }) => tag)
  return { candidates, newer, hasChosen }
}

/** A tag as a candidate; undefined when it does not fit. */
function candidateOf({ order, filter, ignore }: Policy, tag: string): Candidate | undefined {
  let found: Rank | undefined
  const version = filter.version(tag, (text) => (found = order.rank(text)) !== undefined)
  if (version === undefined || found === undefined || ignore.some((pattern) => pattern.fits(tag))) return undefined
  return { tag, rank: found }
}

/**
 * Above 0 when `a` is the newer one; 0 only for the same tag. Of two spellings of one version the longer one counts as newer:
 * `1.27` is as often moved on, `1.27.0` is not.
 */
function compare({ order }: Policy, a: Candidate, b: Candidate): number {
  return order.compare(a.rank, b.rank) || a.tag.length - b.tag.length || Number(a.tag > b.tag) - Number(a.tag < b.tag)
}

/** Puts a candidate in its place among the newest, unless it is none of them. */
function insert(policy: Policy, newest: Candidate[], candidate: Candidate): void {
  let at = newest.length
  while (at > 0 && compare(policy, candidate, newest[at - 1]!) > 0) at--
  if (at === KEPT) return
  newest.splice(at, 0, candidate)
  if (newest.length > KEPT) newest.pop()
}
