// Candidates: the tags of a repository that a policy allows.
import type { Rank } from './order.ts'
import type { Policy } from './policy.ts'

/** A tag, and what it is compared by. */
export interface Candidate {
  tag: string
  rank: Rank
}

/** The tags that fit, in the order of the list. */
export function candidatesOf(policy: Policy, tags: Iterable<string>): Candidate[] {
  const found: Candidate[] = []
  for (const tag of tags) {
    const candidate = candidateOf(policy, tag)
    if (candidate) found.push(candidate)
  }
  return found
}

/** A tag as a candidate; undefined when it does not fit. */
export function candidateOf({ order, filter, ignore }: Policy, tag: string): Candidate | undefined {
  let rank: Rank | undefined
  const version = filter.version(tag, (text) => (rank = order.rank(text)) !== undefined)
  if (version === undefined || rank === undefined || ignore.some((pattern) => pattern.fits(tag))) return undefined
  return { tag, rank }
}

/**
 * Above 0 when `a` is the newer one; 0 only for the same tag. Of two spellings of one version the longer one counts as newer:
 * `1.27` is as often moved on, `1.27.0` is not.
 */
export function compareCandidates({ order }: Policy, a: Candidate, b: Candidate): number {
  return order.compare(a.rank, b.rank) || a.tag.length - b.tag.length || Number(a.tag > b.tag) - Number(a.tag < b.tag)
}

/** The newest; undefined when there are none. */
export function newest(policy: Policy, candidates: readonly Candidate[]): Candidate | undefined {
  return candidates.reduce<Candidate | undefined>(
    (best, each) => (best && compareCandidates(policy, best, each) > 0 ? best : each),
    undefined,
  )
}

/** The candidates that are newer than a tag, newest first. A tag that is undefined, or that the policy does not know, is the oldest. */
export function newerThan(policy: Policy, candidates: readonly Candidate[], tag: string | undefined): Candidate[] {
  const limit = tag === undefined ? undefined : candidateOf(policy, tag)
  const newer = limit ? candidates.filter((each) => compareCandidates(policy, each, limit) > 0) : [...candidates]
  return newer.sort((a, b) => compareCandidates(policy, b, a))
}
