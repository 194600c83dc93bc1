import type { Context } from '../../core/machinery/resource.ts'
import { methodNotSupported } from '../../core/machinery/status.ts'
import type { Reply } from '../../http/handler.ts'
import { mediaType, parseText, readBody } from '../body.ts'
import { type Call, endpointOf } from '../call.ts'
import type { Exchange } from '../exchange.ts'
import { deleteOptions, listOptions } from '../options.ts'
import { respond } from '../respond.ts'

export async function remove(exchange: Exchange): Promise<Reply> {
  const { call } = exchange
  const endpoint = endpointOf(call)
  if (!endpoint.delete) throw methodNotSupported(call.resource, 'delete')
  const { dryRun, ...options } = await optionsOf(exchange)
  return respond(exchange, 200, await endpoint.delete(drying(call, dryRun), call.name, options))
}

export async function removeCollection(exchange: Exchange): Promise<Reply> {
  const { call, request } = exchange
  const endpoint = endpointOf(call)
  if (!endpoint.deleteCollection) throw methodNotSupported(call.resource, 'deletecollection')
  const { dryRun, ...options } = await optionsOf(exchange)
  return respond(
    exchange,
    200,
    await endpoint.deleteCollection(drying(call, dryRun), listOptions(request.query), options),
  )
}

async function optionsOf({ request }: Exchange): Promise<ReturnType<typeof deleteOptions>> {
  const raw = await readBody(request)
  const body = raw.length === 0 ? undefined : parseText(raw, mediaType(request), 'DeleteOptions').value
  return deleteOptions(request.query, body)
}

/** The context of a call, as a dry run if the deletion's body asks for it. */
function drying(call: Call, dryRun: boolean): Context {
  return dryRun ? { ...call.context, dryRun } : call.context
}
