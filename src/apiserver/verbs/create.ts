import { methodNotSupported, type Status } from '../../core/machinery/status.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Reply } from '../../http/handler.ts'
import { parseBody } from '../body.ts'
import { type Call, endpointOf, spokenBy } from '../call.ts'
import { decodeObject } from '../decode.ts'
import type { Exchange } from '../exchange.ts'
import type { Admission } from '../admission.ts'
import { fieldValidation } from '../options.ts'
import { own } from '../ownership.ts'
import { respond } from '../respond.ts'
import { matchNamespace } from './match.ts'

/** POST: 201 with the object. */
export async function create(exchange: Exchange): Promise<Reply> {
  const { call, request } = exchange
  const spoken = spokenBy(call)
  const { value, complaints } = await parseBody(request, spoken)
  const object = decodeObject(spoken, value, fieldValidation('create', request.query), call.context.warn, complaints)
  return respond(exchange, 201, await createDecoded(call, object, exchange.admit))
}

/** Creates a decoded object: shared by HTTP and the in-process client. An applied object already says who owns it. */
export async function createDecoded(
  call: Call,
  object: KubeObject,
  admit: Admission,
  owner: 'writer' | 'applied' = 'writer',
): Promise<KubeObject | Status> {
  const endpoint = endpointOf(call)
  if (!endpoint.create) throw methodNotSupported(call.resource, 'create')
  matchNamespace(call, object)
  // The URL of a creation has no name: whoever refuses it wants to say which object.
  const named: Call = { ...call, name: call.name || (object.metadata.name ?? '') }
  await admit.check(named, 'create')
  const owned = owner === 'applied' ? object : own(call, undefined, object)
  const admitted = await admit.mutate(call, owned)
  const context = admit.reserving(named)
  return endpoint.create(context, admitted, call.name || undefined)
}
