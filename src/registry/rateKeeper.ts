// Keeps to configured rates together with all other processes: asks the record for leave before anything is sent.
// See docs/adr/0056-rates-are-kept-by-grants.md.
import { randomBytes } from 'node:crypto'
import type { Log } from '../core/machinery/log.ts'
import { partOfChecks, type Rate } from '../core/registries/budget.ts'
import { claim, type Claimant, placeOf, pruned } from '../core/registries/claim.ts'
import type { Delay } from '../core/registries/delay.ts'
import { type GrantRecord, sumOf, type Times } from '../core/registries/grants.ts'
import { accountName, readRecord, writeRecord } from '../core/registries/grantText.ts'
import { createHolding, type Ended, type Holding } from '../core/registries/holding.ts'
import { exponential } from '../kube/backoff.ts'
import type { RateRecord, Recorded } from './rateRecord.ts'

/** What a keeper works with. */
export interface RateKeeperOptions {
  record: RateRecord
  /** Milliseconds since 1970, steady. */
  now: () => number
  /** The clock of the wall, which may be put back and forth. */
  wall: () => number
  /** Calls once, so many milliseconds from now; returns how to prevent that. */
  after?: (ms: number, call: () => void) => () => void
  log: Log
}

/** Who is sent what: a registry and a user. */
export interface RateUser {
  host: string
  user: string
}

/** Milliseconds between two writes that nobody waits for: an installation that only checks writes less than once in ten seconds. */
const PACE = 12_000
/** Tries of a write when somebody else was faster. */
const TRIES = 6
/** Milliseconds after which it is looked again whether others have given something back. */
const LOOK_AGAIN = 10_000
/** Milliseconds that a delay lasts whose end is a write that is about to be made. */
const SOON = 250
const RETRY = exponential({ base: 1_000, cap: 30_000 })

interface Held {
  per: number
  holding: Holding
}

/** What an account asks for. */
interface Asked {
  /** So many wait for it. */
  waiting: number
  told: (() => void)[]
}

/** The part of an account in this process. */
export class RatePart {
  readonly #keeper: RateKeeper
  readonly #names: readonly [own: string, shared: string]
  rate: Rate
  /** Until when it is known that there is no more, for those who wait and for the others; and when there will be. */
  readonly full = { all: -Infinity, checks: -Infinity, until: -Infinity }

  constructor(keeper: RateKeeper, rate: Rate, { host, user }: RateUser) {
    this.#keeper = keeper
    this.#names = [accountName(rate.prefix, host, user), accountName(rate.prefix)]
    this.rate = rate
  }

  get names(): readonly [own: string, shared: string] {
    return this.#names
  }

  /** Why nothing may be sent now by what is held; undefined: it may. Without `waits` more is asked for. */
  refusal({ waits = false } = {}): Delay | undefined {
    return this.#keeper.refusal(this, waits)
  }

  /** A request is sent: there was no refusal. */
  take(): (sent: boolean) => void {
    return this.#keeper.take(this)
  }

  /** Asks for leave for one; resolves when the record has answered, or could not. */
  ask(): Promise<void> {
    return this.#keeper.ask(this)
  }

  /** How many are left of the rate, as the record tells. */
  left(): number {
    return this.#keeper.left(this)
  }
}

/** See above. Nothing is read or written before something is to be sent under a rate. */
export class RateKeeper {
  readonly #options: Required<RateKeeperOptions>
  readonly #holder = randomBytes(6).toString('hex')
  readonly #held = new Map<string, Held>()
  #asked = new Map<RatePart, Asked>()
  #recorded: Recorded | undefined
  #record: GrantRecord = new Map()
  #wroteAt = -Infinity
  #readAt = -Infinity
  #failures = 0
  /** When it is tried again after a failure. */
  #retryAt = -Infinity
  #running: Promise<void> | undefined
  #timer: { at: number; cancel: () => void } | undefined
  #isStopped = false

  constructor(options: RateKeeperOptions) {
    this.#options = { after: unrefTimer, ...options }
  }

  /** Where the record lies, for people. */
  get place(): string {
    return this.#options.record.place
  }

  part(rate: Rate, user: RateUser): RatePart {
    return new RatePart(this, rate, user)
  }

