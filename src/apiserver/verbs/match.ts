// What an object says of itself, and what the URL says that it was sent to.
import type { KubeObject } from '../../core/machinery/object.ts'
import { badRequest } from '../../core/machinery/status.ts'
import type { Call } from '../call.ts'

/** The namespace in an object must be that of the URL; left out, it becomes it. Error: BadRequest. */
export function matchNamespace(call: Call, object: KubeObject): void {
  const { namespace } = call.context
  const given = object.metadata.namespace
  if (given && given !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  if (namespace) object.metadata.namespace = namespace
}

/** The name of an object must be that of the URL, which is what the user has the right to write. Error: BadRequest. */
export function matchName(call: Call, object: KubeObject): void {
  const { name = '' } = object.metadata
  if (name === '')
    throw badRequest(`the name of the object (${call.name} based on URL) was undeterminable: name must be provided`)
  if (name !== call.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`)
}
