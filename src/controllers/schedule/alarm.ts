// An alarm: tells of each key when it is due.
import { Agenda } from './agenda.ts'
import type { Clock } from './clock.ts'

/** Keys may be planned at any time; of those that are due it tells between `start` and `stop`. */
export class Alarm {
  readonly #clock: Clock
  readonly #due: (key: string, now: number) => void
  readonly #agenda = new Agenda()
  /** Takes the timer back. */
  #cancel: (() => void) | undefined
  /** When the timer ends; Infinity: there is none. */
  #until = Infinity
  #running = false

  /** `due` hears of a key once for each time it was planned, and may plan it again. */
  constructor(clock: Clock, due: (key: string, now: number) => void) {
    this.#clock = clock
    this.#due = due
  }

  start(): void {
    this.#running = true
    this.#set()
  }

  stop(): void {
    this.#running = false
    this.#cancel?.()
  }

  /** When a key is due, in milliseconds of the clock; undefined when it is not planned. */
  at(key: string): number | undefined {
    return this.#agenda.at(key)
  }

  /** Plans a key, in place of what was planned for it. */
  plan(key: string, at: number): void {
    this.#agenda.plan(key, at)
    if (at < this.#until) this.#set()
  }

  drop(key: string): void {
    this.#agenda.drop(key)
  }

  #set(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#until = this.#agenda.next() ?? Infinity
    if (!this.#running || this.#until === Infinity) return
    this.#cancel = this.#clock.after(this.#until - this.#clock.now(), () => this.#ring())
  }

  #ring(): void {
    const now = this.#clock.now()
    for (let key = this.#agenda.take(now); key !== undefined; key = this.#agenda.take(now)) this.#due(key, now)
    this.#until = Infinity
    this.#set()
  }
}
