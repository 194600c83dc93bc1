// Lanes: so many checks at a time for each host, so that one that answers slowly holds up no other; and of those half at most for what
// has failed before, so that repositories that do not answer hold up none that do.

type Work = () => Promise<void>

interface Lane {
  running: number
  waiting: Work[]
  /** The same of what is likely to fail. */
  doubtful: { running: number; waiting: Work[] }
}

/** Runs work by host, at most `limit` at a time for each, and half as many (but one) that is doubtful. */
export class Lanes {
  readonly #limit: number
  readonly #lanes = new Map<string, Lane>()
  #quiet: (() => void)[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** `work` must not reject. */
  run(host: string, work: Work, isDoubtful = false): void {
    const lane = this.#lanes.get(host) ?? { running: 0, waiting: [], doubtful: { running: 0, waiting: [] } }
    this.#lanes.set(host, lane)
    if (isDoubtful) lane.doubtful.waiting.push(work)
    else lane.waiting.push(work)
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
      const work = isDoubtful ? doubtful.waiting.shift() : lane.waiting.shift()
      if (!work) break
      lane.running++
      if (isDoubtful) doubtful.running++
      void work().finally(() => {
        lane.running--
        if (isDoubtful) doubtful.running--
        this.#pump(host, lane)
      })
    }
    if (lane.running > 0 || lane.waiting.length > 0 || doubtful.waiting.length > 0) return
    this.#lanes.delete(host)
    if (this.#lanes.size === 0) for (const resolve of this.#quiet.splice(0)) resolve()
  }
}
