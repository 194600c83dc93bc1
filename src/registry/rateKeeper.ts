// Keeps to configured rates together with all other processes: asks the record for leave before anything is sent.
// See docs/adr/0056-rates-are-kept-by-grants.md.
import type { Log } from '../core/machinery/log.ts'
import type { Rate } from '../core/registries/budget.ts'
import type { Delay } from '../core/registries/delay.ts'
import { readRecord, writeRecord } from '../core/registries/grantText.ts'
import { exponential } from '../kube/backoff.ts'
import { LOOK_AGAIN, rateAccount, type RateAccount, type RateClock, RateLedger } from './rateLedger.ts'
import type { RateRecord, Recorded } from './rateRecord.ts'

/** What a keeper works with. */
export interface RateKeeperOptions extends RateClock {
  record: RateRecord
  /** Calls once, so many milliseconds from now; returns how to prevent that. Default: timers that keep no process alive. */
  after?: (ms: number, call: () => void) => () => void
  log: Log
}

/** Milliseconds between two writes that nobody waits for: an installation that only checks writes less than once in ten seconds. */
const PACE = 12_000
/** Tries of a write when somebody else was faster. */
const TRIES = 6
/** Milliseconds that a delay lasts whose end is a write that is about to be made, and for which what was read is new. */
const SOON = 250
/** Milliseconds after which it is tried again when the record could not be used. */
const RETRY = exponential({ base: 1_000, cap: 30_000 })

/** The part of an account in this process. */
export interface RatePart {
  /** Why nothing may be sent now by what is held; undefined: it may. Without `waits` more is asked for. */
  refusal(waits?: boolean): Delay | undefined
  /** A request is sent: there was no refusal. The result is told whether it was. */
  take(): (sent: boolean) => void
  /** Asks for leave for one; resolves when the record has answered, or could not. */
  ask(): Promise<void>
  /** How many are left of the rate to all processes together, as far as is known. */
  left(): number
  /** To how many this process may come beside the others, as far as is known. */
  most(): number
  /** The rate that is configured by now, under the same prefix; and to how many all together may come, for more to be granted. */
  configure(rate: Rate, bounds: RateAccount['bounds']): void
}