  /** See RatePart. */
  refusal(part: RatePart, waits: boolean): Delay | undefined {
    const now = this.#options.now()
    const holding = this.#holdingOf(part)
    if (!this.#isStopped && holding && holding.left(now) > 0) return undefined
    if (this.#retryAt > now) return { ms: this.#retryAt - now, reason: 'RateUnknown' }
    const full = waits ? part.full.all : part.full.checks
    const free = holding?.freeIn(now) ?? Infinity
    if (full > now)
      return { ms: Math.max(1, Math.ceil(Math.min(part.full.until - now, free))), reason: 'ConfiguredRate' }
    if (waits || this.#isStopped) return { ms: SOON, reason: 'ConfiguredRate' }
    this.#want(part)
    return { ms: Math.max(SOON, Math.min(free, (this.#timer?.at ?? now) - now + SOON)), reason: 'ConfiguredRate' }
  }

  take(part: RatePart): (sent: boolean) => void {
    const { now } = this.#options
    const holding = this.#holdingOf(part)!
    const ended: Ended = holding.take(now())
    if (holding.isLow(now())) this.#want(part)
    this.#arm()
    return (sent) => ended(now(), sent)
  }

  ask(part: RatePart): Promise<void> {
    const now = this.#options.now()
    if (this.#isStopped || Math.max(this.#retryAt, part.full.all) > now) return Promise.resolve()
    const asked = this.#askedOf(part)
    const { promise, resolve } = Promise.withResolvers<void>()
    asked.waiting++
    asked.told.push(resolve)
    void this.#run()
    return promise
  }

  left(part: RatePart): number {
    const now = this.#options.now()
    const granted = pruned(this.#record, this.#times()).get(this.#placeOf(part, this.#record))
    const others = granted?.grants.filter(({ holder }) => holder !== this.#holder) ?? []
    return Math.max(0, part.rate.requests - sumOf(others) - (this.#holdingOf(part)?.used(now) ?? 0))
  }

  /** Reads what others have been granted, unless that was done lately. */
  async look(): Promise<void> {
    const { now, record } = this.#options
    if (this.#held.size === 0 || this.#retryAt > now() || now() - this.#readAt < SOON) return
    this.#readAt = now()
    try {
      this.#know(await record.read())
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Sends nothing more, and gives back what was not used. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#running
    this.#timer?.cancel()
    if (this.#held.size === 0) return
    for (const { holding } of this.#held.values()) holding.end()
    await this.#write(new Map(), { all: true }).catch((err: unknown) =>
      this.#options.log.debug({ err }, 'what is left of configured rates is not given back'),
    )
  }

  #holdingOf(part: RatePart): Holding | undefined {
    const held = this.#held.get(this.#placeOf(part, this.#record))
    return held?.per === part.rate.per ? held.holding : undefined
  }

  /** What counts here goes on where it is, whatever has become of the record. */
  #placeOf({ names }: RatePart, record: GrantRecord): string {
    const now = this.#options.now()
    return names.find((name) => (this.#held.get(name)?.holding.used(now) ?? 0) > 0) ?? placeOf(record, names)
  }

  #askedOf(part: RatePart): Asked {
    let asked = this.#asked.get(part)
    if (!asked) this.#asked.set(part, (asked = { waiting: 0, told: [] }))
    return asked
  }

  /** More is asked for when others are. */
  #want(part: RatePart): void {
    const now = this.#options.now()
    if (this.#isStopped || part.full.checks > now || this.#asked.has(part)) return
    this.#askedOf(part)
    this.#arm()
  }

  /** Sets the timer for the next write that nobody waits for. */
  #arm(): void {
    if (this.#running || this.#isStopped) return
    const { now, after } = this.#options
    let at = this.#asked.size > 0 ? now() : Infinity
    for (const { holding } of this.#held.values()) at = Math.min(at, (holding.dueAt() ?? Infinity) + 1)
    if (at === Infinity) return
    at = Math.max(at, this.#wroteAt + PACE, this.#retryAt)
    if (this.#timer && this.#timer.at <= at) return
    this.#timer?.cancel()
    const call = (): void => {
      this.#timer = undefined
      void this.#run()
    }
    this.#timer = { at, cancel: after(Math.max(0, at - now()), call) }
  }

  #run(): Promise<void> {
    return (this.#running ??= this.#turns().finally(() => {
      this.#running = undefined
      this.#arm()
    }))
  }

  async #turns(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    do {
      const asked = this.#asked
      this.#asked = new Map()
      try {
        await this.#write(asked)
        this.#failures = 0
      } catch (error) {
        this.#fail(error)
      }
      for (const { told } of asked.values()) for (const each of told) each()
      // What has come meanwhile, and somebody waits for.
    } while (this.#asked.values().some(({ waiting }) => waiting > 0) && this.#failures === 0)
    if (this.#failures > 0) for (const { told } of this.#asked.values()) for (const each of told.splice(0)) each()
  }

  /** `all`: what is held is told as it is, though nobody asks for more. */
  async #write(asked: ReadonlyMap<RatePart, Asked>, { all = false } = {}): Promise<void> {
    const { record, now } = this.#options
    let isFresh = false
    for (let tries = 0; tries < TRIES; tries++) {
      if (!this.#recorded) {
        this.#know(await record.read())
        isFresh = true
      }
      const before = this.#recorded!
      const draft = this.#draft(asked, all)
      // What was known may be old: others may have given something back since.
      if (draft.isShort && !isFresh) {
        this.#recorded = undefined
        continue
      }
      for (const each of draft.refused) each()
      if (!draft.record) return
      this.#wroteAt = now()
      this.#recorded = undefined
      const after = await record.replace(writeRecord(draft.record), before)
      if (!after) continue
      this.#know(after, draft.record)
      for (const commit of draft.commits) commit()
      return
    }
    throw new Error('others write it all the time')
  }

  /** The record as it would be. */
  #draft(asked: ReadonlyMap<RatePart, Asked>, all: boolean) {
    const now = this.#options.now()
    const times = this.#times()
    const claimant: Claimant = { holder: this.#holder, now, times }
    const record = pruned(this.#record, times)
    const commits: (() => void)[] = []
    const refused: (() => void)[] = []
    let [isShort, isNew] = [false, false]
    const touched = new Set<string>()
    const put = (name: string, held: Held, most: number, want: number): { more: number; wait: number } => {
      touched.add(name)
      const claimed = claim(record.get(name), held.holding, { most, per: held.per, want }, claimant)
      if (claimed.granted) record.set(name, claimed.granted)
      else record.delete(name)
      commits.push(claimed.commit)
      return claimed
    }
    for (const [name, { parts, waiting }] of this.#places(asked, record)) {
      const { requests, per } = parts[0]!.rate
      const held = this.#heldOf(name, per, now)
      const { holding } = held
      if (holding.left(now) >= Math.max(1, waiting) && !holding.isLow(now)) continue
      const most = waiting > 0 ? requests : partOfChecks(requests)
      const { more, wait } = put(name, held, most, Math.max(1, waiting))
      if (more > 0) isNew = true
      else if (holding.left(now) < Math.max(1, waiting)) {
        isShort = true
        refused.push(() => parts.forEach((part) => this.#refuse(part, waiting > 0, wait)))
      }
    }
    for (const [name, held] of this.#held) {
      const isDue = all || (held.holding.dueAt() ?? Infinity) < now
      if (!isDue || touched.has(name)) continue
      put(name, held, 0, 0)
      isNew = true
    }
    return { record: isNew ? record : undefined, commits, refused, isShort }
  }

  /** Those that share a place ask together. */
  #places(asked: ReadonlyMap<RatePart, Asked>, record: GrantRecord) {
    const places = new Map<string, { parts: RatePart[]; waiting: number }>()
    for (const [part, { waiting }] of asked) {
      const name = this.#placeOf(part, record)
      const { parts, waiting: others } = places.get(name) ?? { parts: [], waiting: 0 }
      places.set(name, { parts: [...parts, part], waiting: others + waiting })
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

  #refuse(part: RatePart, waited: boolean, wait: number): void {
    const now = this.#options.now()
    part.full.checks = now + Math.min(wait, LOOK_AGAIN)
    if (waited) part.full.all = part.full.checks
    part.full.until = now + wait
  }

  #know(recorded: Recorded, record = readRecord(recorded.text)): void {
    this.#recorded = recorded
    this.#record = record
    this.#readAt = this.#options.now()
    // What counts for nothing any more is forgotten here, too.
    for (const [name, { holding }] of this.#held)
      if (holding.used(this.#readAt) === 0 && holding.left(this.#readAt) === 0 && !record.has(name))
        this.#held.delete(name)
  }

  #fail(err: unknown): void {
    const { now, log } = this.#options
    this.#failures++
    this.#recorded = undefined
    this.#retryAt = now() + RETRY(this.#failures)
    const level = this.#failures === 1 ? 'warn' : 'debug'
    log[level](
      { err, record: this.place },
      'the record of configured rates cannot be used: nothing is sent that it has to allow',
    )
  }

  #times(): Times {
    const { now, wall } = this.#options
    const [a, b] = [now(), wall()]
    return { early: Math.min(a, b), late: Math.max(a, b) }
  }
}

function unrefTimer(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms).unref()
  return () => clearTimeout(timer)
}
