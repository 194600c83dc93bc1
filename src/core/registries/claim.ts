// Claims: what a process writes into the record to get leave for more.
import {
  type Grant,
  type Granted,
  type GrantRecord,
  lengthOf,
  liveGrants,
  sumOf,
  type Times,
  waitFor,
  wishLength,
} from './grants.ts'
import type { Holding } from './holding.ts'

/** What a process asks for. */
export interface Claim {
  /** Of the account, and what it falls back to where there is no room for that. */
  names: readonly [own: string, shared: string]
  /** Most requests in each `per` that may be granted, to all together. */
  most: number
  per: number
  /** At least so many at once, for somebody waits for them. 0: nothing more; the record is to be told what was used. */
  want: number
}

/** What came of it. */
export interface Claimed {
  /** The account as the record is to have it; undefined: nobody has anything there any more. */
  granted: Granted | undefined
  /** How many requests more. */
  more: number
  /** There is something to write: more, for longer, or that there was none, which others do not know yet. */
  isNew: boolean
  /** Milliseconds until there may be more, where there were fewer than were asked for. */
  wait: number
  commit: () => void
}

/** The process and its time. */
export interface Claimant {
  holder: string
  /** Of its own, which never goes back. */
  now: number
  times: Times
}

/** Accounts of the record that have room of their own. Users may name any number of hosts and users: the others share one for each prefix. */
const MOST_ACCOUNTS = 128
/** Grants of an account. Two processes that use up a rate have some fifty. */
const MOST_GRANTS = 64
/** Of what may be granted at most this part at once, where nobody waits for more. */
const LARGEST = 1 / 4

/**
 * Which account of the record counts. What has begun in one goes on there as long as that counts for anything: else both together would be
 * too much.
 */
export function placeOf(record: GrantRecord, [own, shared]: Claim['names']): string {
  if (record.has(own)) return own
  return record.has(shared) || record.size >= MOST_ACCOUNTS ? shared : own
}

/** The record without what no longer counts. */
export function pruned(record: GrantRecord, times: Times): Map<string, Granted> {
  const left = new Map<string, Granted>()
  for (const [name, granted] of record) {
    const grants = liveGrants(granted, times)
    if (grants.length > 0) left.set(name, { per: granted.per, grants })
  }
  return left
}

/** Claims as much as there is. */
export function claim(
  before: Granted | undefined,
  holding: Holding,
  { most, per, want }: Omit<Claim, 'names'>,
  { holder, now, times }: Claimant,
): Claimed {
  const others = (before?.grants ?? []).filter((grant) => grant.holder !== holder)
  const usual = Math.ceil(most * Math.min(lengthOf(per) / per, LARGEST))
  const asked = want > 0 ? Math.max(want, usual) : 0
  // While somebody has got none nobody takes, or keeps up, more than all who ask would have if all had the same.
  const askers = new Set(others.filter(({ until }) => until > times.early).map((grant) => grant.holder)).size + 1
  const equal = Math.max(1, Math.floor(most / askers))
  const fair = want > 0 && others.some(({ count }) => count === 0) ? equal : undefined
  const {
    entries,
    more,
    isRenewed = false,
    commit,
  } = holding.propose(now, {
    more: asked,
    room: Math.min(most - sumOf(others), fair ?? Infinity),
    fair,
    until: now + lengthOf(per),
  })
  // Others see what is ours by the clock that is ahead.
  const own = entries.map(({ count, until }): Grant => ({ holder, count, until: until + times.late - now }))
  const wish = before?.grants.find((grant) => grant.holder === holder && grant.count === 0)
  const isShort = more < asked && sumOf(own) < equal
  const isWish = isShort && (wish?.until ?? 0) - times.late < wishLength(per) / 2
  if (isShort) own.push(isWish || !wish ? { holder, count: 0, until: times.late + wishLength(per) } : wish)
  const grants = bounded([...others, ...own], times.early)
  return {
    granted: grants.length > 0 ? { per, grants } : undefined,
    more,
    isNew: more > 0 || isRenewed || isWish,
    // Where it is only to leave something to others, they will have it soon.
    wait: more < want ? waitFor(grants, per, most, times.early) || lengthOf(per) / 4 : 0,
    commit,
  }
}

/** Makes one of grants that are over, where there are too many: then they count until the last of them does. */
function bounded(grants: readonly Grant[], now: number): readonly Grant[] {
  if (grants.length <= MOST_GRANTS) return grants
  const over = grants.filter(({ until }) => until < now).toSorted((a, b) => a.until - b.until)
  const first = new Set(over.slice(0, grants.length - MOST_GRANTS + 1))
  if (first.size < 2) return grants
  const last = Math.max(...Array.from(first, ({ until }) => until))
  return [...grants.filter((each) => !first.has(each)), { holder: '', count: sumOf([...first]), until: last }]
}
