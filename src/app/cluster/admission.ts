// Admission for the cluster's own workloads: what its kube-apiserver asks before it stores one.
import { localNames, streamReader } from '../../admission/localNames.ts'
import { triggers } from '../../admission/triggers.ts'
import { webhook } from '../../admission/webhook.ts'
import type { Authenticator } from '../../apiserver/authenticate.ts'
import type { Authorizer } from '../../apiserver/context.ts'
import type { WorkloadKind } from '../../core/image/workloads.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { Metrics } from '../../core/machinery/metrics.ts'
import { forbidden, unauthorized } from '../../core/machinery/status.ts'
import type { Request } from '../../http/handler.ts'
import { NAMES_PATH, REVIEWS, TRIGGERS_PATH } from '../../install/objects/webhooks.ts'

/** What admission works with. */
export interface ClusterAdmissionOptions {
  /** Sees image streams. */
  client: ObjectClient
  workloads: readonly WorkloadKind[]
  authenticator: Authenticator
  authorizer: Authorizer
  log: Log
  metrics: Metrics
}

/** Answers reviews of these workloads, to those who may create them: an answer tells what streams hold. */
export function clusterAdmission(options: ClusterAdmissionOptions): ReturnType<typeof webhook> {
  const { client, workloads, log, metrics } = options
  const read = streamReader(client)
  const names = localNames(read, workloads)
  const steps = new Map([
    [TRIGGERS_PATH, [triggers(read, workloads), names]],
    [NAMES_PATH, [names]],
  ])
  return webhook({ steps, permit: (request) => permit(request, options), log, metrics })
}

async function permit(request: Request, { authenticator, authorizer }: ClusterAdmissionOptions): Promise<void> {
  const user = await authenticator(request)
  if (!user) throw unauthorized()
  const { group, plural } = REVIEWS
  const name = request.path.slice(request.path.lastIndexOf('/') + 1)
  const { allowed } = await authorizer(user, { verb: 'create', group, resource: plural, name })
  if (!allowed) throw forbidden(REVIEWS, name, `User ${JSON.stringify(user.name)} may not ask for admission`)
}
