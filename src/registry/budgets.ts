// The budgets of all registries and credentials.
import { unmeasured, type Metrics } from '../core/machinery/metrics.ts'
import { Budget, type Rate } from '../core/registries/budget.ts'
import { ANONYMOUS, credentialId } from '../core/registries/credentialId.ts'
import type { Delay } from '../core/registries/delay.ts'
import { parseQuota } from '../core/registries/quotaHeaders.ts'
import type { DelayReason, DelayReport, RegistryReport } from '../core/registries/report.ts'
import { CHECK, type Whose } from '../core/registries/usage.ts'
import { isRefusal, retryAfter } from './answerError.ts'
import { budgetMeter, type BudgetMeter } from './budgetMeter.ts'
import { delayText } from './delayText.ts'
import type { Errand } from './errand.ts'
import { type Answer, single } from './exchange.ts'
import { type Gate, HeldBack, type Passed, type Passing } from './gate.ts'
import type { RateKeeper, RatePart } from './rateKeeper.ts'

/** What budgets are made of. */
export interface BudgetsOptions {
  /** The rate that is configured for a registry. Asked for each request. Default: none. */
  rateOf?: (host: string) => Rate | undefined
  /** Milliseconds since 1970, steady. */
  now?: () => number
  /** Shares configured rates with other processes, and with those that come after this one. Default: this one counts alone. */
  keeper?: RateKeeper
  metrics?: Metrics
}

/** What waits for a budget. */
export type Waiting = Omit<DelayReport, 'what' | 'message'>

interface Account {
  registry: string
  credential: string
  rate: Rate | undefined
  budget: Budget
  /** Of the rate; undefined where there is none, or none is shared. */
  part: RatePart | undefined
  waiting: Map<DelayReport['what'], Waiting>
}

/** Budgets that are kept, those that were used last. Users name hosts and credentials: there may be any number. */
const ACCOUNTS = 2_000

/** The registry that is documented to count no HEAD. https://docs.docker.com/docker-hub/usage/pulls/ */
const COUNTS_NO_HEAD: ReadonlySet<string> = new Set(['registry-1.docker.io'])

/** See above. An account is named by a key, which `Errand.account` tells; one that is not known by now has no limits. */
export class Budgets {
  readonly #rateOf: NonNullable<BudgetsOptions['rateOf']>
  readonly #now: () => number
  readonly #keeper: RateKeeper | undefined
  readonly #meter: BudgetMeter
  /** Least recently used first. */
  readonly #accounts = new Map<string, Account>()

  constructor({ rateOf = () => undefined, now = steady, keeper, metrics = unmeasured }: BudgetsOptions = {}) {
    this.#rateOf = rateOf
    this.#now = now
    this.#keeper = keeper
    this.#meter = budgetMeter(metrics)
  }

  /**
   * See Gate. A check passes when it has its turn; or when there is one, and it is not kept to a pace with others that wait for theirs. Who is due
   * when a registry wants to be asked again does not go behind those who come back: their line would never end. Whom somebody waits for
   * waits for leave to send under a shared rate, if need be; checks never do.
   */
  readonly enter: Gate = (passing) => {
    const [key, account] = this.#open(passing)
    if (passing.elsewhere) return this.#refused(account)
    const { errand } = passing
    const waits = errand === undefined || errand.urgent === true
    const delay = this.#delay(passing, key, account)
    if (delay) throw this.#heldBack(account, passing, delay)
    const refusal = account.part?.refusal(waits)
    if (!refusal) return this.#pass(passing, key, account)
    if (!waits) throw this.#heldBack(account, passing, refusal)
    return account.part!.ask().then(() => {
      // Others may have come before.
      const late = this.#delay(passing, key, account) ?? account.part?.refusal(waits)
      if (late) throw this.#heldBack(account, passing, late)
      return this.#pass(passing, key, account)
    })
  }

