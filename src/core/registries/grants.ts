// Grants: leave to send a part of a configured rate. All processes share one record of them, so that together they never send more.
// See docs/adr/0056-rates-are-kept-by-grants.md. All times are milliseconds since 1970.

/** Leave of one process to send requests of an account. */
export interface Grant {
  /** Name of the process: a new one after each start. */
  holder: string
  /** At most so many in any span of the rate's length. 0: it has asked for some, and got none. */
  count: number
  /** None later than this; for 0: others are to leave it some until then. */
  until: number
}

/** The grants of an account: a registry and a credential, or all that have no room of their own under a prefix. */
export interface Granted {
  /** For how long a request counts. */
  per: number
  grants: readonly Grant[]
}

/** By the account's name, which tells nothing: see accountName. */
export type GrantRecord = ReadonlyMap<string, Granted>

/** Shortest length of a grant: a process that goes on asking writes once in three quarters of it, which is less than once in 10 s. */
export const LEAST_LENGTH = 20_000
/** Others are longer: this part of the rate's length. */
const PART = 1 / 20
/** By how much clocks of machines may differ, and how long a request may take to get to a registry from a process that was killed. */
export const SLACK = 5_000

/**
 * What time it is. Clocks of the wall can be put forward and back, and clocks that cannot stand still while a machine sleeps: what
 * others have counts by the one that is behind, and what they are told by the one that is ahead.
 */
export interface Times {
  early: number
  late: number
}

/** For how long a grant is given. */
export const lengthOf = (per: number): number => Math.max(LEAST_LENGTH, per * PART)

/** For how long others are told that somebody has got none: it is said again when half of that is over, so once in the length of a grant. */
export const wishLength = (per: number): number => 2 * lengthOf(per)

/** Those that count. No process gives one for longer: what lies farther ahead was written by a clock that was wrong. */
export function liveGrants({ grants, per }: Granted, { early, late }: Times): Grant[] {
  const latest = (count: number) => late + (count > 0 ? lengthOf(per) : wishLength(per)) + SLACK
  return grants
    .filter(({ count, until }) => (count > 0 ? endOf(until, per) : until) > early)
    .map(({ holder, count, until }) => ({ holder, count, until: Math.min(until, latest(count)) }))
}

/** How many requests they allow. */
export const sumOf = (grants: readonly Pick<Grant, 'count'>[]): number =>
  grants.reduce((sum, { count }) => sum + count, 0)

/** Milliseconds until they allow fewer than `most`, if nothing changes; 0: they do. */
export function waitFor(grants: readonly Grant[], per: number, most: number, now: number): number {
  let rest = sumOf(grants)
  for (const { count, until } of grants.toSorted((a, b) => a.until - b.until)) {
    if (rest < most) break
    rest -= count
    if (rest < most) return Math.max(1, endOf(until, per) - now)
  }
  return 0
}

const endOf = (until: number, per: number): number => until + per + SLACK
