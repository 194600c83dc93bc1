// Scheduler: asks registries, once for all who follow the same tag with the same credential, whether it has moved. It writes nothing
// itself: what has moved, fails or works again is imported. See docs/adr/0050-scheduled-imports.md.
import type { ImageStream } from '../../core/image/types.ts'
import type { Log } from '../../core/machinery/log.ts'
import { unmeasured, type Metrics } from '../../core/machinery/metrics.ts'
import type { Reference } from '../../core/oci/reference.ts'
import { DEFAULT_REFRESH } from '../../core/schedule/freshness.ts'
import type { ImportReporter } from '../../core/report/reporter.ts'
import { nextCheck, placeOf } from '../../core/schedule/slots.ts'
import { trackedTags } from '../../core/schedule/tracked.ts'
import { checkedText, importFailure, needsImport, stateOf, type Checked } from '../../core/schedule/verdict.ts'
import { aborted } from '../../kube/backoff.ts'
import type { Reflector } from '../../kube/reflector.ts'
import type { Checker, Outcome } from '../../registry/checker.ts'
import { Agenda } from './agenda.ts'
import { Book, type Entry, type Follower } from './book.ts'
import { machineClock, type Clock } from './clock.ts'
import { Lanes } from './lanes.ts'
import { importReporter } from './reports.ts'
import { checkMeter, type CheckMeter } from './measure.ts'

/** Checks of one host at a time. */
const LANE = 16
/** Longest wait after failures, in milliseconds, where the freshness is not longer itself. */
const MOST_BACKOFF = 3_600_000
/** After a host has let us wait, its checks come back over as many milliseconds. */
const RECOVERY = 30_000
/** How long a registry that says "too many" without saying how long is left alone at first, in milliseconds. */
const HOLD = 30_000

/** What a scheduler works with. */
export interface SchedulerOptions {
  /** Run by the caller. */
  streams: Reflector<ImageStream>
  check: Checker
  /** Has a tag of a stream imported. */
  moved(stream: string, tag: string): void
  /** Milliseconds, where neither tag nor stream says. */
  refresh?: number
  clock?: Clock
  /** A number in [0, 1). */
  random?: () => number
  log: Log
  metrics?: Metrics
  signal: AbortSignal
}

