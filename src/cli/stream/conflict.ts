// Writing what others write at the same time.
import { setTimeout as wait } from 'node:timers/promises'
import { isReason } from '../../core/machinery/status.ts'

/** Attempts of a write that others keep overtaking, and the milliseconds between them. */
const ATTEMPTS = 5
const BACKOFF = 10

/** Calls `write` again, a few times, while it fails because others were faster. It must read anew what it writes. */
export async function onConflict<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write()
    } catch (error) {
      if (!isReason(error, 'Conflict') || attempt === ATTEMPTS) throw error
      await wait(BACKOFF)
    }
  }
}
