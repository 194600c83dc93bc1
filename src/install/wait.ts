import { setTimeout as delay } from 'node:timers/promises'
import { InstallError } from './failure.ts'

/** Milliseconds until a cluster that has been told of something is expected to know it, and between two looks. */
const PATIENCE = 60_000
const INTERVAL = 200

/** How long it is waited. */
export interface Waiting {
  /** Milliseconds. */
  patience?: number
  signal?: AbortSignal | undefined
}

/** Tries until it succeeds. Errors: InstallError that says what, and why last; the reason of the signal, when that aborts. */
export async function until(
  what: string,
  attempt: () => Promise<unknown>,
  { patience = PATIENCE, signal }: Waiting = {},
): Promise<void> {
  const deadline = performance.now() + patience
  for (;;) {
    try {
      await attempt()
      return
    } catch (error) {
      signal?.throwIfAborted()
      const why = error instanceof Error ? error.message : String(error)
      if (performance.now() > deadline) throw new InstallError(`${what}: ${why}`, { cause: error })
    }
    await delay(INTERVAL, undefined, { signal }).catch(() => signal?.throwIfAborted())
  }
}
