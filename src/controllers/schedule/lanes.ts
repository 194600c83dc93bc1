// Lanes: so many checks at a time for each host, so that one that answers slowly holds up no other; and of those half at most for what
// has failed before, so that repositories that do not answer hold up none that do. All lanes share places by the same rule: anybody may
// name any number of hosts that accept connections and stay silent.
import { Limiter } from '../../registry/limiter.ts'

type Work = () => Promise<void>

/** What is known of work. */
export interface Standing {
  /**
   * It has failed before: `failed`; it is not known whether it will: `new`. Those have half of the places in all, and the first ones half of
   * their host's, too. Default: it was well the last time.
   */
  record?: 'failed' | 'new' | undefined
  /** Whose work it is: of places for all hosts, owners take turns, and none has more than a quarter for each record. Default: one owner. */
  owner?: string
}

interface Lane {
  running: number
  waiting: Waiting[]
  /** The same of what is likely to fail. */
  doubtful: { running: number; waiting: Waiting[] }
}

interface Waiting extends Standing {
  work: Work
}

/** How many run at a time. */
export interface LaneLimits {
  /** For each host. */
  host: number
  /** For all of them. */
  total: number
}

/** Runs work by host, as said above. */
export class Lanes {
  readonly #limit: number
  readonly #lanes = new Map<string, Lane>()
  readonly #all: Limiter
  readonly #doubtful: Limiter
  #quiet: (() => void)[] = []

  constructor({ host, total }: LaneLimits) {
    this.#limit = host
    const [half, each] = [2, 4].map((parts) => Math.max(1, Math.floor(total / parts))) as [number, number]
    this.#all = new Limiter({ total, each })
    this.#doubtful = new Limiter({ total: half, each })
  }

  /** `work` must not reject. */
  run(host: string, work: Work, standing: Standing = {}): void {
    const lane = this.#lanes.get(host) ?? { running: 0, waiting: [], doubtful: { running: 0, waiting: [] } }
    this.#lanes.set(host, lane)
    const { waiting } = standing.record === 'failed' ? lane.doubtful : lane
    waiting.push({ ...standing, work })
    this.#pump(host, lane)
  }

  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void> {
    if (this.#lanes.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#quiet.push(resolve))
  }

  #pump(host: string, lane: Lane): void {
    const { doubtful } = lane
    while (lane.running < this.#limit) {
      // Its share comes first: it must not wait for a lane that is never empty.
      const isDoubtful = doubtful.waiting.length > 0 && doubtful.running < Math.max(1, this.#limit / 2)
      const next = isDoubtful ? doubtful.waiting.shift() : lane.waiting.shift()
      if (!next) break
      lane.running++
      if (isDoubtful) doubtful.running++
      void this.#place(next).finally(() => {
        lane.running--
        if (isDoubtful) doubtful.running--
        this.#pump(host, lane)
      })
    }
    if (lane.running > 0 || lane.waiting.length > 0 || doubtful.waiting.length > 0) return
    this.#lanes.delete(host)
    if (this.#lanes.size === 0) for (const resolve of this.#quiet.splice(0)) resolve()
  }

  /** Runs it in a place of those for all hosts. */
  #place({ work, record, owner = '' }: Waiting): Promise<void> {
    // What has failed, of which there may be much, what is new and what is well take turns, also within an owner.
    const whose = `${record ?? ''} ${owner}`
    const run = (): Promise<void> => this.#all.run(whose, undefined, work)
    return record ? this.#doubtful.run(whose, undefined, run) : run()
  }
}
