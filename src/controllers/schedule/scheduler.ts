// Scheduler: asks registries, once for all who follow the same tag with the same credential, whether it has moved. It writes nothing
// itself: what has moved, fails or works again is imported. See docs/adr/0050-scheduled-imports.md.
import { setImmediate } from 'node:timers/promises'
import type { ImageStream } from '../../core/image/types.ts'
import type { Log } from '../../core/machinery/log.ts'
import { unmeasured, type Metrics } from '../../core/machinery/metrics.ts'
import { isDigest } from '../../core/oci/digest.ts'
import type { Reference } from '../../core/oci/reference.ts'
import type { Delay } from '../../core/registries/delay.ts'
import type { DelayReport } from '../../core/registries/report.ts'
import { DEFAULT_REFRESH } from '../../core/schedule/freshness.ts'
import { moves } from '../../core/schedule/movement.ts'
import type { ImportReporter } from '../../core/report/reporter.ts'
import { pullsFor } from '../../core/schedule/pulls.ts'
import { nextCheck, placeOf } from '../../core/schedule/slots.ts'
import { withOrigins } from '../../core/schedule/origins.ts'
import { trackedTags } from '../../core/schedule/tracked.ts'
import {
  checkedText,
  importFailure,
  meaningOf,
  needsImport,
  stateOf,
  type Checked,
} from '../../core/schedule/verdict.ts'
import { aborted } from '../../kube/backoff.ts'
import type { Reflector } from '../../kube/reflector.ts'
import { Budgets } from '../../registry/budgets.ts'
import type { Checker, Outcome } from '../../registry/checker.ts'
import type { Errand } from '../../registry/errand.ts'
import { Alarm } from './alarm.ts'
import { Audience } from './audience.ts'
import { backoff } from './backoff.ts'
import { Book, type Entry, type Follower } from './book.ts'
import { machineClock, type Clock } from './clock.ts'
import { type LaneLimits, Lanes } from './lanes.ts'
import { Lines } from './lines.ts'
import { importReporter } from './reports.ts'
import { checkMeter, type CheckMeter } from './measure.ts'
import { standingOf } from './standing.ts'

/** Checks at a time. In all: a connection that is silent takes a quarter of a megabyte, and a file descriptor. */
const LANES: LaneLimits = { host: 16, total: 128 }
/** Milliseconds after which it is found out anew which check is longest ago. */
const OLDEST = 10_000

/** What a scheduler works with. */
export interface SchedulerOptions {
  /** Run by the caller. */
  streams: Reflector<ImageStream>
  check: Checker
  /** By what checks were counted, and are kept back. Default: none. */
  budgets?: Budgets
  /** Has a tag of a stream imported. */
  moved(stream: string, tag: string): void
  /** Keeps a stream's annotation ORIGINS. Default: it is forgotten with this process. */
  remember?: (stream: string, origins: string) => void
  /** Milliseconds, where neither tag nor stream says. `renew` is to be called when it changes. */
  refresh?: { current(): number | undefined }
  clock?: Clock
  /** A number in [0, 1). */
  random?: () => number
  log: Log
  metrics?: Metrics
  signal: AbortSignal
}

/** How an entry is checked. */
interface Run {
  /** When it was due. */
  due: number
  /** What goes along. */
  errand: Errand
  /** For whom it is its turn in a line. Default: for all who wait in none. */
  namespaces?: ReadonlySet<string>
  /** What has moved may be imported. */
  mayImport?: boolean
}

