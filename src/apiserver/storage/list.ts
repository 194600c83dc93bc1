import {
  type ContinueToken,
  decodeContinue,
  encodeContinue,
  expiredContinue,
  invalidContinue,
  LATEST,
} from '../../core/machinery/continue.ts'
import type { KubeObject, ObjectList } from '../../core/machinery/object.ts'
import type { Context, ListOptions } from '../../core/machinery/resource.ts'
import { ApiError, badRequest, expired } from '../../core/machinery/status.ts'
import { Compacted, type Entry, FutureRevision, type ListRequest, type Listing } from '../../store/store.ts'
import { forbiddenMatch } from '../options.ts'
import { type Definition, prefixFor, present } from './definition.ts'
import { matcher } from './match.ts'

/** Objects read from the store at a time while a selector looks for enough of them. */
const CHUNK = 500

/** Lists a page of objects. Errors: BadRequest, Expired. */
export async function list<T extends KubeObject>(
  d: Definition<T>,
  context: Context,
  options: ListOptions,
): Promise<ObjectList<T>> {
  const prefix = prefixFor(d, context.namespace)
  const matches = matcher(d, options)
  const selective = options.labels !== undefined || (options.fields?.requirements.length ?? 0) > 0
  const from = start(prefix, options)
  const items: T[] = []
  if (from.atLeast !== undefined) await reached(d, prefix, from.atLeast)
  let { after, revision } = from
  for (;;) {
    const wanted = options.limit ? options.limit - items.length : undefined
    const page = await read(d, from.token, {
      prefix,
      ...(revision !== undefined && { revision }),
      ...(after !== undefined && { after }),
      ...(wanted !== undefined && { limit: selective ? CHUNK : wanted }),
    })
    revision = page.revision
    const { used, full } = take(page.entries, matches, wanted, items, d)
    after = page.entries[used - 1]?.key
    const left = page.remaining + page.entries.length - used
    const metadata = { resourceVersion: String(revision) }
    if (left === 0) return { metadata, items }
    if (!full) continue
    const token = encodeContinue({ rv: revision, start: after!.slice(prefix.length) })
    return { metadata: { ...metadata, continue: token, ...(!selective && { remainingItemCount: left }) }, items }
  }
}

/** Waits until reads are not older than that. Errors: BadRequest, Timeout. */
export async function notOlderThan<T extends KubeObject>(
  d: Definition<T>,
  namespace: string,
  resourceVersion: string,
): Promise<void> {
  await reached(d, prefixFor(d, namespace), parseVersion(resourceVersion))
}

async function reached<T extends KubeObject>(d: Definition<T>, prefix: string, revision: number): Promise<void> {
  try {
    await d.store.reached(prefix, revision)
  } catch (error) {
    throw readable(error)
  }
}

/** Moves matching entries into `items` until it has `wanted`; `used` counts the entries looked at. */
function take<T extends KubeObject>(
  entries: readonly Entry[],
  matches: (object: T) => boolean,
  wanted: number | undefined,
  items: T[],
  d: Definition<T>,
): { used: number; full: boolean } {
  let used = 0
  let taken = 0
  for (const entry of entries) {
    used++
    const object = present(d, entry)
    if (!matches(object)) continue
    items.push(object)
    if (++taken === wanted) return { used, full: true }
  }
  return { used, full: false }
}

interface Beginning {
  after?: string
  revision?: number
  atLeast?: number
  /** The client's, if it goes on with a list. */
  token?: ContinueToken
}

/** Where a list begins: a continue token, an exact revision, or now. */
function start(prefix: string, options: ListOptions): Beginning {
  const { resourceVersion, resourceVersionMatch: match } = options
  if (options.continue) {
    checkContinued(options)
    const token = decodeContinue(options.continue)
    return { after: prefix + token.start, token, ...(token.rv !== LATEST && { revision: token.rv }) }
  }
  if (match && !resourceVersion)
    throw forbiddenMatch('resourceVersionMatch is forbidden unless resourceVersion is provided')
  if (match === 'Exact' && resourceVersion === '0')
    throw forbiddenMatch('resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
  if (!resourceVersion || resourceVersion === '0') return {}
  const revision = parseVersion(resourceVersion)
  // A plain resourceVersion with a limit has always meant "exactly then"; without one, "not older than".
  if (match === 'Exact' || (!match && options.limit)) return { revision }
  return { atLeast: revision }
}

/** All pages of a list are of one time, that of the first. Errors: BadRequest, Invalid for options that say otherwise. */
export function checkContinued({ resourceVersion, resourceVersionMatch }: ListOptions): void {
  if (resourceVersion && resourceVersion !== '0')
    throw badRequest('specifying resource version is not allowed when using continue')
  if (resourceVersionMatch) throw forbiddenMatch('resourceVersionMatch is forbidden when continue is provided')
}

/** A resourceVersion as a number. Error: BadRequest. */
export function parseVersion(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw badRequest(`Invalid value: ${JSON.stringify(text)}: resourceVersion must be a decimal number`)
  return Number(text)
}

async function read<T extends KubeObject>(
  d: Definition<T>,
  token: ContinueToken | undefined,
  request: ListRequest,
): Promise<Listing> {
  try {
    return await d.store.list(request)
  } catch (error) {
    if (token && error instanceof Compacted) throw expiredContinue(token)
    if (token && error instanceof FutureRevision) throw invalidContinue()
    throw readable(error)
  }
}

/** The store's errors as the API answers them. */
export function readable(error: unknown): unknown {
  if (error instanceof Compacted)
    return expired(
      `The provided resourceVersion is too old to display a consistent list result. Start a new list without it. (${error.message})`,
    )
  if (error instanceof FutureRevision) return tooLarge(error)
  return error
}

const tooLarge = ({ revision, current }: FutureRevision): ApiError =>
  new ApiError(504, 'Timeout', `Too large resource version: ${revision}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
