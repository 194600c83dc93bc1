// What an import as a whole may take: time, and bytes that registries send. Who asks for too much gets what could be had.
import { RegistryError } from './error.ts'
import type { Member } from './turns.ts'

/** Limits of one import. */
export interface BudgetLimits {
  /** Milliseconds. */
  time: number
  /** Of manifests, configurations and tag lists together, as they are kept until the import ends. */
  bytes: number
}

/** Counts what an import takes, and ends it when that is too much. Call `end` when it has ended. */
export class ImportBudget implements Member {
  /** Its namespace: in lines, where a budget stands for its import, those take turns. */
  readonly group: string
  /** Aborts when the caller does, or when the budget is used up; then its reason is a RegistryError. */
  readonly signal: AbortSignal
  readonly #caller: AbortSignal
  readonly #limits: BudgetLimits
  readonly #own = new AbortController()
  readonly #timer: NodeJS.Timeout
  #bytes = 0

  constructor(limits: BudgetLimits, namespace: string, caller: AbortSignal) {
    this.group = namespace
    this.#limits = limits
    this.#caller = caller
    this.signal = AbortSignal.any([caller, this.#own.signal])
    const seconds = limits.time / 1000
    const message = `the import was given up after ${seconds} seconds: import fewer images at once`
    this.#timer = setTimeout(() => this.#own.abort(new RegistryError('deadline', message)), limits.time)
  }

  /** Whether nothing is left. */
  get isSpent(): boolean {
    return this.#own.signal.aborted
  }

  /** Takes bytes out of the budget. Throws RegistryError when there are not as many left. */
  spend(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes <= this.#limits.bytes) return
    const message = `the import takes more than ${this.#limits.bytes} bytes: import fewer images at once`
    this.#own.abort(new RegistryError('budget', message))
    this.#own.signal.throwIfAborted()
  }

  /** Throws the caller's reason if it does not want the import any more. */
  throwIfUnwanted(): void {
    this.#caller.throwIfAborted()
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}
