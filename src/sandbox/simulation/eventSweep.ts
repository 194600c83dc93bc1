// Events are news, not history: they go after an hour, as on any cluster.
import { ApiError } from '../../core/machinery/status.ts'
import { pause } from '../../kube/backoff.ts'
import type { Event } from '../types/event.ts'
import type { World } from './world.ts'

const EVENTS = { group: '', version: 'v1', plural: 'events' }
const LIFETIME_MS = 3_600_000
const EVERY_MS = 600_000
const PAGE = 500

/** Deletes events older than an hour, every ten minutes, until the world ends. */
export async function sweepEvents(world: World): Promise<void> {
  while (!world.signal.aborted) {
    await pause(EVERY_MS, world.signal)
    if (world.signal.aborted) return
    await sweepOnce(world).catch((error: unknown) => world.log.warn({ err: error }, 'old events stay'))
  }
}

/**
 * Whether an event is an hour old. Its own times are those of a client's clock: one of tomorrow, or of last year, counts as
 * written when it was created, by ours.
 */
export function isOld({ metadata, lastTimestamp, eventTime }: Event, now: Date): boolean {
  const created = Date.parse(metadata.creationTimestamp ?? '')
  const told = Date.parse(lastTimestamp ?? eventTime ?? '')
  const written = told > created && told <= now.getTime() ? told : created
  return !(written > now.getTime() - LIFETIME_MS)
}

/** One look at all events. */
async function sweepOnce({ client, signal, now }: World): Promise<void> {
  let next: string | undefined
  do {
    const page = await client.list<Event>(
      { resource: EVENTS },
      { limit: PAGE, signal, ...(next && { continue: next }) },
    )
    for (const event of page.items) {
      if (!isOld(event, now())) continue
      const { namespace, name = '' } = event.metadata
      await client.delete({ resource: EVENTS, namespace, name }, { signal }).catch((error: unknown) => {
        if (!(error instanceof ApiError)) throw error
      })
    }
    next = page.metadata.continue
  } while (next)
}
