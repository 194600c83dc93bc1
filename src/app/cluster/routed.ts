// One client for two servers: what this process serves itself, and the cluster for everything else.
import type { ObjectClient, Target } from '../../core/machinery/client.ts'

/** Sends requests for resources of these groups to `local`, all others to `cluster`. */
export function routed(groups: readonly string[], local: ObjectClient, cluster: ObjectClient): ObjectClient {
  const to = ({ resource }: Target): ObjectClient => (groups.includes(resource.group) ? local : cluster)
  return {
    get: (target, ...rest) => to(target).get(target, ...rest),
    list: (target, ...rest) => to(target).list(target, ...rest),
    watch: (target, ...rest) => to(target).watch(target, ...rest),
    create: (target, ...rest) => to(target).create(target, ...rest),
    update: (target, ...rest) => to(target).update(target, ...rest),
    patch: (target, ...rest) => to(target).patch(target, ...rest),
    delete: (target, ...rest) => to(target).delete(target, ...rest),
  }
}
