// Lanes: so many checks at a time for each host, so that one that answers slowly holds up no other.

interface Lane {
  running: number
  waiting: (() => Promise<void>)[]
}

/** Runs work by host, at most `limit` at a time for each. */
export class Lanes {
  readonly #limit: number
  readonly #lanes = new Map<string, Lane>()
  #quiet: (() => void)[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** `work` must not reject. */
  run(host: string, work: () => Promise<void>): void {
    const lane = this.#lanes.get(host) ?? { running: 0, waiting: [] }
    this.#lanes.set(host, lane)
    lane.waiting.push(work)
    this.#pump(host, lane)
  }

  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void> {
    if (this.#lanes.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#quiet.push(resolve))
  }

  #pump(host: string, lane: Lane): void {
    while (lane.running < this.#limit) {
      const work = lane.waiting.shift()
      if (!work) break
      lane.running++
      void work().finally(() => {
        lane.running--
        this.#pump(host, lane)
      })
    }
    if (lane.running > 0 || lane.waiting.length > 0) return
    this.#lanes.delete(host)
    if (this.#lanes.size === 0) for (const resolve of this.#quiet.splice(0)) resolve()
  }
}