/** See above. `run` ends when the signal aborts. */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #clock: Clock
  readonly #random: () => number
  readonly #meter: CheckMeter
  readonly #book = new Book()
  readonly #agenda = new Agenda()
  readonly #lanes = new Lanes(LANE)
  /** Until when a host is to be left alone, and how often in a row it has said so. */
  readonly #held = new Map<string, { until: number; times: number }>()
  #wake: (() => void) | undefined
  #wakesAt = Infinity
  #running = false

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#clock = options.clock ?? machineClock
    this.#random = options.random ?? Math.random
    this.#meter = checkMeter(options.metrics ?? unmeasured)
    options.streams.on(({ type, object }) => this.#onStream(type === 'deleted' ? undefined : object, object))
  }

  async run(): Promise<void> {
    this.#running = true
    this.#arm()
    await aborted(this.#options.signal)
    this.#running = false
    this.#wake?.()
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
      nextCheck: (source) => this.#agenda.at(source),
      held: (host) => (this.#heldUntil(host) > this.#clock.now() ? this.#held.get(host) : undefined),
    })
  }

  /** An import was answered: what came of its tags. */
  answered(stream: string, tags: readonly string[], object: ImageStream): void {
    for (const tag of tags) {
      const follower = this.#book.follower(stream, tag)
      if (!follower?.checked) continue
      const failed = importFailure(object, tag) !== undefined
      const failures = failed ? (follower.settled?.failures ?? 0) + 1 : 0
      const notBefore = this.#clock.now() + backoff(follower.refresh, failures)
      follower.settled = { checked: checkedText(follower.checked), state: stateOf(object, tag), failures, notBefore }
    }
  }

  /** Checks at once what is tracked of these references; gives how many sources that are. */
  checkNow(concerns: (reference: Reference) => boolean): number {
    let found = 0
    for (const entry of this.#book.entries()) {
      if (!concerns(entry.source.named)) continue
      found++
      if (entry.busy) entry.again = true
      else this.#plan(entry, this.#clock.now())
    }
    return found
  }

  #onStream(stream: ImageStream | undefined, { metadata }: ImageStream): void {
    const key = `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
    const { refresh = DEFAULT_REFRESH } = this.#options
    const tracked = stream ? trackedTags(stream, refresh) : []
    const { changed, gone } = this.#book.set(key, tracked)
    for (const entry of gone) this.#agenda.drop(entry.source.key)
    for (const entry of changed) if (!entry.busy) this.#planNext(entry)
    this.#meter.tracked(this.#book.size)
  }

  #planNext(entry: Entry): void {
    const now = this.#clock.now()
    const next = nextCheck(now, entry.refresh, placeOf(entry.source.key), this.#random())
    this.#plan(entry, Math.max(next, now + backoff(entry.refresh, entry.failures) * (1 + this.#random() / 4)))
  }

  #plan({ source }: Entry, at: number): void {
    this.#agenda.plan(source.key, at)
    if (at < this.#wakesAt) this.#arm()
  }

  /** Sets the timer for what is due next. */
  #arm(): void {
    this.#wake?.()
    this.#wake = undefined
    this.#wakesAt = this.#agenda.next() ?? Infinity
    if (!this.#running || this.#wakesAt === Infinity) return
    this.#wake = this.#clock.after(this.#wakesAt - this.#clock.now(), () => this.#due())
  }

  #due(): void {
    const now = this.#clock.now()
    for (let key = this.#agenda.take(now); key !== undefined; key = this.#agenda.take(now)) {
      const entry = this.#book.entry(key)
      if (entry) this.#begin(entry, now)
    }
    this.#wakesAt = Infinity
    this.#arm()
  }

  #begin(entry: Entry, now: number): void {
    const { host } = entry.source
    const until = this.#heldUntil(host)
    if (until > now) {
      this.#meter.delayed()
      this.#plan(entry, until + this.#random() * Math.min(RECOVERY, entry.refresh))
      return
    }
    entry.busy = true
    this.#lanes.run(host, () => this.#check(entry, now), this.#isDoubtful(entry))
  }

  /** It has failed before, as far as this process knows or the streams say. */
  #isDoubtful({ failures, followers }: Entry): boolean {
    return failures > 0 || [...followers].every((each) => this.#failure(each) !== undefined)
  }

  #failure({ stream: key, namespace, tag }: Follower): ReturnType<typeof importFailure> {
    const stream = this.#options.streams.get(namespace, key.slice(namespace.length + 1))
    return stream && importFailure(stream, tag)
  }

  async #check(entry: Entry, due: number): Promise<void> {
    const { check, log, signal } = this.#options
    try {
      // What waited in its lane may have lost all followers, or its host said "too many" meanwhile.
      if (signal.aborted || entry.followers.size === 0) return
      if (this.#heldUntil(entry.source.host) > this.#clock.now()) return
      this.#meter.late((this.#clock.now() - due) / 1000)
      entry.asking = true
      const namespaces = [...new Set(Array.from(entry.followers, ({ namespace }) => namespace))]
      const { source, known } = entry
      const outcomes = await check({ source, namespaces, known, signal })
      entry.checked = this.#clock.now()
      for (const outcome of outcomes) this.#told(entry, outcome)
    } catch (err) {
      if (!signal.aborted) log.error({ err, source: entry.source.key }, 'check failed')
    } finally {
      entry.busy = entry.asking = false
      if (this.#book.entry(entry.source.key) === entry) {
        if (entry.again) this.#plan(entry, this.#clock.now())
        else this.#planNext(entry)
      }
      entry.again = false
    }
  }

  #told(entry: Entry, { namespaces, checked, head, message, retryAfter }: Outcome): void {
    const { source } = entry
    const { log } = this.#options
    this.#hold(source.host, checked, retryAfter)
    if (checked.failure === undefined) entry.failures = 0
    else {
      entry.failures++
      log.debug({ source: source.key, reason: checked.failure, detail: message }, 'check failed')
    }
    if (head) entry.known = head
    const for_ = new Set(namespaces)
    const told = [...entry.followers].filter((each) => for_.has(each.namespace))
    this.#tell(told, checked, message)
    // A registry that is busy says nothing of the tag: nobody is bothered with that, the next check will tell.
    if (checked.failure === RATE_LIMITED) return this.#meter.checked('failed')
    const moved = told.filter((each) => this.#hasMoved(each, checked))
    for (const follower of moved) {
      follower.checked = checked
      this.#options.moved(follower.stream, follower.tag)
    }
    this.#meter.checked(checked.failure ? 'failed' : moved.length > 0 ? 'changed' : 'unchanged')
  }

  /** What reports say of a check that is not worth an import. */
  #tell(followers: readonly Follower[], { failure: reason }: Checked, message = ''): void {
    const failing =
      reason === undefined ? undefined : { reason, message: message.slice(0, MESSAGE_LIMIT), since: this.#clock.now() }
    for (const follower of followers) if (!failing || follower.failing?.reason !== reason) follower.failing = failing
  }

  #hasMoved({ stream: key, namespace, tag, settled }: Follower, checked: Checked): boolean {
    const stream = this.#options.streams.get(namespace, key.slice(namespace.length + 1))
    return stream !== undefined && needsImport(stream, tag, checked, settled, this.#clock.now())
  }

  #heldUntil(host: string): number {
    return this.#held.get(host)?.until ?? 0
  }

  /** Leaves a host alone that asks for it. */
  #hold(host: string, { failure }: Checked, retryAfter: number | undefined): void {
    if (failure !== RATE_LIMITED && retryAfter === undefined) {
      if (failure === undefined) this.#held.delete(host)
      return
    }
    const times = (this.#held.get(host)?.times ?? 0) + 1
    const wait = Math.min(retryAfter ?? HOLD * 2 ** Math.min(times - 1, 10), MOST_BACKOFF)
    const until = this.#clock.now() + wait
    this.#options.log.info({ registry: host, seconds: Math.ceil(wait / 1000) }, 'the registry asks to wait')
    this.#held.set(host, { until, times })
    if (this.#held.size > MANY_HELD) this.#forgetHeld()
  }

  /** Hosts that nobody follows any more say no good word that would take them out. */
  #forgetHeld(): void {
    const now = this.#clock.now()
    for (const [host, { until }] of this.#held) if (until <= now) this.#held.delete(host)
  }
}

/** Characters that are kept of what a registry says. */
const MESSAGE_LIMIT = 1_024
const RATE_LIMITED = 'RateLimited'
/** Hosts that have asked to wait, before those that need not any more are forgotten. Users name hosts: there may be any number. */
const MANY_HELD = 1_000

/** Milliseconds to wait at least after so many failures in a row: none after the first, then doubling. */
function backoff(refresh: number, failures: number): number {
  if (failures <= 1) return 0
  return Math.min(refresh * 2 ** Math.min(failures - 1, 20), Math.max(refresh, MOST_BACKOFF))
}
