import { methodNotSupported } from '../../core/machinery/status.ts'
import type { Reply } from '../../http/handler.ts'
import { endpointOf } from '../call.ts'
import type { Exchange } from '../exchange.ts'
import { getOptions } from '../options.ts'
import { respond } from '../respond.ts'

/** GET of one object. */
export async function get(exchange: Exchange): Promise<Reply> {
  const { call, request } = exchange
  const endpoint = endpointOf(call)
  if (!endpoint.get) throw methodNotSupported(call.resource, 'get')
  return respond(exchange, 200, await endpoint.get(call.context, call.name, getOptions(request.query)))
}
