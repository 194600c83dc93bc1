// Rounds: what changes is asked for once for all who want it, but nobody is told what is older than their question.
import { setTimeout as delay } from 'node:timers/promises'
import { Shared } from './shared.ts'

interface Round {
  number: number
  /** The end of the round before; it does not reject. */
  before: Promise<void> | undefined
  /** Who comes by now is too late for it. */
  begun: boolean
  ended: PromiseWithResolvers<void>
}

/** Milliseconds that a round waits for the one before: an answer that never comes must not hold up others, whose connections may be better. */
const PATIENCE = 2_000

/**
 * Runs `work`. Who comes while the same key is being worked on shares the next round, which begins when that one has ended: of any number
 * that come at once, one is answered by the first round, and all others by the second. Errors and signals are as in Shared.
 */
export class Rounds<V> {
  readonly #shared = new Shared<V>()
  /** The last one of each key, while it goes on. */
  readonly #last = new Map<string, Round>()
  readonly #patience: number
  #count = 0

  constructor({ patience = PATIENCE }: { patience?: number } = {}) {
    this.#patience = patience
  }

  run(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<V>): Promise<V> {
    if (signal.aborted) return Promise.reject(signal.reason as Error)
    const last = this.#last.get(key)
    const round = last && !last.begun ? last : this.#open(key, last)
    return this.#shared.run(`${round.number} ${key}`, signal, (own) => this.#turn(key, round, own, work))
  }

  #open(key: string, last: Round | undefined): Round {
    const ended = Promise.withResolvers<void>()
    const round = { number: this.#count++, before: last?.ended.promise, begun: false, ended }
    this.#last.set(key, round)
    return round
  }

  async #turn(key: string, round: Round, own: AbortSignal, work: (signal: AbortSignal) => Promise<V>): Promise<V> {
    const { before, ended } = round
    try {
      if (before) await Promise.race([before, delay(this.#patience, undefined, { ref: false, signal: own })])
      own.throwIfAborted()
      round.begun = true
      return await work(own)
    } finally {
      // Also when everybody has left: who comes now begins anew.
      if (this.#last.get(key) === round) this.#last.delete(key)
      ended.resolve()
    }
  }
}