/** See above. Nothing is read or written before something is to be sent under a rate. */
export class RateKeeper {
  readonly #options: Required<RateKeeperOptions>
  readonly #ledger: RateLedger
  /** How many wait for each account that asks for more, and who is told when the record has answered. */
  #asked = new Map<RateAccount, number>()
  #told: (() => void)[] = []
  #recorded: Recorded | undefined
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
    this.#ledger = new RateLedger(options)
  }

  /** Where the record lies, for people. */
  get place(): string {
    return this.#options.record.place
  }

  part(rate: Rate, host: string, user: string): RatePart {
    const account = rateAccount(rate, host, user)
    return {
      refusal: (waits = false) => this.#refusal(account, waits),
      take: () => this.#take(account),
      ask: () => this.#ask(account),
      left: () => this.#ledger.left(account),
      most: () => this.#most(account),
      configure: (by, bounds) => void Object.assign(account, { rate: by, bounds }),
    }
  }

  /** Reads what others have been granted, unless that was done just now. Never rejects. */
  async look(): Promise<void> {
    const { now, record } = this.#options
    if (this.#ledger.isEmpty || this.#retryAt > now() || now() - this.#readAt < SOON) return
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
    // What cannot be written now is no reason to be late: it ends by itself.
    if (this.#ledger.isEmpty || this.#retryAt > this.#options.now()) return
    this.#ledger.end()
    await this.#write(new Map(), { all: true }).catch((err: unknown) =>
      this.#options.log.debug({ err }, 'what is left of configured rates is not given back'),
    )
  }

  #most(account: RateAccount): number {
    const most = this.#ledger.most(account)
    // Others may have given something back, by which whoever is refused because of this would not ask.
    if (most < account.rate.requests && this.#options.now() - this.#readAt > LOOK_AGAIN && !this.#running)
      void this.look()
    return most
  }

  #refusal(account: RateAccount, waits: boolean): Delay | undefined {
    const now = this.#options.now()
    const holding = this.#ledger.holdingOf(account)
    if (!this.#isStopped && holding && holding.left(now) > 0) return undefined
    if (this.#retryAt > now) return { ms: this.#retryAt - now, reason: 'RateUnknown' }
    const free = holding?.freeIn(now) ?? Infinity
    const { full } = account
    const wait = (ms: number): Delay => ({ ms: Math.max(1, Math.ceil(Math.min(ms, free))), reason: 'ConfiguredRate' })
    if ((waits ? full.all : full.checks) > now) return wait(full.until - now)
    if (waits) return wait(SOON)
    this.#want(account)
    return wait((this.#timer?.at ?? now) - now + SOON)
  }

  #take(account: RateAccount): (sent: boolean) => void {
    const { now } = this.#options
    const holding = this.#ledger.holdingOf(account)!
    const ended = holding.take(now())
    if (holding.isLow(now())) this.#want(account)
    else if ((holding.dueAt() ?? Infinity) < (this.#timer?.at ?? Infinity)) this.#arm()
    return (sent) => ended(now(), sent)
  }

  #ask(account: RateAccount): Promise<void> {
    const now = this.#options.now()
    if (this.#isStopped || Math.max(this.#retryAt, account.full.all) > now) return Promise.resolve()
    this.#asked.set(account, (this.#asked.get(account) ?? 0) + 1)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#told.push(resolve)
    void this.#run()
    return promise
  }

  /** More is asked for when it is time to write. */
  #want(account: RateAccount): void {
    if (this.#isStopped || account.full.checks > this.#options.now() || this.#asked.has(account)) return
    this.#asked.set(account, 0)
    this.#arm()
  }

  /** Sets the timer for the next write that nobody waits for. */
  #arm(): void {
    if (this.#running || this.#isStopped) return
    const { now, after } = this.#options
    const due = this.#asked.size > 0 ? now() : this.#ledger.dueAt + 1
    if (due === Infinity) return
    const at = Math.max(due, this.#wroteAt + PACE, this.#retryAt)
    if (this.#timer && this.#timer.at <= at) return
    this.#timer?.cancel()
    this.#timer = { at, cancel: after(Math.max(0, at - now()), () => void this.#run()) }
  }

  #run(): Promise<void> {
    return (this.#running ??= this.#turns().finally(() => {
      this.#running = undefined
      this.#arm()
    }))
  }

  /** One write after the other, as long as somebody waits. */
  async #turns(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    do {
      const [asked, told] = [this.#asked, this.#told]
      this.#asked = new Map()
      this.#told = []
      try {
        await this.#write(asked)
        this.#failures = 0
      } catch (error) {
        this.#fail(error)
        told.push(...this.#told.splice(0))
      }
      for (const each of told) each()
    } while (this.#told.length > 0)
  }

  async #write(asked: ReadonlyMap<RateAccount, number>, options?: { all: boolean }): Promise<void> {
    const { record, now } = this.#options
    let isFresh = false
    for (let tries = 0; tries < TRIES; tries++) {
      if (!this.#recorded) {
        this.#know(await record.read())
        isFresh = true
      }
      const before = this.#recorded!
      const draft = this.#ledger.draft(asked, options)
      // What was known may be old: others may have given something back since.
      if (draft.isShort && !isFresh) {
        this.#recorded = undefined
        continue
      }
      draft.refuse()
      if (!draft.record) return
      this.#wroteAt = now()
      this.#recorded = undefined
      const after = await record.replace(writeRecord(draft.record), before)
      if (!after) continue
      draft.commit()
      this.#know(after)
      return
    }
    throw new Error('others write it all the time')
  }

  /** Error: DamagedRecord. */
  #know(recorded: Recorded): void {
    this.#ledger.know(readRecord(recorded.text))
    this.#recorded = recorded
    this.#readAt = this.#options.now()
  }

  #fail(err: unknown): void {
    const { now, log } = this.#options
    this.#failures++
    this.#recorded = undefined
    this.#retryAt = now() + RETRY(this.#failures)
    log[this.#failures === 1 ? 'warn' : 'debug'](
      { err, record: this.place },
      'the record of configured rates cannot be used: nothing is sent that it has to allow',
    )
  }
}

function unrefTimer(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms).unref()
  return () => clearTimeout(timer)
}