  /** Why no check may begin now. */
  check(account: string): Delay | undefined {
    const found = this.#accounts.get(account)
    if (!found) return undefined
    const delay = found.budget.check(this.#now())
    this.#bound(found)
    return delay ?? found.part?.refusal()
  }

  /** A check begins: it has its turn. */
  takeTurn(account: string): void {
    this.#accounts.get(account)?.budget.takeTurn(this.#now())
  }

  /** Whether checks are kept to a pace there. */
  isPaced(account: string): boolean {
    return this.#accounts.get(account)?.budget.isPaced(this.#now()) ?? false
  }

  /** Why no tag that has moved may be imported now, by so many pulls. */
  pull(account: string, pulls = 1): Delay | undefined {
    return this.#accounts.get(account)?.budget.pull(this.#now(), pulls)
  }

  /** A tag that has moved will be imported, by so many pulls. */
  promise(account: string, pulls = 1): void {
    for (let i = 0; i < pulls; i++) this.#accounts.get(account)?.budget.promise(this.#now())
  }

  /** A check has found nothing new. */
  avoided(account: string): void {
    const found = this.#accounts.get(account)
    found?.budget.avoided(this.#now())
    if (found) this.#meter.avoided(found.registry)
  }

  /** What waits, by now; undefined: nothing. */
  waits(account: string, what: DelayReport['what'], waiting: Waiting | undefined): void {
    const found = this.#accounts.get(account)
    if (waiting) found?.waiting.set(what, waiting)
    else found?.waiting.delete(what)
  }

  /** Why something of an account waits. */
  delayed(account: string, what: DelayReport['what']): DelayReport | undefined {
    const found = this.#accounts.get(account)
    const waiting = found?.waiting.get(what)
    return found && waiting && this.#reportOf(found, what, waiting, this.#now())
  }

  /** Why the registry is left alone, if it has asked for that. */
  held(account: string): { reason: DelayReason; message: string; until: number } | undefined {
    const found = this.#accounts.get(account)
    const now = this.#now()
    const delay = found?.budget.held(now)
    if (!found || !delay) return undefined
    return {
      reason: delay.reason,
      message: delayText(found.registry, delay, found.rate, 'checks'),
      until: now + delay.ms,
    }
  }

  /** Looks what others have used of rates, for who asks for a report. */
  async refresh(): Promise<void> {
    await this.#keeper?.look()
  }

  /** All accounts, by registry, then credential. */
  report(): RegistryReport[] {
    const now = this.#now()
    const name = ({ registry, credential }: RegistryReport) => `${registry} ${credential}`
    return Array.from(this.#accounts.values(), (account) => ({
      registry: account.registry,
      credential: account.credential,
      ...withRecord(account.budget.report(now), account.part),
      delayed: Array.from(account.waiting, ([what, waiting]) => this.#reportOf(account, what, waiting, now)),
    })).sort((a, b) => (name(a) < name(b) ? -1 : 1))
  }

  /** Why a request is kept back, whatever is held of a shared rate. */
  #delay(passing: Passing, key: string, { budget, waiting, part }: Account): Delay | undefined {
    const now = this.#now()
    const { errand } = passing
    if (errand) errand.account = key
    const behind = budget.isPaced(now) ? waiting.get('checks') : undefined
    return (
      budget.request(now, whoseOf(passing), errand ? undefined : part?.most()) ??
      (errand?.urgent ? budget.held(now) : undefined) ??
      (needsTurn(errand, key) ? (budget.check(now) ?? (behind && { ...behind, ms: 0 })) : undefined)
    )
  }

