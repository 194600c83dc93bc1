// Processes of tests that are interrupted: by Ctrl-C, an ordinary kill, or a terminal that goes away.
import { constants } from 'node:os'

const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Calls `act` when this process is interrupted, with the exit code that says so. A second time the same signal ends it at once. */
export function onInterruption(act: (exitCode: number) => void): void {
  for (const signal of INTERRUPTIONS) process.once(signal, () => act(128 + constants.signals[signal]))
}

/** Lets an interruption end this process as anything else does: with 'exit', where it takes along what it has started and written. */
export function exitWhenInterrupted(): void {
  onInterruption((exitCode) => process.exit(exitCode))
}
