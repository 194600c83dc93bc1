// Whether a user may do what is called for. Writes that make what is missing ask a second time.
import { forbidden } from '../core/machinery/status.ts'
import type { Verb } from '../core/machinery/resource.ts'
import type { Call } from './call.ts'

/** Lets a call pass whose user may use this verb on what it names. Error: Forbidden, in the words of Kubernetes. */
export async function permit(call: Call, verb: Verb): Promise<void> {
  const { resource, subresource, context, name } = call
  const { group, plural } = resource
  const answer = await context.authorize({
    verb,
    group,
    resource: plural,
    ...(subresource && { subresource: subresource.name }),
    ...(context.namespace && { namespace: context.namespace }),
    ...(name && { name }),
  })
  if (answer.allowed) return
  const what = subresource ? `${plural}/${subresource.name}` : plural
  const where = context.namespace ? ` in the namespace ${JSON.stringify(context.namespace)}` : ' at the cluster scope'
  const why = `User ${JSON.stringify(context.user.name)} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)}${where}`
  throw forbidden({ group, plural }, name, answer.reason ? `${why}: ${answer.reason}` : why)
}
