// Starting in order, stopping in the reverse order, and the signals that ask for it.
import type { Log } from '../core/machinery/log.ts'

interface Part {
  name: string
  stop: () => void | Promise<void>
}

/** What has been started and must be stopped. */
export class Lifecycle {
  readonly #log: Log
  readonly #parts: Part[] = []
  #stopped: Promise<void> | undefined

  constructor(log: Log) {
    this.#log = log
  }

  /** Registers how to stop what has just been started. */
  add(name: string, stop: () => void | Promise<void>): void {
    this.#parts.push({ name, stop })
  }

  /** Stops the newest part first, each one even when another fails. Repeated calls wait for the first. */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop())
  }

  async #stop(): Promise<void> {
    for (const { name, stop } of this.#parts.splice(0).toReversed()) {
      try {
        await stop()
      } catch (error) {
        this.#log.error({ err: error, part: name }, 'stopping failed')
      }
    }
  }
}

/** What sends signals: the process, or an EventEmitter in tests. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown
  off(signal: NodeJS.Signals, listener: () => void): unknown
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * Runs `stop` at the first SIGINT or SIGTERM and resolves when it is done; a second signal calls `kill` at once. Never waits
 * for anything else.
 */
export async function stopOnSignal(source: SignalSource, stop: () => Promise<void>, kill: () => void): Promise<void> {
  const first = Promise.withResolvers<void>()
  let count = 0
  const listener = (): void => (++count === 1 ? first.resolve() : kill())
  for (const signal of SIGNALS) source.on(signal, listener)
  try {
    await first.promise
    await stop()
  } finally {
    for (const signal of SIGNALS) source.off(signal, listener)
  }
}