/** See above. `run` ends when the signal aborts. */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #clock: Clock
  readonly #random: () => number
  readonly #meter: CheckMeter
  readonly #book = new Book()
  readonly #alarm: Alarm
  readonly #lanes = new Lanes(LANES)
  readonly #budgets: Budgets
  readonly #lines: Lines
  #oldestAt = 0

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#clock = options.clock ?? machineClock
    this.#random = options.random ?? Math.random
    this.#meter = checkMeter(options.metrics ?? unmeasured)
    this.#budgets = options.budgets ?? new Budgets({ now: () => this.#clock.now() })
    this.#alarm = new Alarm(this.#clock, (key, due) => this.#begin(key, due))
    this.#lines = new Lines({ budgets: this.#budgets, clock: this.#clock, go: (...turn) => this.#goOn(...turn) })
    options.streams.on(({ type, object }) => this.#onStream(type === 'deleted' ? undefined : object, object))
  }

  async run(): Promise<void> {
    this.#alarm.start()
    await aborted(this.#options.signal)
    this.#alarm.stop()
    this.#lines.stop()
    await this.#lanes.idle()
  }

  /** Resolves when no check is under way. */
  idle(): Promise<void> {
    return this.#lanes.idle()
  }

  /** Tells of what is tracked, as it is whenever that is asked. */
  reporter(): ImportReporter {
    return importReporter({
      book: this.#book,
      streams: this.#options.streams,
      refresh: () => this.#refresh(),
      nextCheck: (source) => this.#alarm.at(source),
      budgets: this.#budgets,
    })
  }

  /** An import was answered: what came of its tags. */
  answered(stream: string, tags: readonly string[], object: ImageStream): void {
    const made = new Map<string, string>()
    for (const follower of tags.flatMap((tag) => this.#book.followers(stream, tag))) {
      const { tag } = follower
      if (!follower.checked) continue
      const failed = importFailure(object, tag) !== undefined
      const { digest } = follower.checked
      if (!failed && digest !== undefined && isDigest(digest)) made.set(tag, digest)
      const failures = failed ? (follower.settled?.failures ?? 0) + 1 : 0
      const notBefore = this.#clock.now() + backoff(follower.refresh, failures)
      follower.settled = { checked: checkedText(follower.checked), state: stateOf(object, tag), failures, notBefore }
    }
    const origins = made.size > 0 ? withOrigins(object, made) : undefined
    if (origins !== undefined) this.#options.remember?.(stream, origins)
  }

  /** Checks at once what is tracked of these references; gives how many sources that are. */
  checkNow(concerns: (reference: Reference) => boolean): number {
    let found = 0
    for (const entry of this.#book.entries()) {
      if (!concerns(entry.source.named)) continue
      found++
      entry.urgent = true
      if (entry.busy) entry.again = true
      else this.#alarm.plan(entry.source.key, this.#clock.now())
    }
    return found
  }

  /** What counts where nobody says how fresh tags are to be has changed. */
  renew(): void {
    for (const stream of this.#options.streams.list()) this.#onStream(stream, stream)
  }

  #refresh(): number {
    return this.#options.refresh?.current() ?? DEFAULT_REFRESH
  }

  #onStream(stream: ImageStream | undefined, { metadata }: ImageStream): void {
    const key = `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
    const tracked = stream ? trackedTags(stream, this.#refresh()) : []
    const { changed, gone } = this.#book.set(key, tracked)
    for (const entry of gone) this.#alarm.drop(entry.source.key)
    for (const entry of changed) {
      entry.followedAt ||= this.#clock.now()
      if (!entry.busy) this.#planNext(entry)
    }
    // What waited in a line for all who followed it is followed by others, too.
    for (const { source } of tracked) {
      const entry = this.#book.entry(source.key)
      if (entry && !entry.busy && this.#alarm.at(source.key) === undefined) this.#planNext(entry)
    }
    this.#meter.tracked(this.#book.size)
  }

  #planNext(entry: Entry): void {
    // While all who follow it wait in a line for checks, the line has it checked.
    if (entry.waiting.size > 0 && entry.followers.values().every(({ namespace }) => waitsForCheck(entry, namespace)))
      return this.#alarm.drop(entry.source.key)
    const now = this.#clock.now()
    const next = nextCheck(now, entry.refresh, placeOf(entry.source.key), this.#random())
    this.#alarm.plan(
      entry.source.key,
      Math.max(next, now + backoff(entry.refresh, entry.failures) * (1 + this.#random() / 4)),
    )
  }

  #begin(key: string, due: number): void {
    const entry = this.#book.entry(key)
    if (!entry) return
    const { urgent } = entry
    entry.urgent = false
    // Whoever waits in a line for it is served by this.
    if (urgent) entry.waiting.clear()
    this.#run(entry, { due, errand: { urgent } })
  }

  /** An entry that waits has its turn. */
  #goOn(what: DelayReport['what'], account: string, key: string, namespaces: ReadonlySet<string>): boolean {
    const entry = this.#book.entry(key)
    const waiting = namespaces.intersection(entry?.waiting ?? new Map())
    if (!entry || waiting.size === 0) return false
    const mayImport = what === 'imports'
    if (mayImport) this.#budgets.promise(account)
    else this.#budgets.takeTurn(account)
    const errand = mayImport ? { urgent: true } : { turn: account }
    this.#run(entry, { due: this.#clock.now(), errand, namespaces: waiting, mayImport })
    return true
  }

  #run(entry: Entry, run: Run): void {
    entry.busy = true
    const standing = standingOf(entry, ({ stream, namespace }) => this.#streamOf(stream, namespace))
    this.#lanes.run(entry.source.host, () => this.#check(entry, run), standing)
  }

  async #check(entry: Entry, { due, errand, namespaces: whose, mayImport = false }: Run): Promise<void> {
    const { check, log, signal } = this.#options
    try {
      // What waited in its lane may have lost followers.
      const followed = new Set(Array.from(entry.followers, ({ namespace }) => namespace))
      const namespaces = [...followed].filter((each) => (whose ? whose.has(each) : !waitsForCheck(entry, each)))
      for (const each of whose ?? []) entry.waiting.delete(each)
      if (signal.aborted || namespaces.length === 0) return
      this.#meter.late((this.#clock.now() - due) / 1000)
      entry.asking = true
      const { source, known } = entry
      const outcomes = await check({ source, namespaces, known, errand, signal })
      const audience = new Audience(entry, (follower) => this.#isMoving(follower))
      for (const outcome of outcomes) await this.#told(entry, audience, outcome, mayImport)
    } catch (err) {
      if (!signal.aborted) log.error({ err, source: entry.source.key }, 'check failed')
    } finally {
      entry.busy = entry.asking = false
      if (this.#book.entry(entry.source.key) === entry) {
        if (entry.again) this.#alarm.plan(entry.source.key, this.#clock.now())
        else this.#planNext(entry)
      }
      entry.again = false
    }
  }

  async #told(entry: Entry, audience: Audience, outcome: Outcome, mayImport: boolean): Promise<void> {
    const { namespaces, checked, head, message, account, delay } = outcome
    if (delay) return this.#wait('checks', entry, audience, outcome, delay)
    const { source } = entry
    const { log } = this.#options
    this.#checkedNow(entry)
    if (checked.failure === undefined) entry.failures = 0
    else if (checked.failure !== RATE_LIMITED) {
      entry.failures++
      log.debug({ source: source.key, reason: checked.failure, detail: message }, 'check failed')
    }
    if (head) entry.known = head
    const told = audience.of(namespaces)
    this.#tell(told, outcome)
    // A registry that is busy says nothing of the tag: nobody is bothered with that, the next check will tell.
    if (checked.failure === RATE_LIMITED) return this.#meter.checked('failed')
    const moved: { follower: Follower; news: Checked }[] = []
    for (const follower of told) {
      const news = await this.#newsFor(follower, checked)
      if (news) moved.push({ follower, news })
    }
    this.#meter.checked(checked.failure ? 'failed' : moved.length > 0 ? 'changed' : 'unchanged')
    if (account !== undefined && moved.length === 0 && checked.failure === undefined) this.#budgets.avoided(account)
    if (account !== undefined && moved.length > 0) {
      const news = moved.map((each) => each.news)
      const pulls = pullsFor(news, head?.mediaType)
      const full = mayImport
        ? undefined
        : (this.#lines.behind(account, 'imports') ?? this.#budgets.pull(account, pulls))
      if (full) return this.#wait('imports', entry, audience, outcome, full, pulls)
      // Who comes from a line has been promised one.
      this.#budgets.promise(account, mayImport ? pulls - 1 : pulls)
    }
    this.#leave(entry, outcome)
    for (const { follower, news } of moved) {
      follower.checked = news
      this.#options.moved(follower.stream, follower.tag)
    }
  }

  /** What reports say of a check that is not worth an import. */
  #tell(followers: readonly Follower[], { checked: { failure: reason }, message = '', account }: Outcome): void {
    const since = this.#clock.now()
    const failing =
      reason === undefined ? undefined : { reason, message: message.slice(0, MESSAGE_LIMIT), since, account }
    for (const follower of followers) if (!failing || follower.failing?.reason !== reason) follower.failing = failing
  }

  /** What a check means for a follower, if that makes an import worth its while. */
  async #newsFor({ stream: key, namespace, tag, settled }: Follower, checked: Checked): Promise<Checked | undefined> {
    const stream = this.#streamOf(key, namespace)
    const now = this.#clock.now()
    const { tags } = checked
    const news = stream && (tags ? await meaningOf(stream, tag, tags, { now, pause: setImmediate }) : checked)
    return news && needsImport(stream, tag, news, settled, now) ? news : undefined
  }

  /** Nothing of an entry waits any more to be imported: it will be, or is no news by now. */
  #leave({ source: { key }, waiting }: Entry, { namespaces, account = '' }: Outcome): void {
    for (const namespace of namespaces) if (waiting.get(namespace)?.what === 'imports') waiting.delete(namespace)
    this.#lines.leave(account, 'imports', { key, namespaces: new Set(namespaces) })
  }

  /** Puts an entry in line until there is more left. What waits to be imported is checked as ever: that tells when there is. */
  #wait(
    what: DelayReport['what'],
    entry: Entry,
    { moves }: Audience,
    { namespaces, account = '' }: Outcome,
    delay: Delay,
    pulls = 1,
  ): void {
    // What waits to be imported is found again by each check.
    if (namespaces.some((each) => entry.waiting.get(each)?.what !== what)) this.#meter.delayed(delay.reason)
    for (const namespace of namespaces) entry.waiting.set(namespace, { what, account })
    this.#lines.join(account, what, { key: entry.source.key, namespaces: new Set(namespaces), moves, pulls }, delay)
  }

  #isMoving({ stream: key, namespace, tag }: Follower): boolean {
    const stream = this.#streamOf(key, namespace)
    return stream !== undefined && moves(stream, tag, this.#clock.now())
  }

  #checkedNow(entry: Entry): void {
    const now = this.#clock.now()
    entry.checkedAt = now
    if (now - this.#oldestAt < OLDEST) return
    this.#oldestAt = now
    let oldest = now
    for (const { checkedAt, followedAt } of this.#book.entries()) oldest = Math.min(oldest, checkedAt ?? followedAt)
    this.#meter.oldest(oldest)
  }

  #streamOf(key: string, namespace: string): ImageStream | undefined {
    return this.#options.streams.get(namespace, key.slice(namespace.length + 1))
  }
}

/** What waits to be imported is checked all the same. */
const waitsForCheck = ({ waiting }: Entry, namespace: string) => waiting.get(namespace)?.what === 'checks'
/** Characters that are kept of what a registry says. */
const MESSAGE_LIMIT = 1_024
const RATE_LIMITED = 'RateLimited'
