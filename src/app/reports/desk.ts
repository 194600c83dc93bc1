import type { ImportReporter } from '../../core/report/reporter.ts'

/** Where the schedule of this process is found, while there is one. */
export class ReportDesk {
  #current: ImportReporter | undefined

  get current(): ImportReporter | undefined {
    return this.#current
  }

  /** From now on this one answers; returns how to end that. */
  readonly open = (reporter: ImportReporter): (() => void) => {
    this.#current = reporter
    return () => {
      if (this.#current === reporter) this.#current = undefined
    }
  }
}
