// Reading, changing and writing an object, as one step for whoever sees it: compare-and-swap, again when somebody else was faster.
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Context } from '../../core/machinery/resource.ts'
import { Turns } from '../../core/machinery/turns.ts'
import { serverTimeout } from '../../core/machinery/status.ts'
import type { Store } from '../../store/store.ts'
import { type Definition, keyFor, modified } from './definition.ts'

/** How often it is tried before the conflict is the caller's. */
const ATTEMPTS = 10

/** Seconds after which a client may try again. */
const RETRY_AFTER = 1

/** Writers of one object go one after the other: only those of other processes can be faster than somebody whose turn it is. */
const turns = new WeakMap<Store, Turns>()

/**
 * Calls `attempt` until it gives something: undefined says that what it had read was no longer current when it wrote. It must not
 * write the same object by other ways. Who has gone meanwhile writes nothing. Errors: Conflict, when others were faster each time;
 * ServerTimeout, to whom has gone.
 */
export function swap<T extends KubeObject, R>(
  d: Definition<T>,
  context: Context,
  name: string,
  attempt: () => Promise<R | undefined>,
): Promise<R> {
  const inTurn = turns.getOrInsertComputed(d.store, () => new Turns())
  return inTurn.take(keyFor(d, context.namespace, name), async () => {
    for (let i = 0; i < ATTEMPTS; i++) {
      if (context.signal.aborted) throw serverTimeout(d.subject, 'update', RETRY_AFTER)
      const result = await attempt()
      if (result !== undefined) return result
    }
    throw modified(d, name)
  })
}
