import { setTimeout as delay } from 'node:timers/promises'
import { InstallError } from './failure.ts'

/** Milliseconds until a cluster that has been told of something is expected to know it, and between two looks. */
const PATIENCE = 60_000
const INTERVAL = 200

/** Tries until it succeeds. Error: InstallError that says what, and why last. */
export async function until(
  what: string,
  attempt: () => Promise<unknown>,
  { patience = PATIENCE }: { patience?: number } = {},
): Promise<void> {
  const deadline = performance.now() + patience
  for (;;) {
    try {
      await attempt()
      return
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      if (performance.now() > deadline) throw new InstallError(`${what}: ${why}`, { cause: error })
    }
    await delay(INTERVAL)
  }
}
