// What a replica that does not lead does with news of pushes: it imports what is tracked of them. The leader, which knows what every
// source was last, checks first; an import does the same for more.
import { pushMatcher } from '../../core/hooks/matches.ts'
import type { PushEvent } from '../../core/hooks/pushEvent.ts'
import { pendingImport } from '../../core/image/pending.ts'
import type { ImageStream, ImageStreamImport } from '../../core/image/types.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import { isReason } from '../../core/machinery/status.ts'
import { DEFAULT_REFRESH } from '../../core/schedule/freshness.ts'
import { trackedTags } from '../../core/schedule/tracked.ts'
import { createLimiter } from '../../registry/limiter.ts'

const GROUP = { group: 'image.openshift.io', version: 'v1' }
const STREAMS = { ...GROUP, plural: 'imagestreams' }
const IMPORTS = { ...GROUP, plural: 'imagestreamimports' }
/** Imports at a time; and how often one is tried whose stream is changed meanwhile. */
const CONCURRENCY = 8
const TRIES = 3
const TIMEOUT = '10m0s'

/** Through what streams are seen and imported: in this process, for all of them are looked through. */
export interface PushedOptions {
  client: Pick<ObjectClient, 'list' | 'get' | 'create'>
  log: Log
  signal: AbortSignal
}

/** Gives a listener: it says how many sources are tracked, and imports them in the background. */
export function importsPushed({
  client,
  log,
  signal,
}: PushedOptions): (pushes: readonly PushEvent[]) => Promise<number> {
  const limiter = createLimiter(CONCURRENCY)
  /** News that waits for the look through all streams that is under way: the next one is for all of it. */
  let waiting: { pushes: PushEvent[]; found: Promise<number> } | undefined
  let looking: Promise<unknown> = Promise.resolve()

  async function look(pushes: readonly PushEvent[]): Promise<number> {
    const concerns = pushMatcher(pushes)
    const { items } = await client.list<ImageStream>({ resource: STREAMS }, { signal })
    const sources = new Set<string>()
    for (const stream of items) {
      const moved = trackedTags(stream, DEFAULT_REFRESH).filter(({ source }) => concerns(source.named))
      for (const { source } of moved) sources.add(source.key)
      if (moved.length > 0) void limiter(() => importNow(stream, new Set(moved.map(({ tag }) => tag))))
    }
    return sources.size
  }

  async function importNow(seen: ImageStream, tags: ReadonlySet<string>): Promise<void> {
    const { namespace, name = '' } = seen.metadata
    let stream = seen
    for (let tries = 1; !signal.aborted; tries++) {
      const request = pendingImport(stream, tags)
      if (!request) return
      try {
        log.info({ stream: `${namespace}/${name}`, tags: [...tags] }, 'importing what was pushed')
        const target = { resource: IMPORTS, namespace }
        await client.create<ImageStreamImport>(target, request, { timeout: TIMEOUT, signal })
        return
      } catch (err) {
        if (signal.aborted) return
        // The next check of the leader finds it anyway.
        if (!isReason(err, 'Conflict') || tries >= TRIES) {
          log.info({ err, stream: `${namespace}/${name}` }, 'what was pushed was not imported')
          return
        }
      }
      try {
        stream = await client.get<ImageStream>({ resource: STREAMS, namespace, name }, { signal })
      } catch {
        return
      }
    }
  }

  return (pushes) => {
    if (waiting) {
      waiting.pushes.push(...pushes)
      return waiting.found
    }
    const batch = { pushes: [...pushes], found: Promise.resolve(0) }
    batch.found = looking.then(() => {
      waiting = undefined
      return look(batch.pushes)
    })
    waiting = batch
    looking = batch.found.catch(() => undefined)
    return batch.found
  }
}
