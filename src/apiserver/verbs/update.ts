import type { KubeObject } from '../../core/machinery/object.ts'
import type { Transform } from '../../core/machinery/resource.ts'
import { methodNotSupported } from '../../core/machinery/status.ts'
import { clone } from '../../core/machinery/json/clone.ts'
import type { Reply } from '../../http/handler.ts'
import { parseBody } from '../body.ts'
import { type Call, endpointOf, spokenBy } from '../call.ts'
import { decodeObject } from '../decode.ts'
import type { Exchange } from '../exchange.ts'
import type { Admission } from '../admission.ts'
import { fieldValidation } from '../options.ts'
import { own } from '../ownership.ts'
import { permit } from '../permit.ts'
import { respond } from '../respond.ts'
import { matchName, matchNamespace } from './match.ts'

/** PUT: 200 with the object, or 201 where it was created. */
export async function update(exchange: Exchange): Promise<Reply> {
  const { call, request } = exchange
  const spoken = spokenBy(call)
  const { value, complaints } = await parseBody(request, spoken)
  const object = decodeObject(spoken, value, fieldValidation('update', request.query), call.context.warn, complaints)
  const result = await updateDecoded(call, object, exchange.admit)
  return respond(exchange, result.created ? 201 : 200, result.object)
}

/** Replaces an object by a decoded one: shared by HTTP and the in-process client. */
export function updateDecoded(
  call: Call,
  object: KubeObject,
  admit: Admission,
): Promise<{ object: KubeObject; created: boolean }> {
  matchNamespace(call, object)
  return change(call, (current) => own(call, current, clone(object)), admit)
}

/** Runs a transform through the endpoint, after admission. */
export async function change(
  call: Call,
  transform: Transform<KubeObject>,
  admit: Admission,
): Promise<{ object: KubeObject; created: boolean }> {
  const endpoint = endpointOf(call)
  if (!endpoint.update) throw methodNotSupported(call.resource, 'update')
  await admit.check(call, 'update')
  return endpoint.update(admit.reserving(call), call.name, async (current) => {
    // No version: there is nothing yet, and this update creates it.
    const old = current.metadata.resourceVersion ? current : undefined
    if (!old) {
      await permit(call, 'create')
      await admit.check(call, 'create')
    }
    const next = await transform(current)
    matchName(call, next)
    return admit.mutate(call, next, old)
  })
}
