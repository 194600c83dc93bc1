// All objects of a kind, a page at a time: there may be many.
import type { ObjectClient, Target } from '../core/machinery/client.ts'
import type { KubeObject } from '../core/machinery/object.ts'

/** Objects per request. */
const PAGE = 500

/** Errors: those of the API. */
export async function* each<T extends KubeObject>(client: ObjectClient, target: Target): AsyncGenerator<T> {
  let next: string | undefined
  do {
    const { items, metadata } = await client.list<T>(target, { limit: PAGE, ...(next && { continue: next }) })
    yield* items
    next = metadata.continue
  } while (next)
}
