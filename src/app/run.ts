// The process around standalone: what is printed, signals, the exit code. The CLI's `standalone` command is this function.
import type { Writable } from 'node:stream'

export interface RunOptions {
  port?: number
  dataDir?: string
  /** debug, info, warn, error; default: MILLRACE_LOG_LEVEL, else info. */
  logLevel?: string
  stdout?: Writable
  stderr?: Writable
}

/** Runs standalone until a signal; resolves with the exit code. Prints one line to stderr and gives 1 when it cannot start. */
export async function runStandalone(options: RunOptions): Promise<number> {
  void options
  throw new Error('standalone is not wired yet')
}
