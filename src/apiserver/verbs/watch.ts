import { randomInt } from 'node:crypto'
import { apiVersionOf, type KubeObject, type WatchEvent } from '../../core/machinery/object.ts'
import { ApiError, internal, isReason, methodNotSupported } from '../../core/machinery/status.ts'
import { partialMetadata } from '../../core/machinery/meta/table.ts'
import type { Reply } from '../../http/handler.ts'
import { endpointOf, spokenBy } from '../call.ts'
import { encodeObject, encodeSequence } from '../encode.ts'
import type { Exchange } from '../exchange.ts'
import { timeoutSeconds, watchOptions } from '../options.ts'
import { tableOf } from '../respond.ts'

// A watch without a timeout of its own ends after 30 to 60 minutes, spread so that clients do not return together.
const DEFAULT_TIMEOUT = { min: 1800, max: 3600 }

/** GET of a collection with `watch`: events as a stream of JSON lines. */
export async function watch(exchange: Exchange): Promise<Reply> {
  const { call, request } = exchange
  const endpoint = endpointOf(call)
  if (!endpoint.watch) throw methodNotSupported(call.resource, 'watch')
  const seconds = timeoutSeconds(request.query) || randomInt(DEFAULT_TIMEOUT.min, DEFAULT_TIMEOUT.max)
  const options = watchOptions(request.query, seconds)
  const { signal, end } = endAfter(seconds * 1000, request.signal)
  const events = endpoint.watch({ ...call.context, signal }, options)[Symbol.asyncIterator]()
  // The first event decides whether this is an error (a bad selector) or a stream; a quiet watch must still send its header.
  const first = events.next()
  const refused = await Promise.race([
    first.then(
      () => undefined,
      (error: unknown) => error,
    ),
    settled(),
  ])
  if (refused !== undefined && !isReason(refused, 'Expired')) {
    end()
    throw refused
  }
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' },
    body: lines(exchange, first, events, end),
  }
}

/** Aborts with `signal`, after this time, or by `end`, which every watch calls in the end: nothing of it is left behind. */
function endAfter(milliseconds: number, signal: AbortSignal): { signal: AbortSignal; end: () => void } {
  const stop = new AbortController()
  const end = (): void => {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
    stop.abort()
  }
  const timer = setTimeout(end, milliseconds)
  timer.unref()
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  return { signal: stop.signal, end }
}

/** Resolves when everything that needs no waiting has happened. */
const settled = (): Promise<undefined> => new Promise((resolve) => setImmediate(() => resolve(undefined)))

async function* lines(
  exchange: Exchange,
  first: Promise<IteratorResult<WatchEvent>>,
  events: AsyncIterator<WatchEvent>,
  end: () => void,
): AsyncGenerator<string> {
  const header = { pending: true }
  try {
    for (let result = await first; !result.done; result = await events.next())
      yield line(exchange, result.value, header)
  } catch (error) {
    const { status } = error instanceof ApiError ? error : internal('the watch failed; start again from a list')
    yield `${JSON.stringify({ type: 'ERROR', object: status })}\n`
  } finally {
    end()
    await events.return?.()
  }
}

/** One event as a line of JSON. Of Tables only the first carries the columns. */
function line(exchange: Exchange, event: WatchEvent, header: { pending: boolean }): string {
  const { accepted, call } = exchange
  const type = JSON.stringify(event.type)
  if (event.type === 'BOOKMARK')
    return `{"type":${type},"object":${encodeObject(bookmarkOf(event.object), call.resource)}}\n`
  let object: string
  if (accepted.as === 'Table') {
    object = [...encodeSequence(tableOf(exchange, event.object, !header.pending))].join('')
    header.pending = false
  } else if (accepted.as === 'object') object = encodeObject(event.object, spokenBy(call))
  else object = JSON.stringify(partialMetadata(event.object, accepted.version))
  return `{"type":${type},"object":${object}}\n`

  function bookmarkOf(object: KubeObject): KubeObject {
    if (accepted.as === 'object') return object
    const kind = accepted.as === 'Table' ? 'Table' : 'PartialObjectMetadata'
    const apiVersion = apiVersionOf({ group: 'meta.k8s.io', version: accepted.version })
    return kind === 'Table'
      ? ({
          kind,
          apiVersion,
          metadata: { resourceVersion: object.metadata.resourceVersion ?? '' },
          columnDefinitions: [],
          rows: [],
        } as KubeObject)
      : { kind, apiVersion, metadata: object.metadata }
  }
}
