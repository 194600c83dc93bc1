import type { Reply } from '../../http/handler.ts'
import { endpointOf } from '../call.ts'
import type { Exchange } from '../exchange.ts'

/** The answer of an endpoint that speaks no objects; undefined when this one does. */
export async function raw({ call, request }: Exchange): Promise<Reply | undefined> {
  const endpoint = endpointOf(call)
  if (!endpoint.raw) return undefined
  const { contentType, body } = await endpoint.raw(call.context, call.name, request.query)
  return { status: 200, headers: { 'content-type': contentType }, body }
}
