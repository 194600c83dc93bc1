// What this process holds of configured rates, by what the shared record said last; and what it would write there.
import { randomBytes } from 'node:crypto'
import type { Rate } from '../core/registries/budget.ts'
import { claim, placeOf, pruned } from '../core/registries/claim.ts'
import { createHolding } from '../core/registries/createHolding.ts'
import { type GrantRecord, liveGrants, sumOf, type Times } from '../core/registries/grants.ts'
import { accountName } from '../core/registries/grantText.ts'
import type { Holding } from '../core/registries/holding.ts'
import { reserveOf } from '../core/registries/usage.ts'

/** Milliseconds since 1970. */
export interface RateClock {
  /** Steady. */
  now: () => number
  /** Of the wall, which may be put back and forth. */
  wall: () => number
}

/** An account: a registry and a user, and what there is of the rate. */
export interface RateAccount {
  /** In the record; and what it shares with others where there is no room for that. */
  readonly names: readonly [own: string, shared: string]
  rate: Rate
  /** To how many all together may come, for more to be granted to imports, and to checks. */
  bounds: { imports: number; checks: number }
  /** Until when it is known that there is no more, for those who wait and for the others; and when there will be. */
  readonly full: { all: number; checks: number; until: number }
}

export const rateAccount = (rate: Rate, host: string, user: string): RateAccount => ({
  names: [accountName(rate.prefix, host, user), accountName(rate.prefix)],
  rate,
  bounds: { imports: rate.requests, checks: rate.requests - reserveOf(rate.requests) },
  full: { all: -Infinity, checks: -Infinity, until: -Infinity },
})

/** What is to be written. */
export interface Draft {
  /** Undefined: nothing has changed. */
  record: GrantRecord | undefined
  /** Somebody gets less than was asked for. */
  isShort: boolean
  /** Tells the accounts that it is so. */
  refuse: () => void
  /** The record has it. */
  commit: () => void
}

/** Milliseconds after which it is looked again whether others have given something back. */
export const LOOK_AGAIN = 10_000

interface Held {
  per: number
  holding: Holding
}

/** See above. Does nothing by itself. */
export class RateLedger {
  readonly #clock: RateClock
  readonly #holder = randomBytes(6).toString('hex')
  readonly #held = new Map<string, Held>()
  #record: GrantRecord = new Map()

  constructor(clock: RateClock) {
    this.#clock = clock
  }

  get isEmpty(): boolean {
    return this.#held.size === 0
  }

  /** When the record has to be told of something, whoever asks for more; Infinity: it need not be. */
  get dueAt(): number {
    let due = Infinity
    for (const { holding } of this.#held.values()) due = Math.min(due, holding.dueAt() ?? Infinity)
    return due
  }

  holdingOf({ names, rate }: RateAccount): Holding | undefined {
    const held = this.#held.get(this.#placeOf(names, this.#record))
    return held?.per === rate.per ? held.holding : undefined
  }

  /** How many are left of a rate to all together. */
  left(account: RateAccount): number {
    const used = this.holdingOf(account)?.used(this.#clock.now()) ?? 0
    return Math.max(0, this.most(account) - used)
  }

  /** To how many this process may come, by what others have. */
  most({ names, rate }: RateAccount): number {
    const granted = this.#record.get(this.#placeOf(names, this.#record))
    if (!granted) return rate.requests
    const others = liveGrants(granted, this.#times()).filter(({ holder }) => holder !== this.#holder)
    return Math.max(0, rate.requests - sumOf(others))
  }

  /** The record, as it is by now. */
  know(record: GrantRecord): void {
    this.#record = record
    const now = this.#clock.now()
    // What counts for nothing any more is forgotten here, too.
    for (const [name, { holding }] of this.#held)
      if (holding.used(now) === 0 && holding.left(now) === 0 && !record.has(name)) this.#held.delete(name)
  }

  /** Nothing more is sent. */
  end(): void {
    for (const { holding } of this.#held.values()) holding.end()
  }

  /** The record with what is asked for, and by how many that wait. `all`: with what is used of everything, not only where that is due. */
  draft(asked: ReadonlyMap<RateAccount, number>, { all = false } = {}): Draft {
    const now = this.#clock.now()
    const claimant = { holder: this.#holder, now, times: this.#times() }
    const record = pruned(this.#record, claimant.times)
    const commits: (() => void)[] = []
    const refused: (() => void)[] = []
    const touched = new Set<string>()
    let isNew = false
    let isShort = false
    const put = (name: string, { holding, per }: Held, most: number, want: number) => {
      touched.add(name)
      const { granted, commit, ...told } = claim(record.get(name), holding, { most, per, want }, claimant)
      if (granted) record.set(name, granted)
      else record.delete(name)
      commits.push(commit)
      return told
    }
    for (const [name, { accounts, waiting }] of this.#places(asked, record)) {
      const { per } = accounts[0]!.rate
      const held = this.#heldOf(name, per, now)
      const want = Math.max(1, waiting)
      const before = held.holding.left(now)
      if (before >= want && !held.holding.isLow(now)) continue
      const { more, wait, ...told } = put(
        name,
        held,
        Math.max(...accounts.map(({ bounds }) => bounds[waiting > 0 ? 'imports' : 'checks'])),
        want,
      )
      isNew ||= told.isNew
      if (more >= want) continue
      const lacks = before + more < want
      isShort ||= lacks
      refused.push(() => accounts.forEach((account) => refuse(account, now, wait, lacks && waiting > 0)))
    }
    for (const [name, held] of this.#held) {
      if (touched.has(name) || !(all || (held.holding.dueAt() ?? Infinity) < now)) continue
      put(name, held, 0, 0)
      isNew = true
    }
    const each = (calls: readonly (() => void)[]) => (): void => calls.forEach((call) => call())
    return { record: isNew ? record : undefined, isShort, refuse: each(refused), commit: each(commits) }
  }

  /** What counts here goes on where it is, whatever has become of the record. */
  #placeOf(names: RateAccount['names'], record: GrantRecord): string {
    const now = this.#clock.now()
    return names.find((name) => (this.#held.get(name)?.holding.used(now) ?? 0) > 0) ?? placeOf(record, names)
  }

  /** Those that share a place ask together. */
  #places(asked: ReadonlyMap<RateAccount, number>, record: GrantRecord) {
    const places = new Map<string, { accounts: RateAccount[]; waiting: number }>()
    for (const [account, waiting] of asked) {
      const name = this.#placeOf(account.names, record)
      const place = places.get(name) ?? { accounts: [], waiting: 0 }
      place.accounts.push(account)
      place.waiting += waiting
      places.set(name, place)
    }
    return places
  }

  #heldOf(name: string, per: number, now: number): Held {
    let held = this.#held.get(name)
    if (held?.per === per) return held
    // A rate that has been changed.
    const past = held?.holding.propose(now, { more: 0, room: 0, until: now }).entries
    held = { per, holding: createHolding(per, past) }
    this.#held.set(name, held)
    return held
  }

  #times(): Times {
    const [now, wall] = [this.#clock.now(), this.#clock.wall()]
    return { early: Math.min(now, wall), late: Math.max(now, wall) }
  }
}

function refuse({ full }: RateAccount, now: number, wait: number, waited: boolean): void {
  full.checks = now + Math.min(wait, LOOK_AGAIN)
  full.until = now + wait
  if (waited) full.all = full.checks
}
