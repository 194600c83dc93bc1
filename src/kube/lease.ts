// Leader election: of several replicas that want to do the same, one does. docs/adr/0043-leader-election.md
//
// Why never two do it at once. Whoever leads says in the Lease for how long (`duration`), and counts that from the moment at which it
// *sent* its last renewal that succeeded; it acts no more once `margin` of it is left. Whoever follows counts the same time from the
// moment at which it *saw* that renewal, which is later, and takes the Lease only if it still is what was seen (compare and
// swap). Each counts with its own monotonic clock, which differs from the other's by less than a thousandth: 13 ms of 13 s, a small
// part of the margin. The rest of the margin is for requests that were sent in time and arrive late.
//
// A process that is frozen and thawed may go on in the middle of something before any timer runs: that is why `holds` asks the
// clock, and why writes go through `fenced`.
import type { ObjectClient } from '../core/machinery/client.ts'
import type { Log } from '../core/machinery/log.ts'
import { isReason } from '../core/machinery/status.ts'
import { exponential, pause } from './backoff.ts'
import { LeaseRecord, LEASES, type Lease } from './leaseRecord.ts'
import { Reflector } from './reflector.ts'

/** Where the Lease lies, and how fast the election is. */
export interface ElectionOptions {
  client: ObjectClient
  namespace: string
  name: string
  /** Who this replica is; different for each. */
  identity: string
  /** Where others can ask this replica, HOST:PORT. */
  address?: string | undefined
  log: Log
  signal: AbortSignal
  timing?: Partial<Timing>
  /**
   * Called when the Lease has changed and its watch has not told so: the leader's renewals are a pulse, and where it is not felt
   * other watches of the same cluster are probably deaf, too.
   */
  onDeaf?: () => void
  /** Milliseconds since some moment; monotonic, and running on while the process is stopped. */
  now?: () => number
  /** The time of day, for what people read in the Lease. */
  date?: () => Date
}

/** All in milliseconds. */
export interface Timing {
  /** After which others may take a Lease that is not renewed. */
  duration: number
  /** Between the sending of one renewal and of the next. */
  renewal: number
  /** Between two tries of what has failed. */
  retry: number
  /** How long before its end a leader stops. */
  margin: number
  /** For one try. Of a renewal: there is time for several. */
  patience: number
}

/**
 * A leader that is killed right after a renewal is followed `duration` later, and its follower has two seconds to begin: 15 in all.
 * An idle leader writes less than once in 10 seconds. Between the first try of a renewal and the end lie two seconds, enough for two
 * tries on connections of their own, each as long as a healthy kube-apiserver takes for 99 of 100 writes.
 */
const TIMING: Timing = { duration: 13_000, renewal: 10_500, retry: 200, margin: 500, patience: 900 }
/** Patience and wait, in milliseconds, of a replica that does not lead: it has time, and the server may be overloaded. */
const FOLLOWER = { patience: 5_000, retry: 1_000 }
/** Milliseconds in which a watch tells of what has been read. */
const HEARING = 1_000

/** A Lease that counts so many times as long as ours was not written by a server of ours, of whatever version. */
const FAR = 10
const FAR_HELP =
  'the lease names a holder for much longer than a server of ours does: nobody else leads until it has not been renewed for so long. Where there is no such server, delete the lease'

/** What is done while leading. `signal` aborts when the Lease is lost; `holds` tells at any moment whether it still counts. */
export type Work = (signal: AbortSignal, holds: () => boolean) => Promise<void>

/** One replica's part in an election. */
export class Election {
  readonly #options: Required<Omit<ElectionOptions, 'timing' | 'address'>>
  readonly #timing: Timing
  readonly #record: LeaseRecord
  readonly #watch: Reflector<Lease>
  /** Ends a wait: something has changed. */
  #alarm = new AbortController()
  #isFailing = false
  /** The holder that was told of last, and for how long it is that. */
  #toldOf = ''
  /** When this replica stands again; see `now`. */
  #standsFrom = -Infinity

