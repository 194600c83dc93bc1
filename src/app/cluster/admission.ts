// Admission for the cluster's own workloads: what its kube-apiserver asks before it stores one.
import { localNames, streamReader } from '../../admission/localNames.ts'
import { triggers } from '../../admission/triggers.ts'
import { webhook } from '../../admission/webhook.ts'
import type { WorkloadKind } from '../../core/image/workloads.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { Metrics } from '../../core/machinery/metrics.ts'
import { NAMES_PATH, TRIGGERS_PATH } from '../../install/objects/webhooks.ts'

/** Answers reviews of these workloads. `client`: sees image streams. */
export function clusterAdmission(options: {
  client: ObjectClient
  workloads: readonly WorkloadKind[]
  log: Log
  metrics: Metrics
}): ReturnType<typeof webhook> {
  const { client, workloads, log, metrics } = options
  const read = streamReader(client)
  const names = localNames(read, workloads)
  const steps = new Map([
    [TRIGGERS_PATH, [triggers(read, workloads), names]],
    [NAMES_PATH, [names]],
  ])
  return webhook({ steps, log, metrics })
}