  #pass(passing: Passing, key: string, account: Account): Passed {
    const { errand, kind } = passing
    const now = this.#now()
    if (errand && needsTurn(errand, key)) {
      account.budget.takeTurn(now)
      errand.turn = key
    }
    account.budget.sent(now, kind === 'pull', whoseOf(passing))
    return this.#passed(account, passing, account.part?.take())
  }

  #heldBack({ rate }: Account, { host, errand }: Passing, delay: Delay): HeldBack {
    const { ms, reason } = delay
    const text = delayText(host, delay, rate, errand && 'checks', this.#keeper?.place)
    return new HeldBack(text, { ms, reason }, !errand)
  }

  #open({ host, credential }: Passing): [key: string, account: Account] {
    const rate = this.#rateOf(host)
    const user = credential?.password ? credentialId(credential.username) : ANONYMOUS
    const key = JSON.stringify([host, user, ...(rate ? [rate.prefix] : [])])
    let account = this.#accounts.get(key)
    if (account) this.#accounts.delete(key)
    else {
      const budget = new Budget({ freeHeads: COUNTS_NO_HEAD.has(host) })
      account = { registry: host, credential: user, rate, budget, part: undefined, waiting: new Map() }
    }
    account.rate = rate
    account.budget.limit(this.#now(), rate)
    if (rate) account.part ??= this.#keeper?.part(rate, host, user)
    else account.part = undefined
    this.#bound(account)
    this.#accounts.set(key, account)
    if (this.#accounts.size > ACCOUNTS) this.#forget()
    return [key, account]
  }

  #bound({ rate, budget, part }: Account): void {
    if (rate) part?.configure(rate, budget.bounds(this.#now()))
  }

  #passed({ budget, registry }: Account, passing: Passing, ended: ((sent: boolean) => void) | undefined): Passed {
    const { kind, session, errand } = passing
    const whose = whoseOf(passing)
    return (told) => {
      const now = this.#now()
      ended?.(told !== 'unsent')
      if (told === 'unsent') return budget.unsent(now, whose)
      this.#meter.request(registry, session ? 'session' : errand ? 'check' : 'import')
      if (!told) return budget.answered(now, undefined, whose)
      const { status, headers } = told
      const quota = parseQuota(headers, () => clockOf(headers, now))
      const refused = status === 429
      const wait = status >= 400 ? retryAfter(told, new Date(now)) : undefined
      const answer = { head: kind === 'head', quota, refused, retryAfter: wait, good: status < 400 }
      budget.answered(now, answer, whose)
      if (quota) this.#meter.remaining(registry, quota.remaining)
    }
  }

  /** Of what its token server says a registry takes over that nobody is let in for now. */
  #refused({ budget }: Account): Passed {
    return (told) => {
      const date = new Date(this.#now())
      if (!told || told === 'unsent' || !isRefusal(told, date)) return
      budget.refused(date.getTime(), retryAfter(told, date))
    }
  }

  #reportOf({ registry, rate }: Account, what: DelayReport['what'], waiting: Waiting, now: number): DelayReport {
    const { reason, until } = waiting
    const delay = { ms: Math.max(0, until - now), reason }
    return { what, ...waiting, message: delayText(registry, delay, rate, what, this.#keeper?.place) }
  }

  /** A line must find its budget again, and who names many hosts must not have a rate forgotten. */
  #forget(): void {
    let [last = ''] = this.#accounts.keys()
    for (const [key, { waiting, rate }] of this.#accounts) {
      if (waiting.size > 0 || rate) continue
      last = key
      break
    }
    this.#accounts.delete(last)
  }
}

const whoseOf = ({ errand, namespace = '' }: Passing): Whose => (errand ? CHECK : namespace)

/** Whether it is a check that has no turn yet. */
const needsTurn = (errand: Errand | undefined, key: string): boolean =>
  errand !== undefined && !errand.urgent && errand.turn !== key

type Told = ReturnType<Budget['report']>

/** What is left of a shared rate tells the record. */
function withRecord(report: Told, part: RatePart | undefined): Told {
  if (!part) return report
  const limits = report.limits.map((limit) =>
    limit.from === 'configuration'
      ? Object.assign({}, limit, { remaining: Math.min(limit.remaining, part.left()) })
      : limit,
  )
  return { ...report, limits }
}

/** The registry's clock, where its answer tells. */
function clockOf(headers: Answer['headers'], now: number): number {
  const told = Date.parse(single(headers['date']) ?? '')
  return Number.isNaN(told) ? now : told
}

/** Of the wall when the process began, in milliseconds, and steady from then on. */
export const steady = (): number => performance.timeOrigin + performance.now()
