// Reading objects of a kind in the session's namespace.
import type { ReadOptions, Target } from '../../core/machinery/client.ts'
import { apiVersionOf, type KubeObject } from '../../core/machinery/object.ts'
import { ApiError, isReason } from '../../core/machinery/status.ts'
import type { Session } from '../session.ts'
import type { KnownKind } from './kinds.ts'

/** Objects a page. */
export const PAGE = 500

/** Reads an object, by default of the session's namespace. */
export async function readObject(
  session: Session,
  kind: KnownKind,
  name: string,
  namespace = session.namespace,
): Promise<KubeObject> {
  return typed(kind, await session.client.get({ ...target(kind, namespace), name }))
}

/** What can be read of the names, in their order; the server's refusals go to `refused`. */
export async function readEach<T>(
  names: readonly string[],
  refused: ApiError[],
  read: (name: string) => Promise<T>,
): Promise<T[]> {
  const found: T[] = []
  for (const name of names) {
    try {
      found.push(await read(name))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      refused.push(error)
    }
  }
  return found
}

/** Lists every object of a kind in the session's namespace, page by page. */
export async function listObjects(session: Session, kind: KnownKind, labelSelector: string): Promise<KubeObject[]> {
  const objects = await listAll(session, target(kind, session.namespace), labelSelector).catch((error: unknown) => {
    throw listFailure(error, kind, labelSelector)
  })
  return objects.map((object) => typed(kind, object))
}

/** Of a list that there is not, the server's text does not say what was asked for: kubectl adds it. */
export function listFailure(error: unknown, kind: KnownKind, labelSelector: string): unknown {
  if (!isReason(error, 'NotFound') && !isReason(error, 'BadRequest')) return error
  const what = `"${kind.group}/${kind.version}, Resource=${kind.plural}"`
  const head = labelSelector
    ? `Unable to find ${what} that match label selector "${labelSelector}", field selector ""`
    : `Unable to list ${what}`
  return ApiError.from({ ...error.status, message: `${head}: ${error.message}` })
}

/** Lists every object of a target, page by page; namespace '' means all. */
export async function listAll<T extends KubeObject>(
  session: Session,
  target: Target,
  labelSelector = '',
  signal?: AbortSignal,
): Promise<T[]> {
  const objects: T[] = []
  const options: ReadOptions = { limit: PAGE, ...(labelSelector && { labelSelector }), ...(signal && { signal }) }
  for (;;) {
    const page = await session.client.list<T>(target, options)
    for (const object of page.items) objects.push(object)
    if (!page.metadata.continue) return objects
    options.continue = page.metadata.continue
  }
}

const target = (kind: KnownKind, namespace: string) => ({
  resource: kind,
  namespace: kind.namespaced ? namespace : undefined,
})

/** Items of lists come without their type. */
function typed(kind: KnownKind, object: KubeObject): KubeObject {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, ...object }
}
