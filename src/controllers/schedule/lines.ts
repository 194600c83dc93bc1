// Lines: what waits until a budget has something left. Each budget has two: for checks, and for imports of what has moved.
import type { Delay } from '../../core/registries/delay.ts'
import type { DelayReason, DelayReport } from '../../core/registries/report.ts'
import { FairLine } from '../../core/schedule/fairLine.ts'
import type { Budgets } from '../../registry/budgets.ts'
import type { Clock } from './clock.ts'

type What = DelayReport['what']

/** When a budget slows nothing any more, all that waits comes over so many milliseconds, not at once. */
const RECOVERY = 30_000
/** Milliseconds after which a line looks again, whatever it was told: others hear of budgets, too. */
const LOOK_AGAIN = 60_000
/** Milliseconds between two imports of a line: what the first one cost is known by then. */
const IMPORT_SPACE = 500

/** Something that waits: a source, for some of the namespaces that follow it. */
export interface Waiter {
  key: string
  /** They take turns. Not empty. */
  namespaces: ReadonlySet<string>
  /** Whether it moves: see FairLine. */
  moves: boolean
  /** How many its import takes. Default: one. */
  pulls?: number
}

/** What lines work with. */
export interface LinesOptions {
  budgets: Budgets
  clock: Clock
  /** It is its turn, which is to be taken from the account's budget at once. False: it is not wanted any more, and takes nothing. */
  go: (what: What, account: string, key: string, namespaces: ReadonlySet<string>) => boolean
}

interface Line {
  account: string
  what: What
  fair: FairLine
  namespaces: Map<string, Set<string>>
  /** The most that any import in it has taken; nobody goes before one that takes more. */
  pulls: number
  reason: DelayReason
  /** When the next one goes on, as far as is known. */
  until: number
  /** By when all of them are back, where nothing keeps them any more. */
  backBy: number | undefined
  wake?: (() => void) | undefined
}

/** See above. */
export class Lines {
  readonly #options: LinesOptions
  readonly #lines = new Map<string, Line>()

  constructor(options: LinesOptions) {
    this.#options = options
  }

  /** Puts something in line, because of a delay. */
  join(account: string, what: What, { key, namespaces, moves, pulls = 1 }: Waiter, delay: Delay): void {
    const line = this.#lines.get(nameOf(account, what)) ?? this.#open(account, what, delay)
    line.fair.push(key, namespaces, moves)
    line.pulls = Math.max(line.pulls, pulls)
    // In place: thousands may come one after the other.
    const waiting = line.namespaces.getOrInsertComputed(key, () => new Set<string>())
    for (const each of namespaces) waiting.add(each)
    if (line.wake) this.#tell(line)
    else this.#sleep(line, delay)
  }

  /** Something waits no more, for these namespaces. */
  leave(account: string, what: What, { key, namespaces }: Pick<Waiter, 'key' | 'namespaces'>): void {
    const line = this.#lines.get(nameOf(account, what))
    const waiting = line?.namespaces.get(key)
    if (!line || !waiting) return
    for (const each of namespaces) waiting.delete(each)
    if (waiting.size > 0) return
    line.namespaces.delete(key)
    line.fair.delete(key)
    if (line.fair.size > 0) this.#tell(line)
    else this.#close(line)
  }

  /** Why what comes now goes behind what waits there already. */
  behind(account: string, what: What): Delay | undefined {
    const line = this.#lines.get(nameOf(account, what))
    return line && { ms: 0, reason: line.reason }
  }

  /** Forgets all that waits. */
  stop(): void {
    for (const { wake } of this.#lines.values()) wake?.()
    this.#lines.clear()
  }

  #open(account: string, what: What, { reason }: Delay): Line {
    const fair = new FairLine()
    const line = { account, what, fair, namespaces: new Map(), pulls: 1, reason, until: 0, backBy: undefined }
    this.#lines.set(nameOf(account, what), line)
    return line
  }

  #serve(line: Line): void {
    const { budgets, go } = this.#options
    const { account, what, fair } = line
    line.wake = undefined
    while (fair.size > 0) {
      const delay = what === 'checks' ? budgets.check(account) : budgets.pull(account, line.pulls)
      if (delay) {
        line.backBy = undefined
        return this.#sleep(line, delay)
      }
      const space = this.#spaceOf(line)
      const key = fair.shift()!
      const namespaces = line.namespaces.get(key)!
      line.namespaces.delete(key)
      if (go(what, account, key, namespaces) && space > 0 && fair.size > 0)
        return this.#sleep(line, { ms: space, reason: line.reason })
    }
    this.#close(line)
  }

  #close(line: Line): void {
    line.wake?.()
    this.#lines.delete(nameOf(line.account, line.what))
    this.#tell(line)
  }

  /** Milliseconds from one to the next. */
  #spaceOf(line: Line): number {
    const { budgets, clock } = this.#options
    if (line.what === 'imports') return IMPORT_SPACE
    if (budgets.isPaced(line.account)) return 0
    const now = clock.now()
    line.backBy ??= now + RECOVERY
    return Math.max(0, line.backBy - now) / line.fair.size
  }

  #sleep(line: Line, { ms, reason }: Delay): void {
    const { clock } = this.#options
    line.reason = reason
    line.until = clock.now() + ms
    line.wake = clock.after(Math.min(Math.max(1, ms), LOOK_AGAIN), () => this.#serve(line))
    this.#tell(line)
  }

  #tell({ account, what, fair, reason, until }: Line): void {
    const waiting = fair.size > 0 ? { count: fair.size, reason, until } : undefined
    this.#options.budgets.waits(account, what, waiting)
  }
}

const nameOf = (account: string, what: What) => `${what} ${account}`
