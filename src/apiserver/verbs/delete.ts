import { DELETE_OPTIONS_NUMBERS, DeleteOptions } from '../../core/machinery/meta/deleteOptions.ts'
import { isObject } from '../../core/machinery/json/jsonObject.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Context, DeleteOptions as Options } from '../../core/machinery/resource.ts'
import { methodNotSupported, type Status } from '../../core/machinery/status.ts'
import type { Reply } from '../../http/handler.ts'
import { parseBody, readBody } from '../body.ts'
import type { Admission } from '../admission.ts'
import { type Call, endpointOf, type Spoken } from '../call.ts'
import { decodeObject } from '../decode.ts'
import type { Exchange } from '../exchange.ts'
import { deleteOptions, listOptions } from '../options.ts'
import { respond } from '../respond.ts'

/** DELETE of one object: it, or a Status, as it was last. */
export async function remove(exchange: Exchange): Promise<Reply> {
  const { dryRun, ...options } = await optionsOf(exchange)
  const call = { ...exchange.call, context: drying(exchange.call, dryRun) }
  return respond(exchange, 200, await removeDecoded(call, options, exchange.admit))
}

/** Deletes an object: shared by HTTP and the in-process client. */
export async function removeDecoded(call: Call, options: Options, admit: Admission): Promise<KubeObject | Status> {
  const endpoint = endpointOf(call)
  if (!endpoint.delete) throw methodNotSupported(call.resource, 'delete')
  await admit.check(call, 'delete')
  return endpoint.delete(call.context, call.name, options)
}

/** DELETE of a collection: the objects that went. */
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

const SPOKEN: Spoken = {
  group: '',
  version: 'v1',
  kind: 'DeleteOptions',
  schema: DeleteOptions,
  protobuf: DELETE_OPTIONS_NUMBERS,
}

/** Error: BadRequest for a body that is nothing like DeleteOptions: nobody means to delete with it. */
async function optionsOf({ request, call }: Exchange): Promise<ReturnType<typeof deleteOptions>> {
  if ((await readBody(request)).length === 0) return deleteOptions(request.query)
  const { value } = await parseBody(request, SPOKEN)
  // Every group has DeleteOptions of its own, all the same: clients write whichever apiVersion they like.
  const body = isObject(value) ? { ...value, apiVersion: 'v1' } : value
  return deleteOptions(request.query, decodeObject(SPOKEN, body, 'Ignore', call.context.warn))
}

/** The context of a call, as a dry run if the deletion's body asks for it. */
function drying(call: Call, dryRun: boolean): Context {
  return dryRun ? { ...call.context, dryRun } : call.context
}