  constructor(options: ElectionOptions) {
    this.#options = { now: () => performance.now(), date: () => new Date(), onDeaf: () => undefined, ...options }
    this.#timing = { ...TIMING, ...options.timing }
    this.#record = new LeaseRecord({ ...this.#options, duration: this.#timing.duration })
    const { client, namespace, name, log, signal } = options
    this.#watch = new Reflector<Lease>({
      client,
      resource: LEASES,
      namespace,
      fieldSelector: `metadata.name=${name}`,
      log,
      signal,
      backoff: exponential({ base: 100, cap: 5_000 }),
    })
    this.#watch.on((change) => {
      if (this.#record.hear(change)) this.#ring()
    })
  }

  /** Who leads, as far as is known: this replica or another, which is asked at its address. Undefined: nobody. */
  get leader(): { isSelf: boolean; address: string | undefined } | undefined {
    const { holder, address } = this.#record
    return holder ? { isSelf: holder === this.#options.identity, address } : undefined
  }

  /** Gives the Lease back, and does not stand for it for as long as any other replica needs to take it. */
  standAside(): void {
    this.#standsFrom = this.#options.now() + this.#timing.duration + FOLLOWER.retry
    this.#ring()
  }

  /** Ends that. */
  standAgain(): void {
    this.#standsFrom = -Infinity
    this.#ring()
  }

  /**
   * Waits for the Lease, runs `work` while it is held, and so on until the signal aborts; then gives the Lease back. What `work`
   * does must have ended before the Lease can be given to somebody else.
   */
  async run(work: Work): Promise<void> {
    const { signal, log, identity, now } = this.#options
    signal.addEventListener('abort', () => this.#ring(), { once: true })
    const watching = this.#watch.run()
    while (!signal.aborted) {
      const free = this.#record.holder === identity ? 0 : this.#record.freeIn
      const wait = Math.max(free, this.#standsFrom - now())
      if (wait > 0) {
        if (free > 0) this.#tellIfFar()
        await this.#wait(wait)
        continue
      }
      const sent = await this.#claim(FOLLOWER.patience)
      if (sent !== undefined) {
        log.info({ identity }, 'leading')
        await this.#lead(work, sent)
        log.info({ identity }, 'leading no more')
      }
      if (sent !== undefined || this.#isFailing) await pause(FOLLOWER.retry, signal)
      else if (this.#record.isUnheard) {
        await this.#wait(HEARING)
        this.#listen()
      }
    }
    await watching
  }

  /** `sent`: when the request was sent that made the Lease ours. */
  async #lead(work: Work, sent: number): Promise<void> {
    const { signal, now, log, identity } = this.#options
    const { duration, margin, renewal, retry, patience } = this.#timing
    const lost = new AbortController()
    let counts = sent + duration - margin
    const over = new AbortController()
    const holds = (): boolean => {
      if (now() >= counts) lost.abort()
      return !lost.signal.aborted
    }
    const working = work(AbortSignal.any([signal, lost.signal]), holds)
    const end = (): void => {
      over.abort()
      this.#ring()
    }
    working.then(end, end)
    const stands = (): boolean => this.#record.holder === identity && now() >= this.#standsFrom
    while (!over.signal.aborted && !signal.aborted && stands() && holds()) {
      const due = sent + renewal - now()
      if (due > 0) {
        await this.#wait(Math.min(due, counts - now()))
        continue
      }
      this.#listen()
      const renewed = await this.#claim(Math.min(patience, counts - now()))
      if (renewed === undefined) await this.#wait(Math.min(retry, counts - now()))
      else counts = (sent = renewed) + duration - margin
    }
    lost.abort()
    await working.catch((error: unknown) => log.error({ err: error }, 'the work of the leader failed'))
    if (this.#record.holder === identity) await this.#release()
  }

  /** Takes or renews the Lease. Gives when that was sent, or undefined: it is somebody else's, or cannot be written. */
  async #claim(patience: number): Promise<number | undefined> {
    const { identity, log, now } = this.#options
    const signal = AbortSignal.timeout(Math.max(1, Math.ceil(patience)))
    try {
      if (!this.#record.isKnown) await this.#record.look(signal)
      // The second time after a look at what was written in between: by somebody else, or by us when an answer was lost.
      for (let attempt = 0; attempt < 2 && this.#isOurs(); attempt++) {
        const sent = now()
        const late = await this.#record.hold(identity, signal).then(() => false, isLate)
        this.#isFailing = false
        if (!late) return sent
        await this.#record.look(signal)
      }
    } catch (error) {
      log[this.#isFailing ? 'debug' : 'warn']({ err: error, identity }, 'the lease could not be written')
      this.#isFailing = true
    }
    return undefined
  }

  #isOurs(): boolean {
    return this.#record.holder === this.#options.identity || this.#record.freeIn === 0
  }

  async #release(): Promise<void> {
    const { log } = this.#options
    await this.#record.release(AbortSignal.timeout(FOLLOWER.patience)).catch((error: unknown) => {
      log.debug({ err: error }, 'the lease could not be given back')
    })
  }

  /** A watch that should have told of something by now is begun again. */
  #listen(): void {
    if (!this.#record.isUnheard || this.#options.signal.aborted) return
    this.#options.log.info({ identity: this.#options.identity }, 'the watch of the lease is deaf')
    this.#watch.reopen()
    this.#options.onDeaf()
  }

  /** It counts, as everywhere in Kubernetes; but somebody may have written it by hand. */
  #tellIfFar(): void {
    const { log, namespace, name } = this.#options
    const { holder, duration } = this.#record
    const seconds = duration / 1000
    const about = `${holder} ${seconds}`
    if (duration < FAR * this.#timing.duration || about === this.#toldOf) return
    this.#toldOf = about
    log.warn({ lease: `${namespace}/${name}`, holder, seconds }, FAR_HELP)
  }

  #ring(): void {
    this.#alarm.abort()
    this.#alarm = new AbortController()
  }

  /** Until the time is over, or something has changed. Milliseconds. */
  #wait(milliseconds: number): Promise<void> {
    // Longer ones overflow in setTimeout.
    return pause(Math.min(Math.max(milliseconds, 0), 2 ** 31 - 1), this.#alarm.signal)
  }
}

/** True for what says that somebody else was faster. Everything else is thrown again. */
function isLate(error: unknown): boolean {
  if (isReason(error, 'Conflict') || isReason(error, 'AlreadyExists') || isReason(error, 'NotFound')) return true
  throw error
}
