// Whether the kube-apiserver says how it introduces users to servers behind it.
import type { KubeObject } from '../../core/machinery/object.ts'
import { ifFound } from '../../core/machinery/status.ts'
import type { Cluster } from '../cluster.ts'
import { TRUST } from '../names.ts'

interface ConfigMap extends KubeObject {
  data?: Record<string, string>
}

/** What is in the way, if anything. */
export async function trustObstacles({ client }: Cluster): Promise<string[]> {
  const resource = { group: '', version: 'v1', plural: 'configmaps' }
  const found = await ifFound(client.get<ConfigMap>({ resource, ...TRUST }))
  if (found?.data?.['requestheader-client-ca-file']) return []
  return [
    `the aggregation layer is not configured: start kube-apiserver with --requestheader-client-ca-file and --proxy-client-cert-file (${TRUST.name} in ${TRUST.namespace} does not have the former)`,
  ]
}
