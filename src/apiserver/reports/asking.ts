// Whom reports are asked of. See docs/adr/0055-reports-from-the-leader.md.
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { KubeObject, ObjectList, ResourceRef } from '../../core/machinery/object.ts'
import type { Context, ListOptions } from '../../core/machinery/resource.ts'
import { ApiError } from '../../core/machinery/status.ts'

/** Objects of one answer of the leader: some 600 kB. Who asks for all of them gets them from several. */
const PAGE = 1_000

/** Who is asked. */
export interface ReportDeps<R> {
  /** What this server knows itself, while it leads and knows its streams. */
  own: () => R | undefined
  /** The server that leads, if it is another one. Error: ServiceUnavailable. Without it there is none. */
  leader?: () => Pick<ObjectClient, 'get' | 'list'>
}

/** 503: nobody can be asked at the moment. Clients come again by themselves. */
export const nobodyToAsk = (why: string): ApiError =>
  new ApiError(503, 'ServiceUnavailable', `what the server that leads knows is not known at the moment: ${why}`, {
    retryAfterSeconds: 1,
  })

/** Where there is no other server. */
export const noLeader = (): never => {
  throw nobodyToAsk('the server has only just started')
}

/** What the client asked for, or all, in several requests. */
export async function pagesOf<T extends KubeObject>(
  leader: Pick<ObjectClient, 'list'>,
  resource: ResourceRef,
  { namespace, signal }: Context,
  { limit, continue: token }: ListOptions,
): Promise<ObjectList<T>> {
  const target = { resource, ...(namespace && { namespace }) }
  const page = (from: string | undefined): Promise<ObjectList<T>> =>
    leader.list<T>(target, { limit: Math.min(limit ?? PAGE, PAGE), signal, ...(from && { continue: from }) })
  const all = await page(token)
  if (limit !== undefined) return all
  while (all.metadata.continue) {
    const { metadata, items } = await page(all.metadata.continue)
    all.metadata = metadata
    for (const item of items) all.items.push(item)
  }
  return all
}
