import { methodNotSupported } from '../../core/machinery/status.ts'
import type { Reply } from '../../http/handler.ts'
import { endpointOf } from '../call.ts'
import type { Exchange } from '../exchange.ts'
import { listOptions } from '../options.ts'
import { respond } from '../respond.ts'

/** GET of a collection. */
export async function list(exchange: Exchange): Promise<Reply> {
  const { call, request } = exchange
  const endpoint = endpointOf(call)
  if (!endpoint.list) throw methodNotSupported(call.resource, 'list')
  return respond(exchange, 200, await endpoint.list(call.context, listOptions(request.query)))
}
