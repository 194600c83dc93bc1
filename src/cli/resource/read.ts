// Reading objects of a kind in the session's namespace.
import type { ReadOptions, Target } from '../../core/machinery/client.ts'
import { apiVersionOf, type KubeObject } from '../../core/machinery/object.ts'
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

/** Lists every object of a kind in the session's namespace, page by page. */
export async function listObjects(session: Session, kind: KnownKind, labelSelector: string): Promise<KubeObject[]> {
  const objects = await listAll(session, target(kind, session.namespace), labelSelector)
  return objects.map((object) => typed(kind, object))
}

/** Lists every object of a target, page by page; namespace '' means all. */
export async function listAll<T extends KubeObject>(
  session: Session,
  target: Target,
  labelSelector = '',
): Promise<T[]> {
  const objects: T[] = []
  const options: ReadOptions = { limit: PAGE, ...(labelSelector && { labelSelector }) }
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
