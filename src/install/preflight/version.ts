// Whether the cluster is new enough, and has an aggregator.
import { isObject } from '../../core/machinery/json/jsonObject.ts'
import { isReason } from '../../core/machinery/status.ts'
import type { Cluster } from '../cluster.ts'

/** The oldest Kubernetes with all that is used: match conditions of webhooks are in force since 1.30. */
const OLDEST = 30

/** What is in the way, if anything. */
export async function versionObstacles({ raw }: Cluster): Promise<string[]> {
  const version = await raw('/version')
  const { major, minor, gitVersion } = isObject(version) ? version : {}
  const number = Number.parseInt(String(minor), 10)
  if (String(major) !== '1' || Number.isNaN(number) || number >= OLDEST) return []
  return [`Kubernetes 1.${OLDEST} or newer is needed, and this is ${String(gitVersion)}`]
}

/** What is in the way, if anything. */
export async function aggregatorObstacles({ raw }: Cluster): Promise<string[]> {
  try {
    await raw('/apis/apiregistration.k8s.io/v1')
    return []
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
    return [
      'this API server has no aggregator (it does not serve apiregistration.k8s.io): is it a kube-apiserver, and not behind a proxy that hides it?',
    ]
  }
}
